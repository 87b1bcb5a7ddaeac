"""How a check ends, decided from its report alone; no I/O."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from ccg.export.counted import counted
from p2a.effects import Conclusion
from quality.analysers.lint_rules import SYNTAX_ERROR
from quality.gate import OVERALL, Gate, Outcome, Policy, Ruling, asked_trouble, decide
from quality.measure import NotMeasured
from quality.product import is_product
from quality.report import Report
from quality.suite_result import SuiteResult, TestCounts, loading_trouble

NO_POLICY = Policy()
NAMED = 3
"""Tests or files that a reason names; it counts the others."""
NO_GATE = "no gate is set"
WITHOUT_BASE = "{rules} not looked at: give --base"
INFORMATIONAL = "informational, so it decides nothing: {reason}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A conclusion with its reason, one sentence, and what the gate says rule by rule."""

    conclusion: Conclusion
    reason: str
    rulings: tuple[Ruling, ...] = ()
    notes: tuple[str, ...] = ()
    """What decided nothing and is to be known: half a sentence each."""
    is_gated: bool = False
    """Whether a gate asks for something: whatever is no success has then not passed it."""


def conclude(
    report: Report,
    *,
    policy: Policy = NO_POLICY,
    with_tests: bool = True,
    known_failures: Collection[str] = (),
    tests_before: int | None = None,
) -> Verdict:
    """Decide: what failed comes first, then what is unknown; only then is it a success.

    Args:
        report: what was measured.
        policy: the gate that holds, by default none.
        with_tests: whether the tests were asked for.
        known_failures: ids of tests that failed before the change as well; where no other test
            fails, the change is not to blame: it is a success where it meets a gate, else neutral.
        tests_before: how many tests ran on the base, skipped ones aside; fewer after the change
            are no success.
    """
    old = _old(report.suite) if _is_old(report.suite, known_failures) else ""
    rulings = decide(report, policy.gate, with_tests=with_tests)
    failures = [
        "" if old else _failed(report.suite, known_failures),
        _broken_by(report),
        _unreadable(report),
        policy.offence,
        *_reasons(rulings, Outcome.MISSED),
    ]
    unknown = _joined(
        [
            _fewer(report.suite, tests_before),
            _lost(report.comparison.lost_tests if report.comparison else ()),
        ]
    )
    unknown = unknown or _unknown(report, with_tests=with_tests, tests_before=tests_before)
    if any(failures):
        conclusion, reason = Conclusion.FAILURE, _joined([*failures, old])
    elif unknown or policy.fault or _reasons(rulings, Outcome.UNKNOWN):
        conclusion, reason = (
            Conclusion.NEUTRAL,
            _joined([_not_shown(unknown, policy, rulings), old]),
        )
    elif old and not _reasons(rulings, Outcome.MET):
        # Without a rule that is met nothing shows that the change may pass.
        conclusion, reason = Conclusion.NEUTRAL, _not_shown(old, policy, rulings)
    else:
        conclusion, reason = Conclusion.SUCCESS, _joined([_success(report, policy, rulings), old])
    return Verdict(
        conclusion,
        reason,
        rulings,
        notes=(*policy.notes, *_without_base(report, policy.gate), *_informational(rulings)),
        is_gated=policy.gate.is_set or bool(policy.fault),
    )


def _not_shown(unknown: str, policy: Policy, rulings: Iterable[Ruling]) -> str:
    """Say what is not known, and that a gate is therefore not shown to be met."""
    gate = policy.gate
    if not unknown:
        return _joined([policy.fault, *_reasons(rulings, Outcome.UNKNOWN)])
    if not gate.is_set:
        return _joined([unknown, policy.fault])
    is_overall_alone = gate == Gate().with_minimum(gate.minimum.get(OVERALL))
    asked = f"minimum of {gate.minimum[OVERALL]:g}" if is_overall_alone else "gate"
    return _joined([unknown, f"so the {asked} is not shown to be met", policy.fault])


def _success(report: Report, policy: Policy, rulings: Iterable[Ruling]) -> str:
    met = _reasons(rulings, Outcome.MET)
    if len(met) == 1:
        return met[0]
    overall = report.scores.overall
    shown = "" if isinstance(overall, NotMeasured) else f"overall {overall:g}"
    gate = NO_GATE if policy.gate == Gate() else ""
    which = " that need no base" if _without_base(report, policy.gate) else ""
    return _joined([shown, f"all {len(met)} rules of the gate{which} are met" if met else gate])


def _reasons(rulings: Iterable[Ruling], outcome: Outcome) -> list[str]:
    return [
        ruling.reason
        for ruling in rulings
        if ruling.outcome is outcome and not ruling.is_informational
    ]


def _without_base(report: Report, gate: Gate) -> list[str]:
    """Say which rules were not looked at, because there is nothing to compare with."""
    rules = gate.compared
    if report.comparison is not None or not rules:
        return []
    kinds = ", ".join(dict.fromkeys(rules))
    if len(rules) == 1:
        return [WITHOUT_BASE.format(rules=f"{kinds} needs a base to compare with and was")]
    told = f"{len(rules)} rules ({kinds}) need a base to compare with and were"
    return [WITHOUT_BASE.format(rules=told)]


