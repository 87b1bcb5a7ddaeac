"""Asks every analyser about a tree and puts their answers into one report."""

import platform
from collections.abc import Iterable, Sequence
from pathlib import Path

from p2a.domain import Dimension
from p2a.scratch import scratch
from quality.analysers.interface import Analyser, Analysis, Subject
from quality.analysers.listing import ANALYSERS
from quality.change import Change
from quality.changed_lines import changed_lines
from quality.finding import Finding, in_order
from quality.measure import NotMeasured
from quality.report import Comparison, Receipt, Report
from quality.score import score
from quality.suite_result import SuiteResult, not_run
from quality.tree import SourceTree, read_tree

ABSENT_SUITE = "the tests were not asked for"


def assess(
    tree: Path,
    *,
    suite: SuiteResult | None,
    paths: Iterable[str] | None = None,
    change: Change | None = None,
    analysers: Sequence[Analyser] = ANALYSERS,
) -> Report:
    """Judge the Python files of a tree that nothing has run in.

    Args:
        tree: the files as they were committed; they are only read.
        suite: what came of the tests, None when they were not run.
        paths: the files that count, relative to the tree; by default all that are not hidden.
        change: restricts the findings to changed files and tells new ones from old ones.
        analysers: who is asked.
    """
    outcome = suite or not_run(ABSENT_SUITE)
    sources = read_tree(tree, paths=paths)
    analyses = _ask(sources, outcome, analysers)
    findings = in_order(item for analysis in analyses.values() for item in analysis.findings)
    comparison = _compare(findings, change, analysers, head=sources) if change else None
    changed = frozenset(comparison.changed_files) if comparison else None
    failed = (item for analysis in analyses.values() for item in analysis.not_analysed)
    return Report(
        scores=score({name: analysis.measure for name, analysis in analyses.items()}),
        findings=tuple(item for item in findings if changed is None or item.path in changed),
        suite=outcome,
        files_analysed=len(sources.product),
        not_analysed=tuple(sorted({*sources.not_analysed, *failed})),
        receipt=Receipt(
            python=platform.python_version(),
            analysers={analyser.name: analyser.version() for analyser in analysers},
        ),
        comparison=comparison,
        trouble=_trouble(analyses),
    )


def _ask(
    tree: SourceTree, suite: SuiteResult, analysers: Sequence[Analyser]
) -> dict[str, Analysis]:
    with scratch("analysis") as work:
        subject = Subject(tree, suite, work)
        return {analyser.name: analyser.analyse(subject) for analyser in analysers}


def _compare(
    findings: Sequence[Finding], change: Change, analysers: Sequence[Analyser], *, head: SourceTree
) -> Comparison:
    """Judge the base's versions of the changed files in the same way.

    The base's tests are not run: an untested function is new when the change touches its lines.
    """
    base = read_tree(change.base_files)
    analyses = _ask(base, not_run(ABSENT_SUITE), analysers)
    before = in_order(item for analysis in analyses.values() for item in analysis.findings)
    old = {finding.fingerprint for finding in before}
    touched = _touched(base, head, frozenset(change.paths))
    new = {
        finding.fingerprint
        for finding in findings
        if finding.path in touched and _is_new(finding, old, touched[finding.path])
    }
    return Comparison(change.base_sha, change.paths, frozenset(new))


def _touched(
    base: SourceTree, head: SourceTree, paths: frozenset[str]
) -> dict[str, frozenset[int]]:
    before = {source.path: source.lines for source in base.sources}
    return {
        source.path: changed_lines(before.get(source.path, []), source.lines)
        for source in head.sources
        if source.path in paths
    }


def _is_new(finding: Finding, old: set[str], touched: frozenset[int]) -> bool:
    if finding.dimension is Dimension.TEST_COVERAGE:
        return not touched.isdisjoint(range(finding.start_line, finding.end_line + 1))
    return finding.fingerprint not in old


def _trouble(analyses: dict[str, Analysis]) -> tuple[str, ...]:
    return tuple(
        f"{name}: {analysis.measure.reason}"
        for name, analysis in analyses.items()
        if isinstance(analysis.measure, NotMeasured) and not analysis.measure.is_empty
    )
