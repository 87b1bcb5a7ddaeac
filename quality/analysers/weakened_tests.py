"""Tests that a change removes, or that check less after it."""

import ast
from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from ccg.nodes import outline, walk
from ccg.source import Source
from p2a.domain import Dimension
from quality.analysers.checks import Helpers, Uses, find_helpers, uses
from quality.analysers.found_tests import FoundTest, Function, tests_in
from quality.analysers.interface import Subject
from quality.finding import Confidence, Finding, Severity
from quality.product import is_product
from quality.remembered import remembered
from quality.tree import SourceTree
from quality.unparsed import unparsed

VERSION = "2"
ALIKE = 0.6
"""Share of its lines that a test renamed and changed has in common with the one before."""
MOST_COMPARED = 10_000
"""Pairs of tests that are compared line by line; beyond that names and bodies decide."""
MOST_LINES = 4_000_000
"""Lines of all tests that are gone times those of all new ones, beyond which the same holds."""
NAMED_ONE_BY_ONE = 5
"""Removed tests of a file; more of them are one finding."""
TEST_REMOVED = "the test {name} was removed"
MANY_REMOVED = "{count} tests were removed, {name} among them"
FILE_REMOVED = "the file was removed with {count}, {name} among them"
ALL_REMOVED = "{name} lost its last check"
SOME_REMOVED = "{name} checks less: {now} instead of {before} checks"
HINT_REMOVED = "Bring it back, or say in the pull request what covers the behaviour now."
HINT_CHECKS = "Keep the checks, or say in the pull request why they no longer hold."


@dataclass(frozen=True, slots=True)
class _State:
    """The tests of the files that differ, and what checks in the whole tree."""

    tests: tuple[FoundTest, ...]
    helpers: Helpers
    sources: Mapping[str, Source]
    defined: frozenset[str]
    """Names of the product's functions and classes."""

    def uses(self, test: FoundTest) -> tuple[Uses, frozenset[str]]:
        """Return what a test does, and the names that check in its file."""
        return uses(test.node), self.helpers.known_in(self.sources[test.path])


class WeakenedTestComparer:
    """Follows each test by its name, then by its body, from the base to the head."""

    name = "weakened_tests"
    dimensions = (Dimension.TEST_COVERAGE,)

    def version(self) -> str:
        """Return the version of our own rules."""
        return VERSION

    def compare(self, head: Subject, base: Subject) -> tuple[Finding, ...]:
        """Judge the tests of the files that differ."""
        before, now = _state(base.tree, head.tree), _state(head.tree, base.tree)
        pairs = _pair(before.tests, now.tests)
        gone = [test for test in before.tests if test.key not in pairs]
        removed = before.defined - now.defined
        known = {test.key for test in before.tests}
        new = [test for test in now.tests if test.key not in known]
        rewritten = frozenset(line for test in new for line in _lines(test))
        left = [
            test
            for test in gone
            if removed.isdisjoint(_names(test)) and not _is_within(test, rewritten)
        ]
        weaker = [
            _weaker(old, pairs[old.key], before, now)
            for old in before.tests
            if old.key in pairs and not _is_whole(old, pairs[old.key], rewritten)
        ]
        return (*_removed(left, new, now), *(finding for finding in weaker if finding))


def _state(tree: SourceTree, other: SourceTree) -> _State:
    texts = {source.path: source.text for source in other.sources}
    differing = [source for source in tree.sources if texts.get(source.path) != source.text]
    defined = frozenset(
        node.name
        for source in differing
        if is_product(source.path)
        for node in source.nodes
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    )
    return _State(
        tuple(test for source in differing for test in tests_in(source)),
        find_helpers(tree.sources),
        {source.path: source for source in differing},
        defined,
    )


def _pair(
    before: Sequence[FoundTest], now: Sequence[FoundTest]
) -> dict[tuple[str, str], FoundTest]:
    """Return for each test of the base the one of the head that it became."""
    pairs = {test.key: test for test in now}
    found = {test.key: pairs[test.key] for test in before if test.key in pairs}
    gone = [test for test in before if test.key not in found]
    new = [test for test in now if test.key not in found]
    for pair in (_of_one_name, _of_one_body, _alike):
        matched = pair(gone, new)
        found |= matched
        taken = frozenset(matched.values())
        gone = [test for test in gone if test.key not in found]
        new = [test for test in new if test not in taken]
    return found


def _of_one_name(
    gone: Iterable[FoundTest], new: Iterable[FoundTest]
) -> dict[tuple[str, str], FoundTest]:
    return _equal(gone, new, lambda test: test.node.name)


def _of_one_body(
    gone: Iterable[FoundTest], new: Iterable[FoundTest]
) -> dict[tuple[str, str], FoundTest]:
    return _equal(gone, new, lambda test: tuple(map(outline, test.node.body)))


def _equal(
    gone: Iterable[FoundTest], new: Iterable[FoundTest], mark: Callable[[FoundTest], Hashable]
) -> dict[tuple[str, str], FoundTest]:
    """Pair what has the same mark, in order."""
    waiting: dict[Hashable, deque[FoundTest]] = defaultdict(deque)
    for test in new:
        waiting[mark(test)].append(test)
    same = ((old.key, waiting.get(mark(old))) for old in gone)
    return {key: tests.popleft() for key, tests in same if tests}


