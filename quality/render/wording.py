"""The sentences about a report that every rendering shares; no I/O."""

from datetime import datetime

from ccg.export.counted import counted
from p2a.domain import Dimension
from p2a.effects import Conclusion
from quality.conclusion import Verdict
from quality.gate import Outcome, Ruling
from quality.measure import Measure, NotMeasured
from quality.report import Comparison, Report
from quality.score import Score
from quality.suite_result import FailedTest, SuiteResult, TestCounts, loading_trouble

NAMES = {
    Dimension.CODE_QUALITY: "Code quality",
    Dimension.TEST_COVERAGE: "Test coverage",
    Dimension.DOCUMENTATION: "Documentation",
    Dimension.PERFORMANCE: "Performance",
    Dimension.SECURITY: "Security",
}
OVERALL = "Overall"
ICONS = {Conclusion.SUCCESS: "✅", Conclusion.FAILURE: "❌"}
NEUTRAL_ICON = "⚪"
SELF_REPORTED = " (self-reported)"
EXPLAINED = 5
"""Failed tests of which a person is told why; JSON and JUnit tell it of each."""
OUTCOMES = {Outcome.MET: "met", Outcome.MISSED: "missed", Outcome.UNKNOWN: "not known"}
NO_FINDINGS = "No findings."
NO_NEW_FINDINGS = "The change brings no new findings."


def score_rows(report: Report) -> list[tuple[str, str]]:
    """Return each dimension with its score or why it was not measured, the overall last."""
    rows = [
        (name, _dimension_text(dimension, report.scores.by_dimension[dimension]))
        for dimension, name in NAMES.items()
    ]
    note = overall_note(report)
    overall = score_text(report.scores.overall) + (f" ({note})" if note else "")
    return [*rows, (OVERALL, overall)]


def base_texts(report: Report) -> list[str]:
    """Return what stands beside each of `score_rows`: the base's score and the change, or nothing.

    An overall score of other dimensions than the head's is shown without a change.
    """
    before = report.comparison.scores if report.comparison else None
    if before is None:
        return [""] * (len(NAMES) + 1)
    rows = [
        _base_text(before.by_dimension[dimension], report.delta(dimension)) for dimension in NAMES
    ]
    return [*rows, _base_text(before.overall, report.delta(None))]


def _base_text(before: Score, delta: float | None) -> str:
    if isinstance(before, NotMeasured):
        return ""
    change = "" if delta is None else f", {delta:+.1f}" if delta else ", unchanged"
    return f"base {before:.1f}{change}"


def overall_note(report: Report) -> str:
    """Return of how many scores the overall one is made, empty where it is of all or of none."""
    measured, every = len(report.scores.measured), len(report.scores.by_dimension)
    return f"from {measured} of {every} scores" if 0 < measured < every else ""


def _dimension_text(dimension: Dimension, value: Score) -> str:
    """Mark what the repository's own code had in its hands: it runs where coverage counts."""
    is_told = dimension is Dimension.TEST_COVERAGE and not isinstance(value, NotMeasured)
    return score_text(value) + (SELF_REPORTED if is_told else "")


def score_text(value: Score) -> str:
    """Return the number, or `not measured: why`."""
    return f"not measured: {value.reason}" if isinstance(value, NotMeasured) else f"{value:.1f}"


def tests_line(report: Report) -> str:
    """Return one sentence about the tests."""
    suite = report.suite
    if suite.is_measured:
        told = loading_trouble(suite) or _counts(suite)
        return f"Tests (self-reported, in the sandbox): {told}{_since(report)}"
    ran = f" ({_counts(suite)})" if suite.counts and suite.counts.total else ""
    return f"Tests: not measured: {suite.reason_not_measured}{ran}"


def _since(report: Report) -> str:
    since = report.comparison.tests_kept_since if report.comparison else None
    if since is None:
        return ""
    ran = datetime.fromisoformat(since)
    return f"; those of the base ran on {ran:%Y-%m-%d} at {ran:%H:%M} UTC, for an earlier check"


def failures_told(report: Report) -> tuple[FailedTest, ...]:
    """Return the tests that did not pass; of a run that is no measurement those that the change broke."""
    failures = report.suite.failures
    if report.suite.is_measured:
        return failures
    broken = frozenset(report.comparison.broken_tests if report.comparison else ())
    return tuple(failed for failed in failures if failed.test in broken)


def failures_in_all(report: Report) -> int:
    """Return how many these are, those of which nothing but the number is known included."""
    counts = report.suite.counts or TestCounts()
    if report.suite.is_measured:
        return counts.failed + counts.errors
    return len(failures_told(report))


