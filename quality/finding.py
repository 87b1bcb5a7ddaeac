"""What an analyser has to say about lines of a file, known again when the lines move; no I/O."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from p2a.domain import Dimension


class Severity(StrEnum):
    """How much harm it may do."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Confidence(StrEnum):
    """How sure the analyser is."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


SEVERITY_RANK = {Severity.HIGH: 0, Severity.MEDIUM: 1, Severity.LOW: 2}
WEIGHTS = {Severity.LOW: 0.5, Severity.MEDIUM: 4.0, Severity.HIGH: 10.0}
SHARES = {Confidence.LOW: 0.3, Confidence.MEDIUM: 0.6, Confidence.HIGH: 1.0}


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem at lines of a file, what to do about it, and which score it touches."""

    path: str
    start_line: int
    end_line: int
    rule: str
    """The analyser's own stable name for it, such as `B307`."""
    severity: Severity
    confidence: Confidence
    message: str
    hint: str
    dimension: Dimension
    analyser: str
    anchor: str = ""
    """What stays when lines move: the function's name, or a hash of the statement and its part."""
    occurrence: int = 0
    """Counts findings that are otherwise the same, from the top of the file."""
    amount: float = 0.0
    """How much of its analyser's measure it explains, in the measure's unit."""

    @property
    def weight(self) -> float:
        """Return that of the severity times the share of the confidence."""
        return WEIGHTS[self.severity] * SHARES[self.confidence]

    @property
    def fingerprint(self) -> str:
        """Return 16 hexadecimal digits that do not depend on line numbers or on the message."""
        parts = (self.path, self.rule, self.anchor, str(self.occurrence))
        return digest("\0".join(parts))


def line_anchor(lines: Sequence[str], number: int) -> str:
    """Return the anchor of a finding at a line, counted from 1: a hash of its text.

    The text may hold a secret that no form tells, and a line of half a megabyte a hundred thousand findings.
    """
    return digest(lines[number - 1].strip()) if 0 < number <= len(lines) else ""


def digest(text: str) -> str:
    """Return 16 hexadecimal digits that stand for a text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings by path and line, each numbered among those that are otherwise the same."""
    seen: Counter[tuple[str, str, str]] = Counter()
    numbered = []
    for finding in sorted(findings, key=_place):
        key = (finding.path, finding.rule, finding.anchor)
        numbered.append(replace(finding, occurrence=seen[key]))
        seen[key] += 1
    return tuple(numbered)


def worst_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings by severity, then confidence, then place."""
    ranks = {Confidence.HIGH: 0, Confidence.MEDIUM: 1, Confidence.LOW: 2}
    return tuple(
        sorted(
            findings,
            key=lambda item: (SEVERITY_RANK[item.severity], ranks[item.confidence], _place(item)),
        )
    )


def _place(finding: Finding) -> tuple[str, int, int, str, str]:
    return (
        finding.path,
        finding.start_line,
        finding.end_line,
        finding.rule,
        finding.message,
    )
