"""Which lines of a file a change brought; no I/O."""

from collections.abc import Sequence
from difflib import SequenceMatcher


def changed_lines(old: Sequence[str], new: Sequence[str]) -> frozenset[int]:
    """Return the numbers, from 1, of the new file's lines that are not in the old one."""
    start = _shared(old, new)
    # What both end with is left out too: matching takes the square of what is left.
    end = _shared(old[start:][::-1], new[start:][::-1])
    matcher = SequenceMatcher(
        None, old[start : len(old) - end], new[start : len(new) - end], autojunk=False
    )
    return frozenset(
        line
        for tag, _, _, first, last in matcher.get_opcodes()
        if tag in {"insert", "replace"}
        for line in range(start + first + 1, start + last + 1)
    )


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many items both begin with."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((n for n, (a, b) in pairs if a != b), min(len(one), len(other)))
