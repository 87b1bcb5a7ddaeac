"""What a change's tests prove: only those that fail without its code and pass with it."""

import pytest

from quality.suite_result import SuiteResult
from worker.destination import is_worse
from worker.proof import Outcomes, judge
from worker.proving import files_of
from worker.records import ProofRecord, SuiteRecord


def outcomes(*, passed: tuple[str, ...] = (), failed: tuple[str, ...] = ()) -> Outcomes:
    return Outcomes.of(SuiteResult(passed_tests=passed, failed_tests=failed))


@pytest.mark.parametrize(
    ("before", "after", "worth"),
    [
        (outcomes(failed=("t::a",)), outcomes(passed=("t::a",)), "proving"),
        (outcomes(passed=("t::a",)), outcomes(passed=("t::a",)), "passing_before"),
        (outcomes(failed=("t::a",)), outcomes(failed=("t::a",)), "failing"),
        (outcomes(passed=("t::a",)), outcomes(failed=("t::a",)), "failing"),
        (outcomes(), outcomes(passed=("t::a",)), "not_seen"),
        (outcomes(failed=("t::a",)), outcomes(), "not_seen"),
        # The file could not be loaded without the change: pytest reports its module alone.
        (outcomes(failed=("t",)), outcomes(passed=("t::a",)), "proving"),
        # One parameter is enough to fail, before as after.
        (outcomes(passed=("t::a[1]",), failed=("t::a[2]",)), outcomes(passed=("t::a[1]", "t::a[2]")), "proving"),
        (outcomes(failed=("t::a[1]",)), outcomes(passed=("t::a[1]",), failed=("t::a[2]",)), "failing"),
    ],
)  # fmt: skip
def test_judge__says_what_a_test_is_worth(before: Outcomes, after: Outcomes, worth: str) -> None:
    judged = judge(["t::a"], before=before, after=after)
    assert judged == ProofRecord.model_validate({worth: ["t::a"]})


def test_judge__a_flaky_test_proves_nothing() -> None:
    judged = judge(
        ["t::a"],
        before=outcomes(failed=("t::a",)),
        after=outcomes(failed=("t::a[1]",)),
        flaky=["t::a[1]"],
    )
    assert (judged.flaky, judged.proving) == (["t::a"], [])


@pytest.mark.parametrize(
    ("record", "line"),
    [
        (ProofRecord(proving=["a", "b", "c"]), "3 new tests: fail before, pass after"),
        (ProofRecord(proving=["a"]), "1 new test: fails before, passes after"),
        (
            ProofRecord(proving=["a"], passing_before=["b"], failing=["c", "d"]),
            "4 new tests: 1 failing before, passing after; 1 passing before as well, no proof; 2 failing after",
        ),
        (ProofRecord(), "no new tests"),
        (ProofRecord(reason="no sandbox"), "the new tests were not judged: no sandbox"),
    ],
)
def test_proof__reads_as_one_line(record: ProofRecord, line: str) -> None:
    assert record.line() == line


def test_files_of__finds_files_by_the_ids_of_the_report() -> None:
    paths = ["tests/test_a.py", "tests/deep/test_b.py", "odd name/test_c.py"]
    ids = [
        "tests.test_a.TestX::test_1[p.q]",
        "tests.deep.test_b",
        "odd name.test_c::test",
        "gone::t",
    ]
    assert files_of(ids, paths) == ["tests/deep/test_b.py", "tests/test_a.py"]


RED = SuiteRecord(ran=True, exit_code=1, passed=2, failed=1, failures=["t::a"])
GREEN = SuiteRecord(ran=True, exit_code=0, passed=3, failed=0)


@pytest.mark.parametrize(
    ("before", "after", "worse"),
    [
        (GREEN, RED, True),
        (None, RED, True),
        (RED, RED, False),
        (GREEN, GREEN, False),
        (GREEN, RED.model_copy(update={"flaky": ["t::a"]}), False),
        (RED, RED.model_copy(update={"failed": 2}), True),
        (RED, RED.model_copy(update={"failures": ["t::b"], "scope": "affected tests"}), True),
        (RED.model_copy(update={"failed": 5}), RED.model_copy(update={"scope": "some"}), False),
    ],
)
def test_is_worse__counts_steady_failures_that_are_new(
    before: SuiteRecord | None, after: SuiteRecord, *, worse: bool
) -> None:
    assert is_worse(before, after) is worse
