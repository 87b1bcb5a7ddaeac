"""From measures to scores between 0 and 100; no I/O.

Each score is a share of functions, lines or statements, never a mean over files: a trivial function
more, or a module moved, changes no mean here because there is none.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from p2a.domain import DEFAULT_WEIGHTS, Dimension
from quality.measure import Measure, NotMeasured

COMPLEXITY_POINTS = 70.0
MAINTAINABILITY_POINTS = 30.0
DENSITY_AT_HALF = 10.0
"""Weight of security findings per 1,000 lines at which the score is 50."""
LINES_AT_LEAST = 1000
"""A smaller product is judged as if it had so many lines: one finding is then not everything."""
NO_BENCHMARK = "this check runs no benchmark"
NOTHING = "nothing was measured"

Score = float | NotMeasured


@dataclass(frozen=True, slots=True)
class Scores:
    """A number with one decimal for each dimension, or why there is none."""

    by_dimension: Mapping[Dimension, Score]
    overall: Score


def score(
    measures: Mapping[str, Measure | NotMeasured],
    *,
    weights: Mapping[Dimension, int] = DEFAULT_WEIGHTS,
) -> Scores:
    """Return all scores; `measures` are the analysers' by name.

    Overall is the mean of the measured dimensions by their weights, divided by the weights of
    those alone; a dimension that was not measured neither helps nor harms.
    """
    scores: dict[Dimension, Score] = {
        Dimension.CODE_QUALITY: code_quality(
            _of(measures, "complexity"), _of(measures, "maintainability")
        ),
        Dimension.TEST_COVERAGE: share(_of(measures, "coverage")),
        Dimension.DOCUMENTATION: share(_of(measures, "docstrings")),
        Dimension.PERFORMANCE: NotMeasured(NO_BENCHMARK),
        Dimension.SECURITY: security(_of(measures, "security")),
    }
    return Scores(scores, _overall(scores, weights))


def code_quality(
    complexity: Measure | NotMeasured, maintainability: Measure | NotMeasured
) -> Score:
    """Return 100 - 70 x (weighted lines in complex functions / lines in functions) - 30 x
    (weighted lines in files hard to maintain / lines).

    A product without any function loses points by its files alone.
    """  # noqa: D205 (the formula needs two lines)
    if isinstance(maintainability, NotMeasured):
        return maintainability
    lost = MAINTAINABILITY_POINTS * maintainability.part / maintainability.whole
    if isinstance(complexity, Measure):
        lost += COMPLEXITY_POINTS * complexity.part / complexity.whole
    return _rounded(100 - lost)


def security(measure: Measure | NotMeasured) -> Score:
    """Return 100 / (1 + density / 10); density is the findings' weight per 1,000 lines.

    Weights are 10, 4 and 0.5 for high, medium and low severity, times 1, 0.6 and 0.3 for high,
    medium and low confidence. Fewer than 1,000 lines count as 1,000.
    """
    if isinstance(measure, NotMeasured):
        return measure
    density = 1000 * measure.part / max(LINES_AT_LEAST, measure.whole)
    return _rounded(100 / (1 + density / DENSITY_AT_HALF))


def share(measure: Measure | NotMeasured) -> Score:
    """Return 100 x part / whole: documentation and test coverage are scored so."""
    return (
        measure
        if isinstance(measure, NotMeasured)
        else _rounded(100 * measure.part / measure.whole)
    )


def _overall(scores: Mapping[Dimension, Score], weights: Mapping[Dimension, int]) -> Score:
    measured = {dimension: value for dimension, value in scores.items() if isinstance(value, float)}
    total = sum(weights[dimension] for dimension in measured)
    if not total:
        return NotMeasured(NOTHING)
    return _rounded(sum(weights[name] * value for name, value in measured.items()) / total)


def _of(measures: Mapping[str, Measure | NotMeasured], name: str) -> Measure | NotMeasured:
    return measures.get(name) or NotMeasured(f"the {name} analyser did not run")


def _rounded(value: float) -> float:
    return round(min(100.0, max(0.0, value)), 1)
