"""How a check ends, decided from its report alone; no I/O."""

from dataclasses import dataclass

from p2a.effects import Conclusion
from quality.measure import NotMeasured
from quality.report import Report


@dataclass(frozen=True, slots=True)
class Verdict:
    """A conclusion with its reason, one sentence."""

    conclusion: Conclusion
    reason: str


def conclude(report: Report, *, minimum: float | None = None, with_tests: bool = True) -> Verdict:
    """Decide: what failed comes first, then what is unknown; only then is it a success.

    Args:
        report: what was measured.
        minimum: the least overall score, None for no gate.
        with_tests: whether the tests were asked for.
    """
    failure = _failure(report, minimum=minimum)
    if failure:
        return Verdict(Conclusion.FAILURE, failure)
    unknown = _unknown(report, with_tests=with_tests)
    if unknown:
        return Verdict(Conclusion.NEUTRAL, unknown)
    overall = report.scores.overall
    gate = "" if minimum is None else f", the minimum is {minimum:g}"
    return Verdict(Conclusion.SUCCESS, f"overall {overall:g}{gate}")


def _failure(report: Report, *, minimum: float | None) -> str:
    counts, overall = report.suite.counts, report.scores.overall
    if report.suite.has_failed and counts:
        failed = counts.failed + counts.errors
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
    if isinstance(report.scores.overall, NotMeasured):
        return report.scores.overall.reason
    asked = [item for item in report.trouble if with_tests or not item.startswith("coverage:")]
    return f"not measured: {'; '.join(asked)}" if asked else ""
