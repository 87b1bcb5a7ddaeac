"""Asks every analyser about a tree and puts their answers into one report."""

import platform
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from quality.analysers.interface import Analyser, Analysis, Subject
from quality.analysers.listing import ANALYSERS
from quality.change import Change
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
    comparison = _compare(findings, change, analysers) if change else None
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
    with TemporaryDirectory(prefix="p2a-check-") as work:
        subject = Subject(tree, suite, Path(work))
        return {analyser.name: analyser.analyse(subject) for analyser in analysers}


def _compare(
    findings: Sequence[Finding], change: Change, analysers: Sequence[Analyser]
) -> Comparison:
    """Judge the base's versions of the changed files in the same way, tests apart."""
    base = read_tree(change.base_files)
    analyses = _ask(base, not_run(ABSENT_SUITE), analysers)
    before = in_order(item for analysis in analyses.values() for item in analysis.findings)
    old = {finding.fingerprint for finding in before}
    changed = frozenset(change.paths)
    new = {finding.fingerprint for finding in findings if finding.path in changed} - old
    return Comparison(change.base_sha, change.paths, frozenset(new))


def _trouble(analyses: dict[str, Analysis]) -> tuple[str, ...]:
    return tuple(
        f"{name}: {analysis.measure.reason}"
        for name, analysis in analyses.items()
        if isinstance(analysis.measure, NotMeasured) and not analysis.measure.is_empty
    )