def _informational(rulings: Iterable[Ruling]) -> list[str]:
    return [
        INFORMATIONAL.format(reason=ruling.reason)
        for ruling in rulings
        if ruling.is_informational and ruling.outcome is not Outcome.MET
    ]


def _joined(parts: Iterable[str]) -> str:
    return "; ".join(part.rstrip(".") for part in parts if part)


def _is_old(suite: SuiteResult, known: Collection[str]) -> bool:
    """Tell whether tests fail, and every one of them, by its id, is known to."""
    broken = _broken(suite)
    # 1 is "tests failed": any other exit code tells of more than the failed tests.
    is_whole = suite.exit_code == 1 and len(suite.failed_tests) == broken
    return suite.is_measured and broken > 0 and is_whole and set(suite.failed_tests) <= set(known)


def _old(suite: SuiteResult) -> str:
    return f"{counted(_broken(suite), 'failing test')} failed before the change as well"


def _fewer(suite: SuiteResult, before: int | None) -> str:
    if before is None or suite.counts is None or not suite.is_measured:
        return ""
    if suite.counts.executed >= before:
        return ""
    return f"only {counted(suite.counts.executed, 'test')} ran, {before} before the change"


def _broken_by(report: Report) -> str:
    """Say which tests a change broke in a run that could not run all of them."""
    tests = report.comparison.broken_tests if report.comparison else ()
    if not tests:
        return ""
    shown = {failed.test: failed for failed in report.suite.failures}
    names = [shown[test].name if test in shown else test for test in tests]
    if all(test in shown and shown[test].is_load_error for test in tests):
        return f"no test runs any more, because {_first(names)} could not be loaded"
    said = _said(names, "passed before and fails now", "passed before and fail now")
    return f"{said}, in a run that is no measurement"


def _unreadable(report: Report) -> str:
    """Say which files of the product a change made such that no Python can read them."""
    was_read = report.comparison.broken_files if report.comparison else ()
    broken = [
        item for item in report.findings if item.rule == SYNTAX_ERROR and item.path in was_read
    ]
    if not broken:
        return ""
    places = [f"{item.path}:{item.start_line}" for item in broken]
    return _said(places, "is no Python code any more", "are no Python code any more")


def _lost(tests: Sequence[str]) -> str:
    if not tests:
        return ""
    before = "passed before and"
    return _said(tests, f"{before} does not run any more", f"{before} do not run any more")


def _said(names: Sequence[str], of_one: str, of_several: str) -> str:
    """Return the first names and how many more there are, with what is said of them."""
    return f"{_first(names)} {of_one if len(names) == 1 else of_several}"


def _first(names: Sequence[str]) -> str:
    named, rest = names[:NAMED], len(names) - NAMED
    return f"{', '.join(named)} and {rest} more" if rest > 0 else _listed(named)


def _listed(names: Sequence[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def _broken(suite: SuiteResult) -> int:
    return suite.counts.failed + suite.counts.errors if suite.counts else 0


def _failed(suite: SuiteResult, known: Collection[str]) -> str:
    if not suite.has_failed or suite.counts is None:
        return ""
    failed = _broken(suite)
    if suite.not_loaded:
        return loading_trouble(suite)
    if failed:
        old = len(set(suite.failed_tests).intersection(known))
        also = f", {old} of which failed before the change as well" if old else ""
        return f"{failed} of {suite.counts.total} tests did not pass{also}"
    ended = f"the test run ended with exit code {suite.exit_code}"
    return f"{_all_passed(suite.counts)}, but {ended}" if suite.counts.passed else ended


def _all_passed(counts: TestCounts) -> str:
    ran = " that ran" if counts.skipped else ""
    if counts.passed == 1:
        return f"the one test{ran} passed"
    return f"all {counts.passed} tests{ran} passed"


def _unknown(report: Report, *, with_tests: bool, tests_before: int | None) -> str:
    if not report.files_analysed:
        return "there is nothing to analyse"
    if with_tests and not report.suite.is_measured:
        before = f"{counted(tests_before, 'test')} ran before the change" if tests_before else ""
        return _joined([f"the tests were not measured: {report.suite.reason_not_measured}", before])
    old = frozenset(report.comparison.unread_before if report.comparison else ())
    paths = dict.fromkeys(item.path for item in report.not_analysed if is_product(item.path))
    unread = [path for path in paths if path not in old]
    if unread:
        rest = f" and {len(unread) - 1} more" if len(unread) > 1 else ""
        return f"{unread[0]}{rest} could not be analysed"
    if isinstance(report.scores.overall, NotMeasured):
        return report.scores.overall.reason
    asked = asked_trouble(report, with_tests=with_tests)
    return f"not measured: {'; '.join(asked)}" if asked else ""
