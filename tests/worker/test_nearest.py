"""The lines that somebody meant and did not give exactly."""

import pytest

from worker.nearest import MAX_SHOWN_LINES, nearest_lines

TEXT = """\
def one():
    return 1


def two(first, second):
    total = first + second
    return total


def three():
    return 1
"""


@pytest.mark.parametrize(
    ("wanted", "start", "end"),
    [
        ("def two(first, second):\n  total = first + second", 5, 6),  # other spaces
        ("def two(first, other):\n    total = first + second\n", 5, 6),  # one line differs
        ("    total = first+second", 6, 6),  # no line is the same
        ("def three():\n    return 2", 10, 11),
    ],
)
def test_nearest_lines__finds_what_was_meant(wanted: str, start: int, end: int) -> None:
    found = nearest_lines(TEXT, wanted)
    assert found is not None
    assert (found.start, found.end) == (start, end)
    assert found.text == "\n".join(TEXT.split("\n")[start - 1 : end])


@pytest.mark.parametrize("wanted", ["something else entirely", "\n\n", "q" * 100_000])
def test_nearest_lines__is_nothing_where_nothing_is_like_it(wanted: str) -> None:
    assert nearest_lines(TEXT, wanted) is None


def test_nearest_lines__is_short_and_bounded() -> None:
    text = "".join(f"line {number} of the file\n" for number in range(19_000))
    wanted = "\n".join(f"line {number} of the file" for number in range(500, 560))
    found = nearest_lines(text, wanted + "\nand one more")
    assert found is not None
    assert (found.start, found.end) == (501, 500 + MAX_SHOWN_LINES)
    assert nearest_lines(text * 2, wanted) is None
