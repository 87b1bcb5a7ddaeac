"""The report: scores, findings, tests and the receipt, as values and as JSON; no I/O."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from ccg.graph import NotAnalysed
from p2a.domain import Dimension
from quality.changed_lines import Touched
from quality.finding import Finding
from quality.measure import Measure, NotMeasured
from quality.score import Score, Scores
from quality.suite_result import SuiteResult
from quality.timing import Timing

SCHEMA = "p2a-report/2"
NOT_COMPARED = NotMeasured("there is no base to compare with", is_empty=True)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What did the measuring and on what: equal receipts, equal static scores."""

    python: str
    analysers: Mapping[str, str]
    """The version of each."""
    configuration: str = ""
    """A hash of our own rules, which no repository can change."""
    head_sha: str | None = None
    """The commit that the files are or started from, None outside of git."""
    tree: str = ""
    """A hash of the Python files as they were read."""
    seed: str = ""
    """PYTHONHASHSEED while the tests run."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a change did: findings it brought and took away, and how the base was judged."""

    base_sha: str
    changed_files: tuple[str, ...]
    new: frozenset[str]
    """The fingerprints that the base has not."""
    removed_files: tuple[str, ...] = ()
    """Python files of the base that are gone, those that were renamed aside."""
    fixed: tuple[Finding, ...] = ()
    """Findings that only the base has."""
    scores: Scores | None = None
    """The base's, by the same rules."""
    measures: Mapping[str, Measure | NotMeasured] = field(default_factory=dict)
    """The base's."""
    size: Mapping[str, float] = field(default_factory=dict)
    """The base's."""
    touched: Mapping[str, Touched] = field(default_factory=dict)
    """The head's lines that the change brought or took others from, by path of a Python file."""
    changed_coverage: Measure | NotMeasured = NOT_COMPARED
    """Of the product's statements at those lines, the ones that tests ran."""
    lost_tests: tuple[str, ...] = ()
    """Tests that passed on the base and do not run any more, see `quality.lost_tests`."""
    broken_tests: tuple[str, ...] = ()
    """Tests that passed on the base and fail in a run that is no measurement, see there."""
    broken_files: tuple[str, ...] = ()
    """Python files that could be analysed on the base and cannot any more."""
    unread_before: tuple[str, ...] = ()
    """Python files that could not be analysed on the base either and that the change leaves as they were."""
    tests_kept_since: str | None = None
    """When the base's tests ran, as ISO 8601 in UTC, where an earlier check did that and not this one."""


