"""Which lines of a file a change touched; no I/O."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

MOST_PAIRS = 10_000


@dataclass(frozen=True, slots=True)
class Touched:
    """What a change did to a file, in numbers of the new file's lines, from 1."""

    lines: frozenset[int] = frozenset()
    """Those that are not in the old one."""
    beside: frozenset[int] = frozenset()
    """Those before and after a place that lines were taken from."""

    def meets(self, start: int, end: int) -> bool:
        """Tell whether the change touched one of these lines, or took some from between them."""
        return meet(self.lines, start, end) or meet(self.beside, start, end)


def meet(lines: frozenset[int], start: int, end: int) -> bool:
    """Tell whether one of the lines lies between two others, both included."""
    if end - start < len(lines):
        return any(line in lines for line in range(start, end + 1))
    return any(start <= line <= end for line in lines)


def touched_lines(old: Sequence[str], new: Sequence[str]) -> Touched:
    """Compare two states of a file."""
    start = _shared(old, new)
    # What both end with is left out too: matching takes the square of what is left.
    end = _shared(old[start:][::-1], new[start:][::-1])
    before, after = old[start : len(old) - end], new[start : len(new) - end]
    matcher = SequenceMatcher(_is_common(before, after), before, after, autojunk=False)
    lines: set[int] = set()
    beside: set[int] = set()
    for tag, _, _, first, last in matcher.get_opcodes():
        if tag in {"insert", "replace"}:
            lines.update(range(start + first + 1, start + last + 1))
        elif tag == "delete":
            beside.update({start + first, start + first + 1})
    return Touched(frozenset(lines), frozenset(beside & set(range(1, len(new) + 1))))


def _is_common(one: Sequence[str], other: Sequence[str]) -> Callable[[str], bool]:
    """Return which lines are the same beside others that are the same, and never by themselves.

    Every pair of equal lines is looked at, so a line that stands a thousand times in both is a million.
    """
    here, there = Counter(one), Counter(other)
    return lambda line: here[line] * there[line] > MOST_PAIRS


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many items both begin with."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((n for n, (a, b) in pairs if a != b), min(len(one), len(other)))
