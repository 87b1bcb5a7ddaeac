"""Asks every analyser about a tree, and its base, and makes one report of their answers."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path

from ccg.build import build_graph
from ccg.collector import spared
from ccg.graph import NotAnalysed
from ccg.source import Source
from p2a.scratch import scratch
from quality.analysers.interface import Analyser, Scope, Subject
from quality.analysers.listing import ANALYSERS, COMPARERS
from quality.answers import Answers, Panel
from quality.ask import Sides, ask, ask_both, ask_comparer
from quality.change import Change
from quality.changed_lines import Touched, meet, touched_lines
from quality.finding import Finding
from quality.lost_tests import broken_tests, lost_tests
from quality.match import match
from quality.measure import Measure, NotMeasured
from quality.product import is_product
from quality.receipt import make_receipt
from quality.renames import find_renames
from quality.report import Comparison, Report
from quality.score import points, score
from quality.suite_result import SuiteResult, not_run, why_no_coverage
from quality.touched_statements import first_lines
from quality.tree import SourceTree, read_tree
from quality.unread import unread_before

ABSENT_SUITE = not_run("the tests were not run")
ABSENT_BASE_SUITE = not_run("the base's tests were not run")
EVERYBODY = Panel(ANALYSERS, COMPARERS)


class Examination:
    """What the files alone say, found out when it is made; the tests' results complete it.

    Args:
        tree: the files as they were committed; they are only read.
        paths: the files that count, relative to the tree; by default all that are not hidden.
        change: the base to compare with.
        panel: who is asked.
        graph_cache: a folder of the user's own where the graph's facts are kept; None keeps none.
    """

    def __init__(
        self,
        tree: Path,
        *,
        paths: Iterable[str] | None = None,
        change: Change | None = None,
        panel: Panel = EVERYBODY,
        graph_cache: Path | None = None,
    ) -> None:
        self._panel = panel
        self._change = change
        self._graph_cache = graph_cache
        with spared(lambda: _read(tree, paths, change)) as (head, base):
            if change is None or base is None:
                self._head, self._base = self._ask(head), None
            else:
                self._head, self._base = self._ask_both(head, base, change)

    @property
    def packages(self) -> tuple[str, ...]:
        """Return the names of the product's packages, at the root or in `src`."""
        places = (source.path.removeprefix("src/").split("/") for source in self._head.tree.product)
        return tuple(sorted(name for name, *rest in places if rest == ["__init__.py"]))

    def report(
        self,
        suite: SuiteResult | None,
        *,
        base_suite: SuiteResult | None = None,
        head_sha: str | None = None,
    ) -> Report:
        """Return the report.

        Args:
            suite: what came of the tests, None when they were not run.
            base_suite: the same of the base.
            head_sha: the commit that the files are, or were before they were changed.
        """
        outcome = suite or ABSENT_SUITE
        head = self._with_tests(self._head, outcome)
        findings = head.findings()
        judgement = head.judgement(self._panel, findings)
        comparison = self._compare(head, findings, (outcome, base_suite or ABSENT_BASE_SUITE))
        return Report(
            scores=score(judgement),
            findings=tuple(item for item in findings if _is_shown(item, comparison)),
            points=points(judgement),
            measures=judgement.measures,
            size=head.size,
            suite=outcome,
            files_analysed=len(head.tree.product),
            not_analysed=head.not_analysed,
            receipt=make_receipt(self._panel.versions(), head.tree.sources, head_sha=head_sha),
            comparison=comparison,
            trouble=tuple(f"{name}: {reason}" for name, reason in head.failures.items()),
        )

    def _ask(self, head: SourceTree) -> Answers:
        with scratch("analysis") as work:
            subject = self._subject(head, ABSENT_SUITE, work)
            return Answers(head, {item.name: ask(item, subject) for item in self._static()})

    def _ask_both(
        self, head: SourceTree, base: SourceTree, change: Change
    ) -> tuple[Answers, Answers]:
        gone = {item.path for item in base.sources} - {item.path for item in head.sources}
        with scratch("analysis") as now, scratch("analysis") as before:
            sides = Sides(
                self._subject(head, ABSENT_SUITE, now),
                self._subject(base, ABSENT_SUITE, before),
                frozenset(gone.union(change.paths)),
            )
            both = {item.name: ask_both(item, sides) for item in self._static()}
            compared = {item.name: ask_comparer(item, sides) for item in self._panel.comparers}
        return (
            Answers(head, {name: answer for name, (answer, _) in both.items()}, compared),
            Answers(base, {name: answer for name, (_, answer) in both.items()}),
        )

    def _static(self) -> list[Analyser]:
        return [item for item in self._panel.analysers if item.scope is not Scope.TESTS]

    def _subject(self, tree: SourceTree, suite: SuiteResult, work: Path) -> Subject:
        files = [source.path for source in tree.sources]
        build = partial(build_graph, tree.root, files=files, cache=self._graph_cache)
        return Subject(tree, suite, work, cache(build))

    def _with_tests(self, answers: Answers, suite: SuiteResult) -> Answers:
        with scratch("analysis") as work:
            subject = self._subject(answers.tree, suite, work)
            asked = [item for item in self._panel.analysers if item.scope is Scope.TESTS]
            return answers.add({item.name: ask(item, subject) for item in asked})

    def _compare(
        self, head: Answers, findings: Sequence[Finding], suites: tuple[SuiteResult, SuiteResult]
    ) -> Comparison | None:
        if self._change is None or self._base is None:
            return None
        suite, base_suite = suites
        base = self._with_tests(self._base, base_suite)
        renames = _renames(head.tree, base.tree)
        before = base.findings(renames)
        touched = _touched(head.tree, base.tree, self._change, renames)
        matched = match(findings, before, touched)
        told = {item for item in matched.new if base_suite.coverage or not self._by_tests(item)}
        judgement = base.judgement(self._panel, before)
        return Comparison(
            base_sha=self._change.base_sha,
            changed_files=self._change.paths,
            new=frozenset(
                item.fingerprint
                for item in (*told, *filter(self._by_tests, findings))
                if item in told or _is_touched(item, touched)
            ),
            removed_files=_removed(head.tree, base.tree, renames),
            fixed=tuple(
                item for item in matched.fixed if suite.coverage or not self._by_tests(item)
            ),
            scores=score(judgement),
            measures=judgement.measures,
            size=base.size,
            touched=touched,
            changed_coverage=_coverage_of(touched, suite, head.tree),
            lost_tests=lost_tests(suite, before=base_suite, tree=head.tree),
            broken_tests=broken_tests(suite, before=base_suite),
            broken_files=_broken_files(head.tree, base.tree),
            unread_before=unread_before(
                head.not_analysed,
                base.not_analysed,
                tree=head.tree.root,
                change=self._change,
                judged={source.path for source in head.tree.product},
            ),
            tests_kept_since=_as_time(base_suite.kept_since),
        )

    def _by_tests(self, finding: Finding) -> bool:
        """Tell whether the tests' run had a say in it: what a change touches is then its affair."""
        return any(
            item.name == finding.analyser and item.scope is Scope.TESTS
            for item in self._panel.analysers
        )


