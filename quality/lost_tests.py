"""Tests that passed on the base and do not run any more although their code still stands, or fail; no I/O.

The run itself is told what to leave out by files that a change can write (a `conftest.py`, pytest's
settings), so what ran is held against what stands there.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache, cached_property

from quality.definitions import Function, inner_statements
from quality.dotted import dotted_name
from quality.node_ids import names_shown, without_parameters
from quality.suite_result import SuiteResult
from quality.tree import SourceTree


def lost_tests(now: SuiteResult, *, before: SuiteResult, tree: SourceTree) -> tuple[str, ...]:
    """Return tests that passed and now neither pass nor fail, by pytest's names without parameters.

    A test that was removed or renamed is none of them, a skipped one is. Nothing is said where a run
    was not measured, or does not list every test.

    Args:
        now: the run on the tree.
        before: the run on its base.
        tree: the files.
    """
    if not (now.is_listed and before.is_listed):
        return ()
    ran = {without_parameters(test) for test in (*now.passed_tests, *now.failed_tests)}
    missing = {without_parameters(test) for test in before.passed_tests} - ran
    if not missing:
        return ()
    code = _Code(tree)
    lost = [test for test in sorted(missing) if code.has(test)]
    paths = [source.path for source in tree.sources] + [item.path for item in tree.not_analysed]
    names = names_shown(lost, paths)
    return tuple(name or test for test, name in zip(lost, names, strict=True))


def broken_tests(now: SuiteResult, *, before: SuiteResult) -> tuple[str, ...]:
    """Return the sorted ids of tests that passed and now fail, where the run itself is no measurement.

    A plugin that is not installed spoils the run, and excuses the tests that ask for it, but no others:
    each of these ran, and failed. Where a `conftest.py` cannot be loaded, none runs: it stands for all.

    Args:
        now: the run on the tree.
        before: the run on its base, in the same environment.
    """
    if now.is_measured or not before.is_measured:
        return ()
    if before.passed_tests and not now.failed_tests:
        return tuple(item.test for item in now.failures if item.is_load_error)
    failed = {*now.failed_tests} - {*now.lacking_tests}
    return tuple(sorted(failed.intersection(before.passed_tests)))


class _Code:
    """The functions and classes of a tree, by the names that pytest's report gives them."""

    def __init__(self, tree: SourceTree) -> None:
        self._functions: set[str] = set()
        self._classes: dict[str, list[ast.ClassDef]] = defaultdict(list)
        for source in tree.sources:
            self._add(source.tree.body, _module(source.path))
        self._unread = frozenset(_module(item.path) for item in tree.not_analysed)
        self._methods = cache(self._methods_of)

    def has(self, test: str) -> bool:
        """Tell whether a test stands there: by its name, in a base class, or in a file not parsed."""
        home, _, name = test.partition("::")
        return test in self._functions or self._is_unread(home) or name in self._methods(home)

    def _is_unread(self, home: str) -> bool:
        parts = home.split(".")
        return any(".".join(parts[:end]) in self._unread for end in range(1, len(parts) + 1))

    def _add(self, body: Sequence[ast.stmt], home: str) -> None:
        for node in _in_scope(body):
            if isinstance(node, Function):
                self._functions.add(f"{home}::{node.name}")
            elif isinstance(node, ast.ClassDef):
                self._classes[f"{home}.{node.name}"].append(node)
                self._add(node.body, f"{home}.{node.name}")

    @cached_property
    def _by_name(self) -> dict[str, list[ast.ClassDef]]:
        found: dict[str, list[ast.ClassDef]] = defaultdict(list)
        for nodes in self._classes.values():
            for node in nodes:
                found[node.name].append(node)
        return found

    def _methods_of(self, home: str) -> frozenset[str]:
        """Return the methods of a class and of all that it may inherit from, found by their last name."""
        found: set[str] = set()
        seen: set[str] = set()
        waiting = list(self._classes.get(home, ()))
        while waiting:
            node = waiting.pop()
            found.update(_methods(node))
            new = set(map(_last_name, node.bases)) - seen
            seen |= new
            waiting += (each for name in new for each in self._by_name.get(name, ()))
        return frozenset(found)


def _module(path: str) -> str:
    return path.removesuffix(".py").replace("/", ".")


def _last_name(base: ast.expr) -> str:
    name = base.value if isinstance(base, ast.Subscript) else base
    return dotted_name(name, {}).rpartition(".")[2]


def _methods(node: ast.ClassDef) -> set[str]:
    return {each.name for each in _in_scope(node.body) if isinstance(each, Function)}


def _in_scope(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements of a scope, those in `if` and its like included."""
    waiting = list(body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, Function | ast.ClassDef):
            waiting += inner_statements(node)