def reason_told(failed: FailedTest) -> str:
    """Return why a test did not pass and where, in foreign words; empty where nothing is known."""
    place = f"({failed.place})" if failed.place else ""
    return " ".join(part for part in (failed.message, place) if part)


def _counts(suite: SuiteResult) -> str:
    counts = suite.counts or TestCounts()
    told = counted_tests(counts.passed, counts.failed, counts.errors, counts.skipped)
    return f"{told} in {suite.seconds:.1f} s"


def counted_tests(passed: int, failed: int | None, errors: int | None, skipped: int | None) -> str:
    """Return how many tests ended how; of what there is none, or not known, nothing."""
    parts = [f"{passed} passed"]
    parts += [f"{failed} failed"] if failed else []
    parts += [counted(errors, "error")] if errors else []
    parts += [f"{skipped} skipped"] if skipped else []
    return ", ".join(parts)


def changed_lines_line(report: Report) -> str:
    """Return how many of the changed statements ran, empty where that is not known."""
    covered = report.comparison.changed_coverage if report.comparison else None
    if not isinstance(covered, Measure):
        return ""
    share = 100 * covered.part / covered.whole
    return (
        f"Of {counted(int(covered.whole), 'changed statement')} the tests ran "
        f"{covered.part:.0f} ({share:.0f} %)."
    )


def findings_line(report: Report, *, is_annotated: bool = False) -> str:
    """Return one sentence about how many findings there are, new and old.

    Args:
        report: the report.
        is_annotated: whether the findings on the change's lines stand there as annotations.
    """
    total = len(report.findings)
    new = sum(report.is_new(finding) for finding in report.findings)
    if report.comparison is None:
        files = counted(report.files_analysed, "file")
        return f"{counted(total, 'finding')} in {files}." if total else NO_FINDINGS
    before = f" {total - new} in the same files before it." if total - new else ""
    if not new:
        return NO_NEW_FINDINGS + before
    changed = _changed_files(report, report.comparison)
    places = f" in {counted(len(changed), 'changed file')}" if changed else ""
    aside = _aside(report, report.comparison, new)
    aside += ", so without an annotation" if aside and is_annotated else ""
    return f"{counted(new, 'new finding')}{places}{aside}.{before}"


def _aside(report: Report, comparison: Comparison, new: int) -> str:
    """Say how many of the new findings stand away from the lines that the change touches."""
    removed = frozenset(comparison.removed_files)
    hidden = sum(
        report.is_new(item) and not report.is_in_sight(item)
        for item in report.findings
        if item.path not in removed
    )
    if not hidden:
        return ""
    which = f"{hidden} of them " if hidden < new else "all of them " if new > 1 else ""
    return f", {which}away from the changed lines"


def _changed_files(report: Report, comparison: Comparison) -> frozenset[str]:
    """Return the changed and removed files of Python, and those of other forms in which something is new."""
    new = (finding.path for finding in report.findings if report.is_new(finding))
    others = (path for path in new if not path.endswith(".py"))
    return frozenset({*comparison.changed_files, *comparison.removed_files, *others})


def icon_of(conclusion: Conclusion) -> str:
    """Return the sign that stands before a verdict."""
    return ICONS.get(conclusion, NEUTRAL_ICON)


def not_compared(report: Report) -> tuple[str, ...]:
    """Return why the change was not compared with its base; nothing where it was."""
    marked = (item for item in report.trouble if item.startswith("base:"))
    return tuple(f"Not compared with the base{item.removeprefix('base')}" for item in marked)


def verdict_line(verdict: Verdict) -> str:
    """Return the verdict with its reason."""
    return f"{verdict.conclusion.capitalize()}: {verdict.reason}"


def gate_title(verdict: Verdict) -> str:
    """Return how many of the deciding rules are met, empty where the verdict's reason tells each."""
    rulings = _deciding(verdict)
    if all(ruling.reason in verdict.reason for ruling in rulings):
        return ""
    met = sum(ruling.outcome is Outcome.MET for ruling in rulings)
    part = " by what was measured" if verdict.conclusion is Conclusion.NEUTRAL else ""
    return f"Gate: {met} of {counted(len(rulings), 'rule')} met{part}"


def rule_lines(verdict: Verdict) -> tuple[str, ...]:
    """Return a line for each rule that decides, to stand below `gate_title`."""
    if not gate_title(verdict):
        return ()
    return tuple(f"{OUTCOMES[ruling.outcome]}: {ruling.reason}" for ruling in _deciding(verdict))


def note_lines(verdict: Verdict) -> tuple[str, ...]:
    """Return what there is to know of the gate besides."""
    return tuple(f"Gate: {note}" for note in verdict.notes)


def _deciding(verdict: Verdict) -> list[Ruling]:
    return [ruling for ruling in verdict.rulings if not ruling.is_informational]
