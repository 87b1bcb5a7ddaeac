import pytest

from quality.changed_lines import Touched, touched_lines


@pytest.mark.parametrize(
    ("old", "new", "lines", "beside"),
    [
        ("abc", "abc", "", ""),
        ("abc", "axbc", "2", ""),
        ("abc", "axc", "2", ""),
        ("abc", "ac", "", "12"),
        ("abc", "bc", "", "1"),
        ("abc", "ab", "", "2"),
        ("", "ab", "12", ""),
        ("ab", "", "", ""),
        ("abcdef", "acdexf", "5", "12"),
    ],
)
def test_touched_lines__brought_ones_and_those_beside_a_gap(
    old: str, new: str, lines: str, beside: str
) -> None:
    touched = touched_lines(list(old), list(new))
    assert touched == Touched(frozenset(map(int, lines)), frozenset(map(int, beside)))


def test_touched__meets_a_range_that_holds_one_of_its_lines() -> None:
    touched = Touched(frozenset({5}), frozenset({9}))
    assert [touched.meets(*place) for place in ((1, 4), (4, 5), (6, 8), (9, 9))] == [
        False,
        True,
        False,
        True,
    ]
