"""What makes a test check something: assertions, and calls of what asserts; no I/O."""

import ast
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from ccg.source import Source
from quality.analysers.always_true import says_nothing
from quality.analysers.found_tests import Function
from quality.analysers.live_code import live_nodes
from quality.dotted import dotted_name
from quality.product import is_test
from quality.remembered import remembered

_CHECKING = re.compile(
    r"assert|check|verif|expect|ensure|should|validat|compare|raises|warns|deprecated_call"
    r"|fail|fnmatch|error_?if|must",
    re.IGNORECASE,
)
"""In the name of what is called: pytest's, unittest's and mock's assertions, and helpers like them."""
_STRICT_WARNINGS = frozenset({"simplefilter", "filterwarnings"})
_RECEIVERS = frozenset({"self", "cls"})
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


@dataclass(frozen=True, slots=True)
class Uses:
    """What a function does that may check something, each as often as it is there."""

    direct: int
    """Assertions, calls by a checking name, and errors that it raises itself."""
    names: tuple[str, ...]
    own: tuple[str, ...]
    """Attributes of `self` and `cls`."""
    parameters: tuple[str, ...]

    def checks(self, *, known: Collection[str], inherited: Collection[str]) -> int:
        """Count the checks, given the names of functions and methods that check."""
        return (
            self.direct
            + sum(name in known for name in self.names)
            + sum(name in inherited or name.startswith("test_") for name in self.own)
            + sum(name in inherited for name in self.parameters)
        )


@dataclass(frozen=True, slots=True)
class Helpers:
    """Names of functions and classes of the test files that check something when they are used."""

    by_file: dict[str, frozenset[str]]
    everywhere: frozenset[str]

    def known_in(self, source: Source) -> frozenset[str]:
        """Return the names that check in a file: its own, and of others what it imports."""
        imported = {
            alias.asname or alias.name
            for node in source.tree.body
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
            if alias.name in self.everywhere
        }
        return self.by_file.get(source.path, frozenset()) | imported


def find_helpers(sources: Iterable[Source]) -> Helpers:
    """Collect what checks in the test files, through any number of calls within a file."""
    by_file = {source.path: _helpers_of(source.tree) for source in sources if is_test(source.path)}
    return Helpers(by_file, frozenset(name for names in by_file.values() for name in names))


@remembered
def uses(function: ast.AST) -> Uses:
    """Read what a function does, and what is defined within it, as far as it can fail."""
    direct = 0
    names: list[str] = []
    own: list[str] = []
    parameters: list[str] = []
    raises = False
    for node in live_nodes(function):
        if isinstance(node, ast.Name):
            names.append(node.id)
        elif isinstance(node, ast.Attribute):
            if isinstance(node.value, ast.Name) and node.value.id in _RECEIVERS:
                own.append(node.attr)
        elif isinstance(node, ast.arg):
            parameters.append(node.arg)
        elif isinstance(node, ast.Raise):
            raises = True
        else:
            direct += _is_check(node)
    if raises:  # a stand-in defined here may well raise
        direct += sum(isinstance(node, ast.Raise) for node in _outer(function))
    return Uses(direct, tuple(names), tuple(own), tuple(parameters))


def _outer(function: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes but for those within what is defined in the function."""
    waiting = [function]
    while waiting:
        node = waiting.pop()
        yield node
        if node is function or not isinstance(node, _DEFINITIONS):
            waiting.extend(ast.iter_child_nodes(node))


def _helpers_of(tree: ast.Module) -> frozenset[str]:
    """Return the functions and classes of a file that check, directly or through one another."""
    every = list(_definitions(tree.body))
    defined = {name for name, _ in every}
    users: dict[str, list[str]] = defaultdict(list)
    for name, used in every:
        for each in defined.intersection(used.names + used.own + used.parameters):
            users[each].append(name)
    waiting = [name for name, used in every if used.checks(known=(), inherited=())]
    names: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in names:
            names.add(name)
            waiting += users[name]
    return frozenset(names)


def _definitions(body: list[ast.stmt]) -> Iterator[tuple[str, Uses]]:
    """Yield the functions that are no tests, and each class as what uses its methods."""
    for node in body:
        if isinstance(node, Function) and not node.name.startswith("test"):
            yield node.name, uses(node)
        elif isinstance(node, ast.ClassDef):
            members = list(_definitions(node.body))
            yield from members
            yield node.name, Uses(0, (), tuple(name for name, _ in members), ())
        elif isinstance(node, ast.If | ast.Try):
            yield from _definitions([*node.body, *node.orelse])


def _is_check(node: ast.AST) -> bool:
    if isinstance(node, ast.Assert):
        return not says_nothing(node)
    return isinstance(node, ast.Call) and _checks_by_name(node) and not says_nothing(node)


def _checks_by_name(call: ast.Call) -> bool:
    function = call.func
    name = function.attr if isinstance(function, ast.Attribute) else dotted_name(function, {})
    if _CHECKING.search(name):
        return True
    if name in _STRICT_WARNINGS:
        return any(isinstance(arg, ast.Constant) and arg.value == "error" for arg in call.args)
    return any(word.arg == "check" and _is_true(word.value) for word in call.keywords)


def _is_true(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is True
