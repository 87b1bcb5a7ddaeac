"""Where in a file the lines stand that somebody meant and did not give exactly; no I/O."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

MAX_FILE_LINES = 20_000
MAX_WANTED_LINES = 200
MAX_LIKE = 3_000
"""Lines of a file that are compared letter by letter where none is the same but for its spaces."""
LEAST_LIKE = 0.6
"""Of two lines that are taken for the same one, as difflib counts it."""
MAX_SHOWN_LINES = 12
MAX_SHOWN = 1_500


@dataclass(frozen=True, slots=True)
class Nearest:
    """Lines of a file, from 1, and their text as it stands there."""

    start: int
    end: int
    text: str


def nearest_lines(text: str, wanted: str) -> Nearest | None:
    """Return the lines that are most like the wanted ones, None where nothing is like them."""
    lines, aims = text.split("\n"), wanted.strip("\n").split("\n")
    if not wanted.strip() or len(lines) > MAX_FILE_LINES or len(aims) > MAX_WANTED_LINES:
        return None
    place = _by_equal_lines(lines, aims)
    if place is None:
        place = _by_likeness(lines, aims)
    if place is None:
        return None
    start = max(0, place)
    end = min(len(lines), place + len(aims), start + MAX_SHOWN_LINES)
    return Nearest(start + 1, end, "\n".join(lines[start:end])[:MAX_SHOWN])


def _by_equal_lines(lines: Sequence[str], aims: Sequence[str]) -> int | None:
    """Return the place at which most lines are the same but for spaces; rare lines count more."""
    places: dict[str, list[int]] = {}
    for number, line in enumerate(lines):
        places.setdefault(_plain(line), []).append(number)
    votes: Counter[int] = Counter()
    for offset, aim in enumerate(aims):
        found = places.get(_plain(aim), []) if _plain(aim) else []
        for number in found[:100]:
            votes[number - offset] += 1000 // len(found)
    return max(votes, key=lambda place: (votes[place], -place)) if votes else None


def _by_likeness(lines: Sequence[str], aims: Sequence[str]) -> int | None:
    """Return the place at which the first line with words is most like one of the file."""
    offset, aim = next(((n, _plain(a)) for n, a in enumerate(aims) if _plain(a)), (0, ""))
    best, place = LEAST_LIKE, None
    matcher = SequenceMatcher(None, b=aim[:300], autojunk=False)
    for number, line in enumerate(lines[:MAX_LIKE]):
        matcher.set_seq1(_plain(line)[:300])
        if matcher.real_quick_ratio() > best and matcher.quick_ratio() > best:
            ratio = matcher.ratio()
            if ratio > best:
                best, place = ratio, number - offset
    return place


def _plain(line: str) -> str:
    return " ".join(line.split())
