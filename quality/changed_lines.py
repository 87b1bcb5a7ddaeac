"""Which lines of a file a change touched; no I/O."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

MOST_PAIRS = 10_000
MOST_COMPARED = 1_000_000
"""Lines of one state times those of the other that are compared line by line: difflib may take them all."""


@dataclass(frozen=True, slots=True)
class Touched:
    """What a change did to a file, in numbers of the new file's lines, from 1."""

    lines: frozenset[int] = frozenset()
    """Those that are not in the old one."""
    beside: frozenset[int] = frozenset()
    """Those before and after a place that lines were taken from."""
    gone: frozenset[int] = frozenset()
    """Those of the old file, in numbers of its own, that are not in the new one."""

    def meets(self, start: int, end: int) -> bool:
        """Tell whether the change touched one of these lines, or took some from between them."""
        return meet(self.lines, start, end) or meet(self.beside, start, end)

    def stayed(self) -> Callable[[int], int | None]:
        """Return what gives for a line the number that it had in the old file, None for a new one."""
        new, gone = sorted(self.lines), sorted(self.gone)
        before = [line - number for number, line in enumerate(gone, start=1)]

        def old(line: int) -> int | None:
            if line in self.lines:
                return None
            kept = line - bisect_left(new, line)
            return kept + bisect_left(before, kept)

        return old


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
    lines: set[int] = set()
    beside: set[int] = set()
    gone: set[int] = set()
    for gap in _gaps(before, after):
        here, there = start + gap.after.start, start + gap.before.start
        for tag, away, until, first, last in _opcodes(gap.cut(before, after)):
            if tag in {"insert", "replace"}:
                lines.update(range(here + first + 1, here + last + 1))
            elif tag == "delete":
                beside.update({here + first, here + first + 1})
            if tag in {"replace", "delete"}:
                gone.update(range(there + away + 1, there + until + 1))
    beside.intersection_update(range(1, len(new) + 1))
    return Touched(frozenset(lines), frozenset(beside), frozenset(gone))


@dataclass(frozen=True, slots=True)
class _Gap:
    """Where two states differ: indexes of the lines of both."""

    before: range
    after: range

    def cut(
        self, before: Sequence[str], after: Sequence[str]
    ) -> tuple[Sequence[str], Sequence[str]]:
        """Return the lines."""
        return (
            before[self.before.start : self.before.stop],
            after[self.after.start : self.after.stop],
        )


def _gaps(before: Sequence[str], after: Sequence[str]) -> Iterator[_Gap]:
    """Yield what is to be compared: everything, or of much what lies between lines that both have once."""
    here, there = 0, 0
    for left, right in _anchors(before, after) if len(before) * len(after) > MOST_COMPARED else ():
        if left > here or right > there:
            yield _Gap(range(here, left), range(there, right))
        here, there = left + 1, right + 1
    yield _Gap(range(here, len(before)), range(there, len(after)))


def _anchors(before: Sequence[str], after: Sequence[str]) -> list[tuple[int, int]]:
    """Return where lines stand that both have once: the longest row of them in one order (patience diff)."""
    times, others = Counter(before), Counter(after)
    places = {line: place for place, line in enumerate(after) if others[line] == 1}
    pairs = [
        (place, places[line])
        for place, line in enumerate(before)
        if times[line] == 1 and line in places
    ]
    # Of each length the row whose last place comes first, and for each pair the one before it.
    ends: list[int] = []
    lasts: list[int] = []
    previous: list[int] = []
    for number, (_, place) in enumerate(pairs):
        length = bisect_left(ends, place)
        ends[length : length + 1] = [place]
        lasts[length : length + 1] = [number]
        previous.append(lasts[length - 1] if length else -1)
    row = []
    here = lasts[-1] if lasts else -1
    while here >= 0:
        row.append(pairs[here])
        here = previous[here]
    return row[::-1]


def _opcodes(
    states: tuple[Sequence[str], Sequence[str]],
) -> Iterable[tuple[str, int, int, int, int]]:
    """Return what difflib says; what is still much and has nothing of its own is another text."""
    before, after = states
    if len(before) * len(after) > MOST_COMPARED:
        return [("replace", 0, len(before), 0, len(after))]
    matcher = SequenceMatcher(_is_common(before, after), before, after, autojunk=False)
    return matcher.get_opcodes()


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
