"""How many lines of a file a change added and removed; no I/O."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LineCount:
    """Lines of a text file; both are 0 for a file without text."""

    added: int
    removed: int
    is_text: bool = True
