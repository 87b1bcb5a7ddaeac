"""The report: scores, findings, tests and the receipt, as values and as JSON; no I/O."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from ccg.graph import NotAnalysed
from quality.finding import Finding
from quality.measure import NotMeasured
from quality.score import Score, Scores
from quality.suite_result import SuiteResult

SCHEMA = "p2a-report/1"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What did the measuring, so that a second run can be compared."""

    python: str
    analysers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Against which commit the findings were told new from existing."""

    base_sha: str
    changed_files: tuple[str, ...]
    new: frozenset[str]
    """The fingerprints that the base has not."""


@dataclass(frozen=True, slots=True)
class Report:
    """The result of a check; equal input gives equal JSON but for `suite.seconds`."""

    scores: Scores
    findings: tuple[Finding, ...]
    """By path and line; with a comparison only those in changed files."""
    suite: SuiteResult
    files_analysed: int
    not_analysed: tuple[NotAnalysed, ...]
    receipt: Receipt
    comparison: Comparison | None = None
    trouble: tuple[str, ...] = ()
    """What was asked for and could not be done, besides what the scores say."""

    def is_new(self, finding: Finding) -> bool:
        """Tell whether the change brought it; without a comparison nothing is known to be old."""
        return self.comparison is None or finding.fingerprint in self.comparison.new

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain JSON values."""
        return {
            "schema": SCHEMA,
            "scores": {name: _score(value) for name, value in self._all_scores().items()},
            "findings": [self._finding(finding) for finding in self.findings],
            "suite": asdict(self.suite),
            "files_analysed": self.files_analysed,
            "not_analysed": [asdict(item) for item in self.not_analysed],
            "receipt": asdict(self.receipt),
            "comparison": self._comparison(),
            "trouble": list(self.trouble),
        }

    def to_json(self) -> str:
        """Return JSON text with sorted keys."""
        return json.dumps(self.to_dict(), sort_keys=True, indent=1, allow_nan=False) + "\n"

    def _all_scores(self) -> dict[str, Score]:
        named = {str(name): value for name, value in self.scores.by_dimension.items()}
        return {**named, "overall": self.scores.overall}

    def _finding(self, finding: Finding) -> dict[str, Any]:
        state = None if self.comparison is None else self.is_new(finding)
        return {**asdict(finding), "fingerprint": finding.fingerprint, "is_new": state}

    def _comparison(self) -> dict[str, Any] | None:
        if self.comparison is None:
            return None
        return {
            "base_sha": self.comparison.base_sha,
            "changed_files": list(self.comparison.changed_files),
            "new": sorted(self.comparison.new),
        }


def _score(value: Score) -> dict[str, Any]:
    if isinstance(value, NotMeasured):
        return {"value": None, "reason": value.reason}
    return {"value": value, "reason": None}
