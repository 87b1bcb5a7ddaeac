from p2a.domain import Dimension
from quality.finding import Confidence, Finding, Severity, in_order
from quality.measure import Measure, NotMeasured
from quality.score import Judgement, points, score

GOOD: dict[str, Measure | NotMeasured] = {
    "complexity": Measure(0, 100),
    "maintainability": Measure(0, 100),
    "docstrings": Measure(1, 2),
    "coverage": Measure(3, 4),
}


def finding(
    rule: str,
    *,
    severity: Severity = Severity.LOW,
    dimension: Dimension = Dimension.SECURITY,
    analyser: str = "security",
    amount: float = 0,
) -> Finding:
    """Return a finding that the analyser is sure of."""
    return Finding(
        path="a.py",
        start_line=1,
        end_line=1,
        rule=rule,
        severity=severity,
        confidence=Confidence.HIGH,
        message="",
        hint="",
        dimension=dimension,
        analyser=analyser,
        amount=amount,
    )


def test_points__of_very_many_findings_are_their_equal_shares() -> None:
    many = in_order(finding("B307") for _ in range(20_000))
    told = points(Judgement({}, many, lines=1000))
    assert len(told) == 20_000
    assert len(set(told.values())) == 1


def test_score__all_measured() -> None:
    scores = score(Judgement(GOOD, lines=100))
    assert scores.by_dimension[Dimension.CODE_QUALITY] == 100.0
    assert scores.by_dimension[Dimension.DOCUMENTATION] == 50.0
    assert scores.by_dimension[Dimension.TEST_COVERAGE] == 75.0
    assert scores.by_dimension[Dimension.SECURITY] == 100.0
    assert scores.by_dimension[Dimension.PERFORMANCE] == 100.0
    assert scores.overall == round((25 * 100 + 20 * 75 + 15 * 50 + 20 * 100 + 20 * 100) / 100, 1)


def test_score__overall_leaves_out_what_was_not_measured() -> None:
    measures = {**GOOD, "coverage": NotMeasured("why"), "docstrings": NotMeasured("why")}
    scores = score(Judgement(measures, lines=100))
    assert scores.by_dimension[Dimension.TEST_COVERAGE] == NotMeasured("why")
    assert scores.overall == 100.0
    assert Dimension.TEST_COVERAGE not in scores.measured


def test_score__nothing_measured_is_not_zero() -> None:
    scores = score(Judgement({}))
    assert isinstance(scores.overall, NotMeasured)
    assert scores.measured == frozenset()


def test_a13__a_failed_analyser_leaves_its_dimension_without_a_score() -> None:
    scores = score(Judgement(GOOD, lines=100, failed={Dimension.SECURITY: "bandit was stopped"}))
    assert scores.by_dimension[Dimension.SECURITY] == NotMeasured("bandit was stopped")


def test_score__falls_with_each_finding_by_its_weight() -> None:
    severities = (Severity.LOW, Severity.MEDIUM, Severity.HIGH)
    values = [
        score(Judgement({}, [finding("x", severity=item)], lines=500)).by_dimension[
            Dimension.SECURITY
        ]
        for item in severities
    ]
    assert values == [95.2, 71.4, 50.0]


def test_score__code_quality_by_shares_of_lines() -> None:
    measures: dict[str, Measure | NotMeasured] = {
        "complexity": Measure(50, 100),
        "maintainability": Measure(100, 100),
    }
    assert score(Judgement(measures)).by_dimension[Dimension.CODE_QUALITY] == 35.0
    alone: dict[str, Measure | NotMeasured] = {
        "complexity": NotMeasured("none"),
        "maintainability": Measure(0, 10),
    }
    assert score(Judgement(alone)).by_dimension[Dimension.CODE_QUALITY] == 100.0


def test_points__add_up_to_what_the_score_lost() -> None:
    code = Dimension.CODE_QUALITY
    findings = in_order(
        [
            finding("complex-function", dimension=code, analyser="complexity", amount=30),
            finding("complex-function", dimension=code, analyser="complexity", amount=20),
            finding("F821", severity=Severity.HIGH, dimension=code, analyser="ruff"),
            finding("F401", dimension=code, analyser="ruff"),
        ]
    )
    judgement = Judgement({**GOOD, "complexity": Measure(50, 100)}, findings, lines=100)
    taken = points(judgement)
    value = score(judgement).by_dimension[code]
    assert isinstance(value, float)
    assert round(100 - sum(taken.values()), 1) == value
    by_rule = {(item.rule, item.amount): taken[item.fingerprint] for item in findings}
    assert by_rule[("complex-function", 30.0)] == 21.0
    assert round(by_rule[("F821", 0)] / by_rule[("F401", 0)]) == 20


def test_points__what_was_not_measured_lost_none() -> None:
    untested = finding("untested-function", dimension=Dimension.TEST_COVERAGE, analyser="coverage")
    judgement = Judgement({"coverage": NotMeasured("why")}, [untested], lines=1)
    assert points(judgement) == {untested.fingerprint: 0.0}
