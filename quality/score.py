"""From measures and findings to scores between 0 and 100; no I/O.

A score starts from shares of functions, lines or statements, never from a mean over files: a
trivial function more, or a module moved, changes no mean here because there is none. Findings take
from it by their weight on the number of lines.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from p2a.domain import DEFAULT_WEIGHTS, Dimension
from quality.finding import Finding
from quality.measure import Measure, NotMeasured

COMPLEXITY_POINTS = 70.0
MAINTAINABILITY_POINTS = 30.0
DENSITY_AT_HALF = {
    Dimension.CODE_QUALITY: 40.0,
    Dimension.TEST_COVERAGE: 40.0,
    Dimension.DOCUMENTATION: 40.0,
    Dimension.PERFORMANCE: 40.0,
    Dimension.SECURITY: 10.0,
}
"""Weight of findings per 1,000 lines that takes half of a score."""
LINES_AT_LEAST = 1000
"""A smaller product is judged as if it had so many lines: one finding is then not everything."""
NO_CODE = "there is no Python code to measure"
NOTHING = "nothing was measured"
POINTS = {
    "complexity": COMPLEXITY_POINTS,
    "maintainability": MAINTAINABILITY_POINTS,
    "docstrings": 100.0,
    "coverage": 100.0,
}
"""What the whole of an analyser's measure is worth."""

Score = float | NotMeasured


@dataclass(frozen=True, slots=True)
class Scores:
    """A number with one decimal for each dimension, or why there is none."""

    by_dimension: Mapping[Dimension, Score]
    overall: Score

    @property
    def measured(self) -> frozenset[Dimension]:
        """Return the dimensions that have a number: those that the overall score is made of."""
        return frozenset(
            dimension for dimension, value in self.by_dimension.items() if isinstance(value, float)
        )


@dataclass(frozen=True, slots=True)
class Judgement:
    """All that the analysers said of one state of the files."""

    measures: Mapping[str, Measure | NotMeasured]
    """By the name of the analyser; those that only have findings are absent."""
    findings: Sequence[Finding] = ()
    lines: int = 0
    """Of the product."""
    failed: Mapping[Dimension, str] = field(default_factory=dict)
    """Dimensions of which an analyser failed, and why."""


def score(judgement: Judgement, *, weights: Mapping[Dimension, int] = DEFAULT_WEIGHTS) -> Scores:
    """Return all scores.

    Each is its share, 100 where it has none, divided by 1 + density / `DENSITY_AT_HALF`; density is
    the summed weight of its findings without a measure per 1,000 lines, fewer counting as 1,000.

    Overall is the mean of the measured dimensions by their weights, divided by the weights of
    those alone; a dimension that was not measured neither helps nor harms.
    """
    scores = {dimension: _score(judgement, dimension) for dimension in Dimension}
    return Scores(scores, _overall(scores, weights))


def points(judgement: Judgement) -> dict[str, float]:
    """Return how many points each finding takes from its dimension's score, by fingerprint.

    What a finding explains of a measure is taken first; the weighed ones share what they take
    together by their weights. A dimension that was not measured lost none.
    """
    shares = {name: _share(judgement, name) for name in Dimension}
    weighed = {name: sum(item.weight for item in _weighed(judgement, name)) for name in Dimension}
    factors = {name: _factor(judgement, name) for name in Dimension}
    return {
        finding.fingerprint: round(_points(finding, judgement, shares, weighed, factors), 2)
        for finding in judgement.findings
    }


def _points(
    finding: Finding,
    judgement: Judgement,
    shares: Mapping[Dimension, Score],
    weighed: Mapping[Dimension, float],
    factors: Mapping[Dimension, float],
) -> float:
    share = shares[finding.dimension]
    if isinstance(share, NotMeasured):
        return 0.0
    measure = judgement.measures.get(finding.analyser)
    if isinstance(measure, Measure):
        return POINTS[finding.analyser] * finding.amount / measure.whole
    if measure is not None:
        return 0.0
    lost = share * (1 - factors[finding.dimension])
    return lost * finding.weight / weighed[finding.dimension]


def _score(judgement: Judgement, dimension: Dimension) -> Score:
    share = _share(judgement, dimension)
    if isinstance(share, NotMeasured):
        return share
    if dimension in judgement.failed:
        return NotMeasured(judgement.failed[dimension])
    return _rounded(share * _factor(judgement, dimension))


def _factor(judgement: Judgement, dimension: Dimension) -> float:
    weight = sum(finding.weight for finding in _weighed(judgement, dimension))
    density = 1000 * weight / max(LINES_AT_LEAST, judgement.lines)
    return 1 / (1 + density / DENSITY_AT_HALF[dimension])


def _weighed(judgement: Judgement, dimension: Dimension) -> Iterable[Finding]:
    return (
        finding
        for finding in judgement.findings
        if finding.dimension is dimension and finding.analyser not in POINTS
    )


def _share(judgement: Judgement, dimension: Dimension) -> Score:
    """Return what the dimension has before weighed findings take from it."""
    match dimension:
        case Dimension.CODE_QUALITY:
            return _code_quality(judgement)
        case Dimension.TEST_COVERAGE:
            return _part(_of(judgement, "coverage"))
        case Dimension.DOCUMENTATION:
            return _part(_of(judgement, "docstrings"))
        case Dimension.PERFORMANCE | Dimension.SECURITY:
            return 100.0 if judgement.lines else NotMeasured(NO_CODE, is_empty=True)


def _code_quality(judgement: Judgement) -> Score:
    """Return 100 - 70 x (weighted lines in complex functions / lines in functions) - 30 x
    (weighted lines in files hard to maintain / lines).

    A product without any function loses points by its files alone.
    """  # noqa: D205 (the formula needs two lines)
    maintainability, complexity = _of(judgement, "maintainability"), _of(judgement, "complexity")
    if isinstance(maintainability, NotMeasured):
        return maintainability
    lost = MAINTAINABILITY_POINTS * maintainability.part / maintainability.whole
    if isinstance(complexity, Measure):
        lost += COMPLEXITY_POINTS * complexity.part / complexity.whole
    return max(0.0, 100 - lost)


def _part(measure: Measure | NotMeasured) -> Score:
    """Return 100 x part / whole: documentation and test coverage are scored so."""
    return measure if isinstance(measure, NotMeasured) else 100 * measure.part / measure.whole


def _overall(scores: Mapping[Dimension, Score], weights: Mapping[Dimension, int]) -> Score:
    measured = {dimension: value for dimension, value in scores.items() if isinstance(value, float)}
    total = sum(weights[dimension] for dimension in measured)
    if not total:
        return NotMeasured(NOTHING)
    return _rounded(sum(weights[name] * value for name, value in measured.items()) / total)


def _of(judgement: Judgement, name: str) -> Measure | NotMeasured:
    return judgement.measures.get(name) or NotMeasured(f"the {name} analyser did not run")


def _rounded(value: float) -> float:
    return round(min(100.0, max(0.0, value)), 1)
