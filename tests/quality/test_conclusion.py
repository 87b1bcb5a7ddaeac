from dataclasses import replace

import pytest

from p2a.effects import Conclusion
from quality.conclusion import conclude
from quality.measure import NotMeasured
from quality.report import Receipt, Report
from quality.score import Judgement, Scores, score
from quality.suite_result import SuiteResult, TestCounts, not_run

PASSED = SuiteResult(exit_code=0, counts=TestCounts(passed=3))
GOOD = Report(
    scores=score(Judgement({}, lines=10)),
    findings=(),
    suite=PASSED,
    files_analysed=1,
    not_analysed=(),
    receipt=Receipt("3", {}),
)


def test_conclude__success_says_the_score() -> None:
    assert conclude(GOOD).conclusion is Conclusion.SUCCESS
    assert conclude(GOOD, minimum=80).reason == "overall 100, the minimum is 80"


@pytest.mark.parametrize(
    ("report", "reason"),
    [
        (
            replace(GOOD, suite=SuiteResult(exit_code=1, counts=TestCounts(passed=1, failed=2))),
            "2 of 3 tests did not pass",
        ),
        (
            replace(GOOD, suite=SuiteResult(exit_code=3, counts=TestCounts(passed=1))),
            "the test run ended with exit code 3",
        ),
        (
            replace(GOOD, scores=Scores({}, 79.9)),
            "overall 79.9 is below the minimum of 80",
        ),
    ],
)
def test_conclude__failure(report: Report, reason: str) -> None:
    verdict = conclude(report, minimum=80)
    assert (verdict.conclusion, verdict.reason) == (Conclusion.FAILURE, reason)


@pytest.mark.parametrize(
    ("report", "reason"),
    [
        (replace(GOOD, files_analysed=0), "nothing to analyse"),
        (replace(GOOD, suite=not_run("no sandbox")), "no sandbox"),
        (replace(GOOD, scores=Scores({}, NotMeasured("nothing was"))), "nothing was"),
        (replace(GOOD, trouble=("security: bandit failed",)), "bandit failed"),
        (replace(GOOD, trouble=("coverage: not recorded",)), "coverage"),
    ],
)
def test_a13__what_was_not_measured_is_never_a_success(report: Report, reason: str) -> None:
    verdict = conclude(report, minimum=10)
    assert verdict.conclusion is Conclusion.NEUTRAL
    assert reason in verdict.reason


def test_conclude__tests_that_were_not_asked_for() -> None:
    report = replace(GOOD, suite=not_run("not asked"), trouble=("coverage: not asked",))
    assert conclude(report, with_tests=False).conclusion is Conclusion.SUCCESS


OLD = SuiteResult(
    exit_code=1, counts=TestCounts(passed=1, failed=1, errors=1), failed_tests=("a", "b")
)


@pytest.mark.parametrize(
    ("suite", "known", "conclusion", "reason"),
    [
        (OLD, "ab", Conclusion.NEUTRAL, "2 failing tests, all of which failed before the change"),
        (OLD, "abc", Conclusion.NEUTRAL, "2 failing tests, all of which failed before the change"),
        (OLD, "a", Conclusion.FAILURE, "2 of 3 tests did not pass"),
        (OLD, "", Conclusion.FAILURE, "2 of 3 tests did not pass"),
        (replace(OLD, exit_code=2), "ab", Conclusion.FAILURE, "2 of 3 tests did not pass"),
        (replace(OLD, failed_tests=("a",)), "ab", Conclusion.FAILURE, "2 of 3 tests did not pass"),
        (
            SuiteResult(exit_code=1, counts=TestCounts(failed=1), failed_tests=("a",)),
            "a",
            Conclusion.NEUTRAL,
            "1 failing test, which failed before the change as well",
        ),
        (PASSED, "ab", Conclusion.SUCCESS, "overall 100"),
    ],
)
def test_conclude__a_change_is_not_blamed_for_old_failures(
    suite: SuiteResult, known: str, conclusion: Conclusion, reason: str
) -> None:
    verdict = conclude(replace(GOOD, suite=suite), known_failures=list(known))
    assert (verdict.conclusion, verdict.reason) == (conclusion, reason)


def test_conclude__old_failures_do_not_lift_the_gate() -> None:
    report = replace(GOOD, suite=OLD, scores=Scores({}, 10.0))
    assert conclude(report, minimum=80, known_failures="ab").conclusion is Conclusion.FAILURE


def test_conclude__fewer_tests_than_before_are_no_success() -> None:
    verdict = conclude(GOOD, tests_before=9)
    assert verdict.conclusion is Conclusion.NEUTRAL
    assert verdict.reason.endswith("9 before the change")
