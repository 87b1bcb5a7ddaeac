"""A step's label tells of a run of tests only where there was one."""

from typing import Any

import pytest

from p2a.domain import WorkflowKind
from worker.coordinator import Stage
from worker.records import SuiteRecord
from worker.step_label import label_of

RAN = SuiteRecord(ran=True, exit_code=0, passed=3).model_dump()
SOME = SuiteRecord(ran=True, exit_code=0, passed=3, scope="affected tests").model_dump()
NOT_RUN = SuiteRecord(reason="the head is in somebody else's repository").model_dump()
BEFORE = "Checkout, and the tests before the change"
AFTER = "Tester: new tests, then all of them in the sandbox"


@pytest.mark.parametrize(
    ("stage", "facts", "label"),
    [
        (Stage.PREPARE, {"baseline": RAN}, BEFORE),
        (Stage.PREPARE, {"baseline": NOT_RUN}, "Checkout; the tests were not run"),
        (Stage.PREPARE, {}, "Checkout"),
        (Stage.TESTER, {"suite": RAN}, AFTER),
        (Stage.TESTER, {"suite": NOT_RUN}, "Tester: new tests; none of them were run"),
        (
            Stage.TESTER,
            {"suite": SOME},
            "Tester: new tests, then the affected tests in the sandbox",
        ),
        (Stage.TESTER, {}, "Tester: new tests"),
        (Stage.GRAPH, {}, "Code context graph"),
    ],
)
def test_label_of__a_step_that_was_taken_tells_what_was_run(
    stage: Stage, facts: dict[str, Any], label: str
) -> None:
    assert label_of(stage, WorkflowKind.FIX, {**facts, "signal": "done"}) == label


def test_label_of__a_step_ahead_tells_what_will_be_run() -> None:
    assert label_of(Stage.PREPARE, WorkflowKind.FIX) == BEFORE
    assert label_of(Stage.TESTER, WorkflowKind.FIX, {"base": {}}) == AFTER
    assert label_of(Stage.PREPARE, WorkflowKind.CHECK) == "Checkout"
    assert label_of(Stage.PREPARE, WorkflowKind.FIX, is_fork=True) == "Checkout"
    assert label_of(Stage.TESTER, WorkflowKind.FIX, is_fork=True) == "Tester: new tests"
