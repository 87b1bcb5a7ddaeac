"""Lines of a patch found by number or by position."""

import pytest

from playground.diff_place import place_of_line, place_of_position

PATCH = """\
@@ -1,4 +1,4 @@ def f():
 one
-two
+TWO
 three
 four
@@ -10,2 +10,3 @@
 ten
+ten and a half
 eleven
\\ No newline at end of file"""


@pytest.mark.parametrize(
    ("line", "side", "position", "last"),
    [
        (1, "RIGHT", 1, " one"),
        (2, "RIGHT", 3, "+TWO"),
        (2, "LEFT", 2, "-two"),
        (3, "LEFT", 4, " three"),
        (11, "RIGHT", 8, "+ten and a half"),
        (12, "RIGHT", 9, " eleven"),
        (11, "LEFT", 9, " eleven"),
    ],
)
def test_place__of_a_line(line: int, side: str, position: int, last: str) -> None:
    place = place_of_line(PATCH, line, side=side)
    assert place is not None
    assert place.position == position
    assert place.hunk.startswith("@@")
    assert place.hunk.endswith(f"\n{last}")


def test_place__a_line_that_is_not_shown() -> None:
    assert place_of_line(PATCH, 7, side="RIGHT") is None
    assert place_of_line("", 1, side="RIGHT") is None


def test_place__of_a_position() -> None:
    place = place_of_position(PATCH, 2)
    assert place is not None
    assert (place.line, place.side) == (2, "LEFT")
    assert place_of_position(PATCH, 6) is None
    assert place_of_position(PATCH, 99) is None
