"""Measures a tree against its base: scores, findings and the code context graph."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from p2a.effects import MAX_ANNOTATIONS, Annotation
from p2a.scratch import scratch
from quality.check import Checked
from quality.conclusion import Verdict, conclude
from quality.gate import Policy
from quality.measure import Measure, NotMeasured
from quality.render.annotations import annotations
from quality.render.markdown import render_details, render_scores, render_summary
from quality.render.wording import score_rows
from quality.report import NOT_COMPARED, Report
from worker.examining import begin_examining, examine
from worker.graphing import Graphed
from worker.records import AnnotationRecord, AssessmentRecord, BaseRecord, SuiteRecord
from worker.run import Run
from worker.suite import measure_suite, record_suite
from worker.work_tree import WorkTree

MAX_ANNOTATION_CHARACTERS = 1_000_000
"""Of all annotations of a record together: it is read whenever the workflow's story is."""
MAX_NOT_ANALYSED = 20
"""Files of a record that were not analysed; the report has all."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A report, a graph, and what is stored of the report."""

    checked: Checked
    graphed: Graphed
    baseline: SuiteRecord | None
    """The suite before the change, where it was run."""
    record: AssessmentRecord


def measure(run: Run, tree: WorkTree, base: BaseRecord) -> Measured:
    """Run the suite while the analysers are asked and the graph is built, each compared with the base.

    The tests are run on the base as well: a change is not blamed for old failures, and one that
    leaves tests out is seen.

    Raises:
        GitFailed: the base is not here.
    """
    begin_examining(run, tree, base)
    suite = measure_suite(run, tree)
    examined = examine(run, tree, base)
    change = examined.change
    baseline, base_suite = run.story().baseline, None
    with scratch("measure") as work:
        if suite.is_measured or suite.failed_tests:
            before = tree.other_tree(change.base_sha, work / "base-tests")
            base_suite = measure_suite(run, before)
            baseline = baseline or record_suite(run, before)
    run.check()
    report = examined.examination.report(suite, base_suite=base_suite, head_sha=base.sha)
    policy = tree.policy_since(change.base_sha)
    checked = Checked(report, _verdict(report, baseline, policy))
    record = assessment_of(checked, baseline, comment=policy.gate.comment)
    return Measured(checked, examined.graphed, baseline, record)


def _verdict(report: Report, baseline: SuiteRecord | None, policy: Policy) -> Verdict:
    known = baseline.failures if baseline is not None and baseline.ran else ()
    before = baseline.executed if baseline is not None and baseline.ran else None
    return conclude(report, policy=policy, known_failures=known, tests_before=before)


def assessment_of(
    checked: Checked, baseline: SuiteRecord | None, *, comment: bool = False
) -> AssessmentRecord:
    """Return what is stored of a report and its verdict.

    Args:
        checked: what was measured and what follows from it.
        baseline: the suite's run before the change.
        comment: whether the repository wishes the numbers in a comment as well.
    """
    report, verdict = checked.report, checked.verdict
    covered = report.comparison.changed_coverage if report.comparison else NOT_COMPARED
    noted = annotations(report)
    kept = bounded(noted)
    scores = {str(name): value for name, value in report.scores.by_dimension.items()}
    scores["overall"] = report.scores.overall
    return AssessmentRecord(
        scores={name: None if isinstance(v, NotMeasured) else v for name, v in scores.items()},
        reasons={name: v.reason for name, v in scores.items() if isinstance(v, NotMeasured)},
        overall=scores["overall"] if isinstance(scores["overall"], float) else None,
        delta=report.delta(None),
        annotations=[AnnotationRecord.model_validate(asdict(item)) for item in kept],
        annotations_left_out=len(noted) - len(kept),
        rows=score_rows(report),
        table=render_scores(report),
        summary=render_summary(checked, before=baseline.line() if baseline else ""),
        details=render_details(checked),
        **_changed_coverage(covered),
        **_not_analysed(report),
        findings=len(report.findings),
        comment=comment,
        conclusion=verdict.conclusion.value,
        conclusion_reason=verdict.reason,
    )


def _changed_coverage(covered: Measure | NotMeasured) -> dict[str, Any]:
    if isinstance(covered, NotMeasured):
        return {"changed_reason": covered.reason}
    return {"changed_covered": int(covered.part), "changed_statements": int(covered.whole)}


def _not_analysed(report: Report) -> dict[str, Any]:
    changed = frozenset(report.comparison.changed_files) if report.comparison else frozenset()
    items = sorted(report.not_analysed, key=lambda item: item.path not in changed)
    return {
        "not_analysed": [asdict(item) for item in items[:MAX_NOT_ANALYSED]],
        "not_analysed_count": len(items),
        "not_analysed_changed": sum(item.path in changed for item in items),
    }


def bounded(noted: Sequence[Annotation]) -> Sequence[Annotation]:
    """Return the first annotations that a record has room for."""
    room = MAX_ANNOTATION_CHARACTERS
    for number, item in enumerate(noted[:MAX_ANNOTATIONS]):
        room -= len(item.path) + len(item.title) + len(item.message)
        if room < 0:
            return noted[:number]
    return noted[:MAX_ANNOTATIONS]