@dataclass(frozen=True, slots=True)
class Report:
    """The result of a check; equal input gives equal JSON but for times: `suite.seconds`, `tests_kept_since`."""

    scores: Scores
    findings: tuple[Finding, ...]
    """By path and line; with a comparison only those in changed files."""
    suite: SuiteResult
    files_analysed: int
    not_analysed: tuple[NotAnalysed, ...]
    receipt: Receipt
    comparison: Comparison | None = None
    points: Mapping[str, float] = field(default_factory=dict)
    """What each finding takes from the score of its dimension, by fingerprint."""
    measures: Mapping[str, Measure | NotMeasured] = field(default_factory=dict)
    """The numbers behind the scores, by analyser."""
    size: Mapping[str, float] = field(default_factory=dict)
    """Radon's raw and Halstead metrics, each summed over the product's files; no score is made of them."""
    timings: tuple[Timing, ...] = ()
    """How long tests and imports took, head beside base, where that was asked for."""
    trouble: tuple[str, ...] = ()
    """What was asked for and could not be done, besides what the scores say."""

    def is_new(self, finding: Finding) -> bool:
        """Tell whether the change brought it; without a comparison nothing is known to be old."""
        return self.comparison is None or finding.fingerprint in self.comparison.new

    def is_in_sight(self, finding: Finding) -> bool:
        """Tell whether it is new and stands where the change's own lines are shown.

        What a change does elsewhere (the last call of a function goes, so that it is dead) is new as
        well, but no line of the change. Where lines are not known, a new finding is in sight.
        """
        if self.comparison is None or not self.is_new(finding):
            return self.is_new(finding)
        touched = self.comparison.touched.get(finding.path)
        if touched is None:
            return finding.path in self.comparison.changed_files or not finding.path.endswith(".py")
        return touched.meets(finding.start_line, finding.end_line)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain JSON values."""
        return {
            "schema": SCHEMA,
            "scores": self._scores(),
            "measures": {name: _measure(item) for name, item in sorted(self.measures.items())},
            "size": dict(self.size),
            "findings": [self._finding(finding) for finding in self.findings],
            "suite": _suite(self.suite),
            "files_analysed": self.files_analysed,
            "not_analysed": [asdict(item) for item in self.not_analysed],
            "receipt": asdict(self.receipt),
            "comparison": self._comparison(),
            "timings": [
                {**asdict(item), "ratio": item.ratio, "is_slower": item.is_slower}
                for item in self.timings
            ],
            "trouble": list(self.trouble),
        }

    def to_json(self) -> str:
        """Return JSON text with sorted keys."""
        return json.dumps(self.to_dict(), sort_keys=True, indent=1, allow_nan=False) + "\n"

    def delta(self, dimension: Dimension | None) -> float | None:
        """Return by how many points the change moved a score, the overall one for None.

        There is no number where head or base was not measured. An overall score compares only when
        both are made of the same dimensions.
        """
        before = self.comparison.scores if self.comparison else None
        if before is None:
            return None
        if dimension is None:
            if before.measured != self.scores.measured:
                return None
            old, new = before.overall, self.scores.overall
        else:
            old, new = before.by_dimension[dimension], self.scores.by_dimension[dimension]
        if isinstance(old, NotMeasured) or isinstance(new, NotMeasured):
            return None
        return round(new - old, 1)

    def _scores(self) -> dict[str, dict[str, Any]]:
        named = {str(name): _score(value) for name, value in self.scores.by_dimension.items()}
        named["overall"] = _score(self.scores.overall)
        if self.comparison and self.comparison.scores:
            before = self.comparison.scores
            for name in Dimension:
                named[str(name)] |= _moved(before.by_dimension[name], self.delta(name))
            named["overall"] |= _moved(before.overall, self.delta(None))
        return named

    def _finding(self, finding: Finding) -> dict[str, Any]:
        state = None if self.comparison is None else self.is_new(finding)
        taken = self.points.get(finding.fingerprint, 0.0)
        mark = finding.fingerprint
        return {**asdict(finding), "fingerprint": mark, "is_new": state, "points": taken}

    def _comparison(self) -> dict[str, Any] | None:
        if self.comparison is None:
            return None
        return {
            "base_sha": self.comparison.base_sha,
            "changed_files": list(self.comparison.changed_files),
            "removed_files": list(self.comparison.removed_files),
            "new": sorted(self.comparison.new),
            "fixed": [
                {**asdict(finding), "fingerprint": finding.fingerprint}
                for finding in self.comparison.fixed
            ],
            "measures": {
                name: _measure(item) for name, item in sorted(self.comparison.measures.items())
            },
            "size": dict(self.comparison.size),
            "changed_coverage": _measure(self.comparison.changed_coverage),
            "lost_tests": list(self.comparison.lost_tests),
            "broken_tests": list(self.comparison.broken_tests),
            "broken_files": list(self.comparison.broken_files),
            "unread_before": list(self.comparison.unread_before),
            "tests_kept_since": self.comparison.tests_kept_since,
        }


def _suite(suite: SuiteResult) -> dict[str, Any]:
    values = asdict(suite)
    del values["passed_tests"], values["lacking_tests"], values["kept_since"]
    return values


def _score(value: Score) -> dict[str, Any]:
    if isinstance(value, NotMeasured):
        return {"value": None, "reason": value.reason}
    return {"value": value, "reason": None}


def _moved(before: Score, delta: float | None) -> dict[str, float | None]:
    return {"base": None if isinstance(before, NotMeasured) else before, "delta": delta}


def _measure(measure: Measure | NotMeasured) -> dict[str, Any]:
    if isinstance(measure, NotMeasured):
        return {"part": None, "whole": None, "reason": measure.reason}
    return {"part": measure.part, "whole": measure.whole, "reason": None}