def _alike(gone: Sequence[FoundTest], new: Sequence[FoundTest]) -> dict[tuple[str, str], FoundTest]:
    lines = sum(map(len, map(_lines, gone))) * sum(map(len, map(_lines, new)))
    if len(new) * len(gone) > MOST_COMPARED or lines > MOST_LINES:
        return {}
    found: dict[tuple[str, str], FoundTest] = {}
    left = list(new)
    for old in gone:
        match = next((test for test in left if _is_like(old, test)), None)
        if match is not None:
            found[old.key] = match
            left.remove(match)
    return found


def _is_like(old: FoundTest, new: FoundTest) -> bool:
    matcher = SequenceMatcher(None, _lines(old), _lines(new), autojunk=False)
    return matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE


def _is_within(old: FoundTest, lines: frozenset[str]) -> bool:
    """Tell whether most of a test's lines stand in others, into which it was split or merged."""
    own = _lines(old)
    return bool(own) and sum(line in lines for line in own) / len(own) >= ALIKE


def _is_whole(old: FoundTest, new: FoundTest, rewritten: frozenset[str]) -> bool:
    """Tell whether all lines of a test still stand, in it or in new ones, and none came to fail no more."""
    gone = set(_lines(old)).difference(_lines(new))
    if not gone:
        return uses(new.node).direct >= uses(old.node).direct
    return rewritten >= gone


def _lines(test: FoundTest) -> tuple[str, ...]:
    return _lines_of(test.node)


@remembered
def _lines_of(function: Function) -> tuple[str, ...]:
    text = "\n".join(map(unparsed, function.body))
    return tuple(line.strip() for line in text.split("\n"))


def _names(test: FoundTest) -> frozenset[str]:
    nodes = walk(test.node)
    return frozenset(
        [node.id for node in nodes if isinstance(node, ast.Name)]
        + [node.attr for node in nodes if isinstance(node, ast.Attribute)]
    )


def _removed(gone: Iterable[FoundTest], new: Sequence[FoundTest], now: _State) -> Iterator[Finding]:
    by_file: dict[str, list[FoundTest]] = defaultdict(list)
    for test in gone:
        by_file[test.path].append(test)
    for path, tests in by_file.items():
        # Where as many are new, the file was rewritten.
        is_less = sum(test.path == path for test in new) < len(tests)
        confidence = Confidence.MEDIUM if is_less else Confidence.LOW
        count, name = len(tests), tests[0].name
        if path not in now.sources:
            said = FILE_REMOVED.format(
                count="1 test" if count == 1 else f"{count} tests", name=name
            )
        elif count > NAMED_ONE_BY_ONE:
            said = MANY_REMOVED.format(count=count, name=name)
        else:
            for test in tests:
                said = TEST_REMOVED.format(name=test.name)
                yield _finding((path, 1), "test-removed", said, test.name, confidence=confidence)
            continue
        yield _finding((path, 1), "test-removed", said, "several tests", confidence=confidence)


def _weaker(old: FoundTest, new: FoundTest, before: _State, now: _State) -> Finding | None:
    (used, known), (uses_now, known_now) = before.uses(old), now.uses(new)
    inherited, inherited_now = before.helpers.everywhere, now.helpers.everywhere
    count = used.checks(known=known, inherited=inherited)
    left = uses_now.checks(known=known_now, inherited=inherited_now)
    if left >= count or _is_gathered(old, new, known_now | inherited_now):
        return None
    message = ALL_REMOVED if not left else SOME_REMOVED
    return _finding(
        (new.path, new.node.lineno),
        "checks-removed",
        message.format(name=new.name, now=left, before=count),
        new.name,
        severity=Severity.LOW if left else Severity.MEDIUM,
        confidence=Confidence.MEDIUM if left else Confidence.HIGH,
    )


def _is_gathered(old: FoundTest, new: FoundTest, helpers: frozenset[str]) -> bool:
    """Tell whether checks went into a loop, into parameters, or into a helper."""
    if (_names(new) - _names(old)) & helpers:
        return True
    return _repeats(new) > _repeats(old)


def _repeats(test: FoundTest) -> int:
    loops = (ast.For, ast.While, ast.comprehension)
    inner = sum(isinstance(node, loops) for node in walk(test.node))
    return inner + sum("parametrize" in unparsed(item) for item in test.node.decorator_list)


def _finding(
    place: tuple[str, int],
    rule: str,
    message: str,
    anchor: str,
    *,
    confidence: Confidence,
    severity: Severity = Severity.MEDIUM,
) -> Finding:
    path, line = place
    return Finding(
        path=path,
        start_line=line,
        end_line=line,
        rule=rule,
        severity=severity,
        confidence=confidence,
        message=message,
        hint=HINT_REMOVED if rule == "test-removed" else HINT_CHECKS,
        dimension=Dimension.TEST_COVERAGE,
        analyser=WeakenedTestComparer.name,
        anchor=anchor,
    )
