"""How a check ends, decided from its report alone; no I/O."""

from collections.abc import Collection
from dataclasses import dataclass

from p2a.effects import Conclusion
from quality.measure import NotMeasured
from quality.product import is_product
from quality.report import Report
from quality.suite_result import SuiteResult


@dataclass(frozen=True, slots=True)
class Verdict:
    """A conclusion with its reason, one sentence."""

    conclusion: Conclusion
    reason: str


def conclude(
    report: Report,
    *,
    minimum: float | None = None,
    with_tests: bool = True,
    known_failures: Collection[str] = (),
    tests_before: int | None = None,
) -> Verdict:
    """Decide: what failed comes first, then what is unknown; only then is it a success.

    Args:
        report: what was measured.
        minimum: the least overall score, None for no gate.
        with_tests: whether the tests were asked for.
        known_failures: ids of tests that failed before the change as well; where no other test
            fails, the change is not to blame, and it is no success either.
        tests_before: how many tests ran on the base, skipped ones aside; fewer after the change
            are no success.
    """
    is_old = _is_old(report.suite, known_failures)
    failure = _failure(report, minimum=minimum, is_old=is_old)
    if failure:
        return Verdict(Conclusion.FAILURE, failure)
    unknown = _old(report.suite) if is_old else _fewer(report.suite, tests_before)
    unknown = unknown or _unknown(report, with_tests=with_tests)
    if unknown:
        held = "" if minimum is None else f"; so the minimum of {minimum:g} is not shown to be met"
        return Verdict(Conclusion.NEUTRAL, unknown + held)
    overall = report.scores.overall
    gate = "" if minimum is None else f", the minimum is {minimum:g}"
    return Verdict(Conclusion.SUCCESS, f"overall {overall:g}{gate}")


def _is_old(suite: SuiteResult, known: Collection[str]) -> bool:
    """Tell whether tests fail, and every one of them, by its id, is known to."""
    broken = _broken(suite)
    # 1 is "tests failed": any other exit code tells of more than the failed tests.
    is_whole = suite.exit_code == 1 and len(suite.failed_tests) == broken
    return suite.is_measured and broken > 0 and is_whole and set(suite.failed_tests) <= set(known)


def _old(suite: SuiteResult) -> str:
    broken = _broken(suite)
    if broken == 1:
        return "1 failing test, which failed before the change as well"
    return f"{broken} failing tests, all of which failed before the change"


def _fewer(suite: SuiteResult, before: int | None) -> str:
    if before is None or suite.counts is None or not suite.is_measured:
        return ""
    if suite.counts.executed >= before:
        return ""
    number = suite.counts.executed
    return f"only {number} {'test' if number == 1 else 'tests'} ran, {before} before the change"


def _broken(suite: SuiteResult) -> int:
    return suite.counts.failed + suite.counts.errors if suite.counts else 0


def _failure(report: Report, *, minimum: float | None, is_old: bool) -> str:
    counts, overall = report.suite.counts, report.scores.overall
    if report.suite.has_failed and counts and not is_old:
        failed = _broken(report.suite)
        if failed:
            return f"{failed} of {counts.total} tests did not pass"
        return f"the test run ended with exit code {report.suite.exit_code}"
    if minimum is not None and isinstance(overall, float) and overall < minimum:
        return f"overall {overall:g} is below the minimum of {minimum:g}"
    return ""


def _unknown(report: Report, *, with_tests: bool) -> str:
    if not report.files_analysed:
        return "there is nothing to analyse"
    if with_tests and not report.suite.is_measured:
        return f"the tests were not measured: {report.suite.reason_not_measured}"
    unread = [item.path for item in report.not_analysed if is_product(item.path)]
    if unread:
        rest = f" and {len(unread) - 1} more" if len(unread) > 1 else ""
        return f"{unread[0]}{rest} could not be analysed"
    if isinstance(report.scores.overall, NotMeasured):
        return report.scores.overall.reason
    asked = [item for item in report.trouble if with_tests or not item.startswith("coverage:")]
    return f"not measured: {'; '.join(asked)}" if asked else ""
