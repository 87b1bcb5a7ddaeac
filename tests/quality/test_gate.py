from dataclasses import replace
from typing import Any

import pytest

from p2a.domain import Dimension
from quality.finding import Finding, Severity
from quality.gate import ChangedLines, Gate, Outcome, Rule, Ruling, decide
from quality.measure import Measure, NotMeasured
from quality.report import Comparison, Report
from quality.score import Score, Scores
from tests.fakes.reports import finding, report

UNKNOWN = NotMeasured("bandit failed")


def scored(overall: Score, **values: Score) -> Scores:
    """Return scores by their names; a dimension that is not named was not measured."""
    empty: dict[Dimension, Score] = {name: NotMeasured("not asked") for name in Dimension}
    return Scores({**empty, **{Dimension(name): value for name, value in values.items()}}, overall)


def rulings(given: Report, gate: Gate) -> list[tuple[str, str, str]]:
    """Return subject, outcome and reason."""
    return [(item.subject, item.outcome.value, item.reason) for item in decide(given, gate)]


@pytest.mark.parametrize(
    ("value", "outcome", "reason"),
    [
        (80.0, "met", "security 80, the minimum is 80"),
        (79.9, "missed", "security 79.9 is below the minimum of 80"),
        (
            UNKNOWN,
            "unknown",
            "security was not measured (bandit failed), so its minimum of 80 is not shown to be met",
        ),
    ],
)
def test_decide__minimum_of_a_dimension(value: Score, outcome: str, reason: str) -> None:
    given = replace(report(), scores=scored(90.0, security=value))
    assert rulings(given, Gate(minimum={"security": 80})) == [("security", outcome, reason)]


def test_a13__overall_without_a_part_that_broke_is_unknown_and_not_below() -> None:
    gate = Gate(minimum={"overall": 80})
    given = replace(report(trouble=("security: bandit failed",)), scores=scored(70.0))
    (ruling,) = decide(given, gate)
    assert ruling == Ruling(
        Rule.MINIMUM,
        "overall",
        Outcome.UNKNOWN,
        "overall 70 is below the minimum of 80, without what was not measured: security: bandit failed",
    )
    (ruling,) = decide(replace(given, trouble=("coverage: not asked",)), gate, with_tests=False)
    assert ruling.outcome is Outcome.MISSED


def change(
    before: Scores, after: Scores, *findings: Finding, new: tuple[Finding, ...] = (), **values: Any
) -> Report:
    """Return a report of a change; further values are the comparison's."""
    comparison = Comparison(
        base_sha="0" * 40,
        changed_files=("shop/a.py",),
        new=frozenset(item.fingerprint for item in new),
        scores=before,
    )
    compared = replace(comparison, **values)
    return replace(report(*findings, *new), scores=after, comparison=compared)


NEW = finding("B602")
"""A new finding of security."""


@pytest.mark.parametrize(
    ("before", "after", "new", "outcome", "reason"),
    [
        (90.0, 90.0, (), "met", "security did not fall, 2 points are allowed"),
        (90.0, 95.0, (), "met", "security did not fall, 2 points are allowed"),
        (
            90.0,
            88.0,
            (NEW,),
            "met",
            "security fell by 2 points from 90 to 88, 2 points are allowed",
        ),
        (
            90.0,
            87.9,
            (NEW,),
            "missed",
            "security fell by 2.1 points from 90 to 87.9, 2 points are allowed",
        ),
        (
            90.0,
            UNKNOWN,
            (),
            "unknown",
            "security cannot be compared: security was not measured after the change (bandit failed)",
        ),
    ],
)
def test_decide__drop(
    before: float, after: Score, new: tuple[Finding, ...], outcome: str, reason: str
) -> None:
    given = change(scored(90.0, security=before), scored(90.0, security=after), new=new)
    assert rulings(given, Gate(max_drop={"security": 2})) == [("security", outcome, reason)]


def test_decide__a_drop_is_told_in_points() -> None:
    given = change(scored(90.0, security=90.0), scored(90.0, security=89.0), new=(NEW,))
    assert rulings(given, Gate(max_drop={"security": 1})) == [
        ("security", "met", "security fell by 1 point from 90 to 89, 1 point is allowed")
    ]


def test_decide__a_refactoring_that_brings_nothing_bad_is_no_drop() -> None:
    before, after = scored(90.0, security=90.0), scored(80.0, security=80.0)
    gate = Gate(max_drop={"security": 2, "overall": 2})
    old = finding()
    outcomes = [ruling.outcome for ruling in decide(change(before, after, old), gate)]
    assert outcomes == [Outcome.MET, Outcome.MET]
    elsewhere = replace(NEW, dimension=Dimension.DOCUMENTATION)
    found = {
        ruling.subject: ruling for ruling in decide(change(before, after, new=(elsewhere,)), gate)
    }
    assert found["security"].outcome is Outcome.MET
    assert found["security"].reason.endswith(
        "but the change brings neither a finding nor untested code there"
    )
    assert found["overall"].outcome is Outcome.MISSED


def test_decide__overall_is_compared_over_the_scores_that_the_base_has() -> None:
    gate = Gate(max_drop={"overall": 2})
    before = scored(90.0, security=90.0)
    gained = scored(45.0, security=90.0, test_coverage=0.0)
    (ruling,) = decide(change(before, gained, new=(NEW,)), gate)
    assert (ruling.outcome, ruling.reason) == (
        Outcome.MET,
        "overall did not fall, 2 points are allowed",
    )
    (ruling,) = decide(change(gained, before, new=(NEW,)), gate)
    assert (ruling.outcome, ruling.reason) == (
        Outcome.UNKNOWN,
        "overall cannot be compared: test coverage was not measured after the change (not asked)",
    )


