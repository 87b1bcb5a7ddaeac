"""Blocks of code that stand in two places; no I/O.

Windows of some units are looked up in a table, and what is found is extended as far as both places
agree: the time grows with the number of units, not with its square.
"""

import keyword
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from quality.units import Unit

WINDOW = 5
"""Units that must be the same for a place to be looked at."""
MAX_EARLIER = 8
"""Earlier places of one window that are compared; boilerplate has hundreds."""
_WORD = re.compile(r"""[^\W\d]\w*|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'""")
_TOKEN = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Place:
    """A unit within the files that are compared."""

    path: str
    unit: Unit


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Two runs of units, the later one first found again."""

    later: Sequence[Place]
    earlier: Sequence[Place]

    @property
    def lines(self) -> int:
        """Return how many lines of the later run hold code."""
        return len(
            {
                line
                for place in self.later
                for line in range(place.unit.start_line, place.unit.end_line + 1)
            }
        )

    @property
    def tokens(self) -> int:
        """Return the number of words and signs of a run."""
        return sum(len(_TOKEN.findall(place.unit.text)) for place in self.later)

    @property
    def logic(self) -> int:
        """Return the number of units that do more than to hold data."""
        return sum(place.unit.is_logic for place in self.later)


def find_duplicates(
    places: Sequence[Place], *, form: Callable[[str], str], is_same: "Same"
) -> Iterator[Duplicate]:
    """Yield runs that stand at an earlier place already, each unit in one of them at most.

    Args:
        places: the units of all files, those of a file together and in their order.
        form: what of a unit's text must be equal for two units to be compared.
        is_same: makes a comparison of two runs, which is then given each pair of their units.
    """
    numbers: dict[str, int] = {}
    known: dict[str, int] = {}
    keys = []
    for place in places:
        text = place.unit.text
        number = known.get(text)
        if number is None:
            number = known[text] = numbers.setdefault(form(text), len(numbers))
        keys.append(number)
    seen: dict[tuple[int, ...], list[int]] = {}
    here = 0
    fresh = 0
    while here + WINDOW <= len(places):
        earlier = seen.get(tuple(keys[here : here + WINDOW]), [])
        length, start = max(
            ((_length(places, keys, there, here, is_same), -there) for there in earlier),
            default=(0, 0),
        )
        step = 1
        if length >= WINDOW:
            yield Duplicate(places[here : here + length], places[-start : -start + length])
            step = length
        for spot in range(fresh, here + step):
            spots = seen.setdefault(tuple(keys[spot : spot + WINDOW]), [])
            if len(spots) < MAX_EARLIER:
                spots.append(spot)
        here += step
        fresh = here


def _length(
    places: Sequence[Place], keys: Sequence[int], there: int, here: int, is_same: "Same"
) -> int:
    """Return how many units agree from two places on, before a file ends or the runs meet."""
    first, second = places[there], places[here]
    shift = first.unit.depth - second.unit.depth
    agrees = is_same()
    length = 0
    while there + length < here and here + length < len(places):
        if keys[there + length] != keys[here + length]:
            break
        one, other = places[there + length], places[here + length]
        if one.path != first.path or other.path != second.path:
            break
        if one.unit.depth - other.unit.depth != shift or not agrees(one.unit, other.unit):
            break
        length += 1
    return length


Same = Callable[[], Callable[[Unit, Unit], bool]]


def exactly() -> Callable[[Unit, Unit], bool]:
    """Make a comparison for which equal forms are enough."""
    return lambda _one, _other: True


def up_to_names() -> Callable[[Unit, Unit], bool]:
    """Make a comparison that takes one name for another throughout a run."""
    names: dict[str, str] = {}
    back: dict[str, str] = {}

    def agrees(one: Unit, other: Unit) -> bool:
        for left, right in zip(_words(one.text), _words(other.text), strict=True):
            if names.setdefault(left, right) != right or back.setdefault(right, left) != left:
                return False
        return True

    return agrees


def without_names(text: str) -> str:
    """Return a unit's text with a sign for each name; keywords and strings stay."""
    return _WORD.sub(_sign, text)


def _sign(found: re.Match[str]) -> str:
    word = found[0]
    return word if _is_fixed(word) else "$"


def _is_fixed(word: str) -> bool:
    return word[0] in "\"'" or keyword.iskeyword(word)


def _words(text: str) -> list[str]:
    return [word for word in _WORD.findall(text) if not _is_fixed(word)]