def assess(
    tree: Path,
    *,
    suite: SuiteResult | None,
    base_suite: SuiteResult | None = None,
    paths: Iterable[str] | None = None,
    change: Change | None = None,
    panel: Panel = EVERYBODY,
) -> Report:
    """Judge a tree that nothing has run in, whose tests have run elsewhere; see `Examination`."""
    examination = Examination(tree, paths=paths, change=change, panel=panel)
    return examination.report(suite, base_suite=base_suite)


def _read(
    tree: Path, paths: Iterable[str] | None, change: Change | None
) -> tuple[SourceTree, SourceTree | None]:
    """Read head and base; a file that is the same in both is parsed once."""
    head = read_tree(tree, paths=paths)
    if change is None:
        return head, None
    known: dict[str, Source | NotAnalysed] = {item.path: item for item in head.sources}
    known |= {item.path: item for item in head.not_analysed}
    same = {path: item for path, item in known.items() if path not in change.paths}
    return head, read_tree(change.root, paths=change.files, known=same)


def _as_time(seconds: float | None) -> str | None:
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def _broken_files(head: SourceTree, base: SourceTree) -> tuple[str, ...]:
    was_read = {source.path for source in base.sources}
    return tuple(sorted(item.path for item in head.not_analysed if item.path in was_read))


def _removed(head: SourceTree, base: SourceTree, renames: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(sorted(base.paths - head.paths - set(renames)))


def _renames(head: SourceTree, base: SourceTree) -> dict[str, str]:
    now = {source.path: source.lines for source in head.sources}
    before = {source.path: source.lines for source in base.sources}
    gone = {path: lines for path, lines in before.items() if path not in now}
    new = {path: lines for path, lines in now.items() if path not in before}
    found: dict[str, str] = {}
    for is_wanted in (True, False):  # what becomes product, an example say, is as new as any
        of_kind = (
            {p: x for p, x in part.items() if is_product(p) is is_wanted} for part in (gone, new)
        )
        found |= find_renames(*of_kind)
    return found


def _touched(
    head: SourceTree, base: SourceTree, change: Change, renames: Mapping[str, str]
) -> dict[str, Touched]:
    before = {renames.get(source.path, source.path): source.lines for source in base.sources}
    return {
        source.path: touched_lines(before.get(source.path, []), source.lines)
        for source in head.sources
        if source.path in change.paths
    }


def _is_touched(finding: Finding, touched: Mapping[str, Touched]) -> bool:
    lines = touched.get(finding.path, Touched()).lines
    return meet(lines, finding.start_line, finding.end_line)


def _is_shown(finding: Finding, comparison: Comparison | None) -> bool:
    """With a comparison only what is new, or stands in files that changed."""
    if comparison is None:
        return True
    return finding.path in comparison.changed_files or finding.fingerprint in comparison.new


def _coverage_of(
    touched: Mapping[str, Touched], suite: SuiteResult, tree: SourceTree
) -> Measure | NotMeasured:
    """Return which share of the product's statements at changed lines ran."""
    if suite.coverage is None:
        return NotMeasured(why_no_coverage(suite))
    executed = missing = 0
    for source in tree.sources:
        covered = suite.coverage.get(source.path)
        if covered is not None and source.path in touched:
            lines = first_lines(source, touched[source.path].lines)
            executed += len(lines.intersection(covered.executed))
            missing += len(lines.intersection(covered.missing))
    if not executed + missing:
        return NotMeasured("the change touches no statement of the product", is_empty=True)
    return Measure(executed, executed + missing)
