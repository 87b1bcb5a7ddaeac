from p2a.domain import Dimension
from quality.measure import Measure, NotMeasured
from quality.score import score

GOOD = {
    "complexity": Measure(0, 100),
    "maintainability": Measure(0, 100),
    "security": Measure(0, 100),
    "docstrings": Measure(1, 2),
    "coverage": Measure(3, 4),
}


def test_score__all_measured() -> None:
    scores = score(GOOD)
    assert scores.by_dimension[Dimension.CODE_QUALITY] == 100.0
    assert scores.by_dimension[Dimension.DOCUMENTATION] == 50.0
    assert scores.by_dimension[Dimension.TEST_COVERAGE] == 75.0
    assert scores.by_dimension[Dimension.SECURITY] == 100.0
    assert isinstance(scores.by_dimension[Dimension.PERFORMANCE], NotMeasured)
    assert scores.overall == round((25 * 100 + 20 * 75 + 15 * 50 + 20 * 100) / 80, 1)


def test_score__overall_leaves_out_what_was_not_measured() -> None:
    scores = score({**GOOD, "coverage": NotMeasured("why"), "docstrings": NotMeasured("why")})
    assert scores.by_dimension[Dimension.TEST_COVERAGE] == NotMeasured("why")
    assert scores.overall == 100.0


def test_score__nothing_measured_is_not_zero() -> None:
    assert isinstance(score({}).overall, NotMeasured)


def test_score__security_falls_with_each_finding() -> None:
    values = [
        score({"security": Measure(weight, 500)}).by_dimension[Dimension.SECURITY]
        for weight in (0, 4, 10, 1000)
    ]
    assert values == [100.0, 71.4, 50.0, 1.0]


def test_score__code_quality_by_shares_of_lines() -> None:
    measures: dict[str, Measure | NotMeasured] = {
        "complexity": Measure(50, 100),
        "maintainability": Measure(100, 100),
    }
    assert score(measures).by_dimension[Dimension.CODE_QUALITY] == 35.0
    alone: dict[str, Measure | NotMeasured] = {
        "complexity": NotMeasured("none"),
        "maintainability": Measure(0, 10),
    }
    assert score(alone).by_dimension[Dimension.CODE_QUALITY] == 100.0
