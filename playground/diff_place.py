"""Where in a file's patch a line stands, for comments on diffs; no I/O."""

import re
from dataclasses import dataclass

HUNK = re.compile(r"@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@")


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a patch: its side and number, how far down it is, and the hunk up to it."""

    line: int
    side: str
    position: int
    """Lines below the first hunk's head, counting later heads."""
    hunk: str


def place_of_line(patch: str, line: int, *, side: str) -> Place | None:
    """Return the place of a line of the new (`RIGHT`) or old (`LEFT`) file, if the patch has it."""
    return next(
        (
            place
            for place in _places(patch, wanted=side)
            if (place.line, place.side) == (line, side)
        ),
        None,
    )


def place_of_position(patch: str, position: int) -> Place | None:
    """Return the place so many lines below the first hunk's head."""
    return next((place for place in _places(patch) if place.position == position), None)


def _places(patch: str, *, wanted: str = "RIGHT") -> list[Place]:
    places: list[Place] = []
    old = new = 0
    hunk: list[str] = []
    for position, text in enumerate(patch.split("\n")):
        head = HUNK.match(text)
        if head is not None:
            old, new, hunk = int(head[1]), int(head[2]), [text]
            continue
        hunk.append(text)
        if text.startswith("\\"):
            continue
        removed, added = text.startswith("-"), text.startswith("+")
        # An unchanged line stands on both sides.
        side = "LEFT" if removed or (wanted == "LEFT" and not added) else "RIGHT"
        line = old if side == "LEFT" else new
        places.append(Place(line=line, side=side, position=position, hunk="\n".join(hunk)))
        old += not added
        new += not removed
    return places