UNTESTED = finding("untested-function", dimension=Dimension.TEST_COVERAGE, analyser="coverage")


@pytest.mark.parametrize("name", ["test_coverage", "overall"])
@pytest.mark.parametrize(
    ("before", "after", "outcome"),
    [
        (Measure(90, 100), Measure(80, 90), Outcome.MET),  # tested code was removed
        (Measure(90, 100), Measure(40, 50), Outcome.MET),
        (Measure(90, 100), Measure(89, 100), Outcome.MISSED),  # a test was removed
        (Measure(90, 100), Measure(90, 101), Outcome.MISSED),  # untested code was added
    ],
)
def test_decide__less_coverage_is_a_drop_only_with_more_untested_statements(
    name: str, before: Measure, after: Measure, outcome: Outcome
) -> None:
    scores = scored(90.0, test_coverage=90.0), scored(80.0, test_coverage=80.0)
    # A function that was untested before is told as new whenever its lines are touched.
    given = change(*scores, new=(UNTESTED,), measures={"coverage": before})
    given = replace(given, measures={"coverage": after})
    (ruling,) = decide(given, Gate(max_drop={name: 2}))
    assert ruling.outcome is outcome


def test_decide__drops_and_changed_lines_need_a_base() -> None:
    gate = Gate(max_drop={"overall": 0}, changed_lines=ChangedLines(80))
    assert decide(report(), gate) == ()
    unmeasured = change(scored(UNKNOWN), scored(50.0))
    assert decide(unmeasured, Gate(max_drop={"overall": 0})) == ()


@pytest.mark.parametrize(
    ("measure", "outcome", "reason"),
    [
        (Measure(15, 20), "met", "tests ran 15 of 20 changed statements (75 %), 75 % are needed"),
        (
            Measure(14, 20),
            "missed",
            "tests ran 14 of 20 changed statements (70 %), 75 % are needed",
        ),
        (Measure(0, 0), "met", "the change touches no statement"),
        (NotMeasured("nothing there", is_empty=True), "met", "the change touches no statement"),
        (
            NotMeasured("no sandbox"),
            "unknown",
            "the coverage of the changed lines was not measured (no sandbox)",
        ),
    ],
)
def test_decide__changed_lines(measure: Measure | NotMeasured, outcome: str, reason: str) -> None:
    given = change(scored(90.0), scored(90.0), changed_coverage=measure)
    gate = Gate(changed_lines=ChangedLines(80, 5))
    assert rulings(given, gate) == [("changed_lines", outcome, reason)]


OLD = finding("B602", path="shop/old.py")


@pytest.mark.parametrize(
    ("most", "trouble", "outcome", "reason"),
    [
        (0, (), "missed", "1 new finding of medium severity (B602 at shop/a.py:3), 0 are allowed"),
        (1, (), "met", "1 new finding of medium severity (B602 at shop/a.py:3), 1 is allowed"),
        (
            1,
            ("lint: ruff failed",),
            "unknown",
            "1 new finding of medium severity (B602 at shop/a.py:3), 1 is allowed, without what was not"
            " measured: lint: ruff failed",
        ),
        (
            1,
            ("base: too large",),
            "met",
            "1 new finding of medium severity (B602 at shop/a.py:3), 1 is allowed",
        ),
    ],
)
def test_decide__new_findings(
    most: int, trouble: tuple[str, ...], outcome: str, reason: str
) -> None:
    given = change(scored(90.0), scored(90.0), OLD, new=(NEW,))
    gate = Gate(new_findings={Severity.MEDIUM: most})
    assert rulings(replace(given, trouble=trouble), gate) == [("new_findings", outcome, reason)]


def test_decide__new_findings_of_each_severity_by_itself_and_only_against_a_base() -> None:
    gate = Gate(new_findings={Severity.LOW: 0, Severity.HIGH: 0, Severity.MEDIUM: 5})
    given = change(scored(90.0), scored(90.0), OLD, new=(NEW,))
    assert [(item.outcome.value, item.reason[:14]) for item in decide(given, gate)] == [
        ("met", "0 new findings"),
        ("met", "1 new finding "),
        ("met", "0 new findings"),
    ]
    assert decide(replace(given, comparison=None), gate) == ()
    shown = replace(gate, informational=frozenset({"new_findings"}))
    assert all(item.is_informational for item in decide(given, shown))
    assert (gate.is_set, shown.is_set) == (True, False)


def test_gate__what_is_set() -> None:
    assert not Gate().is_set
    assert Gate(max_drop={"overall": 1}).is_set
    assert Gate(changed_lines=ChangedLines(80)).is_set
    informational = frozenset({"security"})
    assert not Gate(minimum={"security": 1}, informational=informational).is_set
    assert Gate(minimum={"overall": 1, "security": 1}, informational=informational).is_set


@pytest.mark.parametrize(("asked", "least"), [(None, 60.0), (50.0, 60.0), (70.0, 70.0)])
def test_gate__the_higher_minimum_counts(asked: float | None, least: float) -> None:
    gate = Gate(minimum={"overall": 60.0, "security": 1.0})
    assert gate.with_minimum(asked) == replace(gate, minimum={"overall": least, "security": 1.0})


def test_gate__who_asks_for_a_minimum_decides_by_it() -> None:
    gate = Gate(minimum={"overall": 60}, informational=frozenset({"overall", "security"}))
    assert gate.with_minimum(50).informational == {"security"}
    assert gate.with_minimum(50).is_set
