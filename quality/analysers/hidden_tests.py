"""Tests that never run, since their name, or their class's, is bound again below them."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ccg.source import Source
from p2a.domain import Dimension
from quality.analysers.found_tests import tests_in
from quality.analysers.interface import Analysis, Scope, Subject
from quality.definitions import Function
from quality.finding import Confidence, Finding, Severity

VERSION = "1"
RULE = "test-defined-again"
MESSAGE = "{name} is defined again here, so {what} at line {line} {becomes}"
HINT = "Give each of them a name of its own, or remove the one that is not meant."
Branch = tuple[tuple[int, int], ...]
"""The statements around one, each by its identity, with the number of the block it stands in."""


@dataclass(frozen=True, slots=True)
class _Binding:
    """A statement that gives a name its value in a scope."""

    name: str
    node: ast.stmt
    branch: Branch

    def excludes(self, other: "_Binding") -> bool:
        """Tell whether one of both alone runs, since they stand in two branches of a statement."""
        blocks = dict(self.branch)
        return any(blocks.get(node, block) != block for node, block in other.branch)

    def is_sure_after(self, other: "_Binding") -> bool:
        """Tell whether it runs whenever the other one did."""
        return other.branch[: len(self.branch)] == self.branch


class HiddenTestAnalyser:
    """Looks for names of tests with two meanings in one module or class; Python keeps the last."""

    name = "hidden_tests"
    scope = Scope.TREE
    dimensions = (Dimension.TEST_COVERAGE,)

    def version(self) -> str:
        """Return the version of our own rules."""
        return VERSION

    def analyse(self, subject: Subject) -> Analysis:
        """Judge every test file; no comment in it hides a finding."""
        return Analysis(
            None, tuple(found for source in subject.tree.sources for found in _hidden_in(source))
        )


def _hidden_in(source: Source) -> Iterator[Finding]:
    tests = {test.node: test.name for test in tests_in(source)}
    if tests:
        names = frozenset(tests.values())
        yield from _hidden(source.path, source.tree.body, "", names, frozenset(tests))


def _hidden(
    path: str,
    body: Sequence[ast.stmt],
    prefix: str,
    names: frozenset[str],
    tests: frozenset[Function],
) -> Iterator[Finding]:
    """Judge a scope and the classes in it.

    Args:
        path: the file.
        body: the scope's statements.
        prefix: the names of the classes around them, each with a dot after it.
        names: all names of tests.
        tests: all tests.
    """
    bindings = list(_bindings(body, ()))
    for number, first in enumerate(bindings):
        name = prefix + first.name
        if isinstance(first.node, ast.ClassDef):
            is_meant = any(test.startswith(f"{name}.") for test in names)
            yield from _hidden(path, first.node.body, f"{name}.", names, tests)
        else:
            is_meant = first.node in tests
        later = bindings[number + 1 :] if is_meant else []
        for other in later:
            if other.name == first.name and not other.excludes(first) and not _uses(other):
                is_sure = other.is_sure_after(first) and not _is_used(body, first, other)
                yield _finding(path, name, first, other, is_sure=is_sure)
                break


def _bindings(body: Sequence[ast.stmt], branch: Branch) -> Iterator[_Binding]:
    for node in body:
        for name in _bound(node):
            yield _Binding(name, node, branch)
        for number, block in _blocks(node):
            yield from _bindings(block, (*branch, (id(node), number)))


def _bound(node: ast.stmt) -> list[str]:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return [node.name]
        case ast.Import() | ast.ImportFrom():
            return [alias.asname or alias.name.partition(".")[0] for alias in node.names]
        case ast.Assign():
            every = [inner for target in node.targets for inner in ast.walk(target)]
        case ast.AnnAssign() if node.value is not None:
            every = [node.target]
        case _:
            return []
    return [
        item.id for item in every if isinstance(item, ast.Name) and isinstance(item.ctx, ast.Store)
    ]


def _blocks(node: ast.stmt) -> list[tuple[int, list[ast.stmt]]]:
    """Return the statements in one that is no scope; what both may run has the same number."""
    match node:
        case ast.If():
            return [(0, node.body), (1, node.orelse)]
        case ast.Match():
            return [(number, case.body) for number, case in enumerate(node.cases)]
        case ast.Try() | ast.TryStar():
            handlers = [
                (number, handler.body) for number, handler in enumerate(node.handlers, start=1)
            ]
            return [(0, [*node.body, *node.orelse]), *handlers]
        case ast.With() | ast.AsyncWith():
            return [(0, node.body)]
        case ast.For() | ast.AsyncFor() | ast.While():
            return [(0, [*node.body, *node.orelse])]
        case _:
            return []


def _uses(binding: _Binding) -> bool:
    """Tell whether an assignment makes the name's new value of its old one, as `f = mark(f)` does."""
    value = binding.node.value if isinstance(binding.node, ast.Assign | ast.AnnAssign) else None
    return value is not None and any(
        isinstance(item, ast.Name) and item.id == binding.name for item in ast.walk(value)
    )


def _is_used(body: Sequence[ast.stmt], first: _Binding, again: _Binding) -> bool:
    """Tell whether the first meaning is read before the second, which may keep it under another name."""
    start = first.node.end_lineno or first.node.lineno
    return any(
        isinstance(item, ast.Name)
        and item.id == first.name
        and start < item.lineno < again.node.lineno
        for statement in body
        if (statement.end_lineno or 0) >= start
        for item in ast.walk(statement)
    )


def _finding(path: str, name: str, first: _Binding, again: _Binding, *, is_sure: bool) -> Finding:
    is_class = isinstance(first.node, ast.ClassDef)
    message = MESSAGE.format(
        name=name,
        what="the tests of the class" if is_class else "the test",
        line=first.node.lineno,
        becomes=("never run" if is_class else "never runs") if is_sure else "may never run",
    )
    return Finding(
        path=path,
        start_line=again.node.lineno,
        end_line=again.node.lineno,
        rule=RULE,
        severity=Severity.MEDIUM,
        confidence=Confidence.HIGH if is_sure else Confidence.LOW,
        message=message,
        hint=HINT,
        dimension=Dimension.TEST_COVERAGE,
        analyser=HiddenTestAnalyser.name,
        anchor=name,
    )
