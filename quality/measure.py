"""A measured share, or the reason why there is none; no I/O."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measure:
    """A part of a whole, in the unit that the analyser states."""

    part: float
    whole: float


@dataclass(frozen=True, slots=True)
class NotMeasured:
    """Why there is no number; it is never read as 0 or as full marks."""

    reason: str
    is_empty: bool = False
    """True where there is nothing to measure: that is no trouble."""
