"""What people are told a step is, and once it was taken, what was done in it; no I/O."""

from collections.abc import Mapping
from typing import Any

from p2a.domain import CHANGING, WorkflowKind
from worker.coordinator import Stage
from worker.records import SuiteRecord
from worker.story import SIGNAL

_CHECKOUT = "Checkout"
_CHECKOUT_ALONE = "Checkout; the tests were not run"
_TESTS = "Tester: new tests"
_TESTS_ALONE = "Tester: new tests; none of them were run"
_TESTS_OF_SCOPE = "Tester: new tests, then the {scope} in the sandbox"
_LABELS = {
    Stage.AUTHORISE: "Permission",
    Stage.ACKNOWLEDGE: "Start",
    Stage.PREPARE: "Checkout, and the tests before the change",
    Stage.COORDINATOR: "Coordinator: the kind of change",
    Stage.PLANNER: "Planner: the plan",
    Stage.DEVELOPER: "Developer: the change",
    Stage.REVIEWER: "Reviewer: a second look",
    Stage.TESTER: "Tester: new tests, then all of them in the sandbox",
    Stage.DOCUMENTER: "Documenter: the documents",
    Stage.REBASE: "The base, if it moved meanwhile",
    Stage.QUALITY: "Quality: the scores",
    Stage.GRAPH: "Code context graph",
    Stage.EXAMINE: "Reviewer: the pull request is read",
    Stage.SUBMIT: "The review is sent",
    Stage.ASK: "The code is read for an answer",
    Stage.PUBLISH: "Publication",
    Stage.ANSWER: "Answer",
    Stage.LANDING: "What was done by then, measured and kept",
    Stage.REPORT: "Report",
}


def label_of(
    stage: Stage,
    kind: WorkflowKind,
    result: Mapping[str, Any] | None = None,
    *,
    is_fork: bool = False,
) -> str:
    """Return a step's label, which speaks of no run of tests that did not happen.

    Args:
        stage: the kind of step.
        kind: the workflow's; one that changes nothing runs no tests before.
        result: the task's result; without a signal in it the step is still to be taken.
        is_fork: whether the tree is somebody else's, in which nothing is run.
    """
    is_taken = result is not None and SIGNAL in result
    if stage is Stage.PREPARE:
        if kind not in CHANGING or (is_fork and not is_taken):
            return _CHECKOUT
        if result is not None and is_taken:
            return _prepared(_suite(result, "baseline"))
    if stage is Stage.TESTER:
        if is_fork and not is_taken:
            return _TESTS
        if result is not None and is_taken:
            return _tested(_suite(result, "suite"))
    return _LABELS[stage]


def _suite(result: Mapping[str, Any], name: str) -> SuiteRecord | None:
    return SuiteRecord.model_validate(result[name]) if result.get(name) else None


def _prepared(baseline: SuiteRecord | None) -> str:
    if baseline is None:
        return _CHECKOUT
    return _LABELS[Stage.PREPARE] if baseline.ran else _CHECKOUT_ALONE


def _tested(suite: SuiteRecord | None) -> str:
    if suite is None:
        return _TESTS
    if not suite.ran:
        return _TESTS_ALONE
    return _TESTS_OF_SCOPE.format(scope=suite.scope) if suite.scope else _LABELS[Stage.TESTER]
