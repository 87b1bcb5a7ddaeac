"""Tests that never run, since their name, or their class's, is bound again below them."""

import ast
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from ccg.nodes import walk
from ccg.source import Source
from p2a.domain import Dimension
from quality.analysers.found_tests import tests_in
from quality.analysers.interface import Analysis, Scope, Subject
from quality.definitions import Function
from quality.finding import Confidence, Finding, Severity

VERSION = "1"
RULE = "test-defined-again"
MOST_LATER = 50
"""Later bindings of a name that are looked at: all branches of a statement may have one of their own."""
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


class _Scope:
    """A module or class: what binds its names, and where they are read."""

    def __init__(self, body: Sequence[ast.stmt]) -> None:
        self._body = body
        self.bindings = tuple(_bindings(body, ()))
        self._by_name: dict[str, list[_Binding]] = defaultdict(list)
        self._places: dict[_Binding, int] = {}
        for binding in self.bindings:
            self._places[binding] = len(self._by_name[binding.name])
            self._by_name[binding.name].append(binding)

    def again(self, first: _Binding) -> _Binding | None:
        """Return the next binding of the name that takes the place of this one, if there is one."""
        alike, start = self._by_name[first.name], self._places[first] + 1
        later = (alike[n] for n in range(start, min(start + MOST_LATER, len(alike))))
        return next((other for other in later if not (other.excludes(first) or _uses(other))), None)

    def is_read(self, first: _Binding, again: _Binding) -> bool:
        """Tell whether the first meaning is read before the second, which may keep it under another name."""
        start = first.node.end_lineno or first.node.lineno
        lines = self._reads.get(first.name, [])
        place = bisect_right(lines, start)
        return place < len(lines) and lines[place] < again.node.lineno

    @cached_property
    def _reads(self) -> dict[str, list[int]]:
        """Return the sorted lines on which each name stands."""
        found: dict[str, list[int]] = defaultdict(list)
        for statement in self._body:
            for item in walk(statement):
                if isinstance(item, ast.Name):
                    found[item.id].append(item.lineno)
        return {name: sorted(lines) for name, lines in found.items()}


def _hidden_in(source: Source) -> Iterator[Finding]:
    tests = {test.node: test.name for test in tests_in(source)}
    if tests:
        classes = {name[:dot] for name in tests.values() for dot in _dots(name)}
        yield from _hidden(source.path, source.tree.body, "", {*classes, *tests})


def _dots(name: str) -> Iterator[int]:
    return (place for place, letter in enumerate(name) if letter == ".")


def _hidden(
    path: str, body: Sequence[ast.stmt], prefix: str, meant: Container[str | Function]
) -> Iterator[Finding]:
    """Judge a scope and the classes in it.

    Args:
        path: the file.
        body: the scope's statements.
        prefix: the names of the classes around them, each with a dot after it.
        meant: the tests, and the names of the classes that hold some.
    """
    scope = _Scope(body)
    for first in scope.bindings:
        name = prefix + first.name
        if isinstance(first.node, ast.ClassDef):
            is_meant = name in meant
            yield from _hidden(path, first.node.body, f"{name}.", meant)
        else:
            is_meant = isinstance(first.node, Function) and first.node in meant
        again = scope.again(first) if is_meant else None
        if again is not None:
            is_sure = again.is_sure_after(first) and not scope.is_read(first, again)
            yield _finding(path, name, first, again, is_sure=is_sure)


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
