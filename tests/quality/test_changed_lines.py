import pytest

from quality.changed_lines import MOST_COMPARED, Touched, meet, touched_lines


@pytest.mark.parametrize(
    ("old", "new", "lines", "beside", "gone"),
    [
        ("abc", "abc", "", "", ""),
        ("abc", "axbc", "2", "", ""),
        ("abc", "axc", "2", "", "2"),
        ("abc", "ac", "", "12", "2"),
        ("abc", "bc", "", "1", "1"),
        ("abc", "ab", "", "2", "3"),
        ("", "ab", "12", "", ""),
        ("ab", "", "", "", "12"),
        ("abcdef", "acdexf", "5", "12", "2"),
    ],
)
def test_touched_lines__brought_ones_and_those_beside_a_gap(
    old: str, new: str, lines: str, beside: str, gone: str
) -> None:
    touched = touched_lines(list(old), list(new))
    assert touched == Touched(*(frozenset(map(int, each)) for each in (lines, beside, gone)))


@pytest.mark.parametrize("new", ["abcdef", "", "xaxbcf", "afbcde", "abxcdyfz", "xyz"])
def test_touched__a_line_that_stayed_is_known_by_its_old_number(new: str) -> None:
    old = "abcdef"
    touched = touched_lines(old, new)
    before = touched.stayed()
    for number, line in enumerate(new, start=1):
        was = before(number)
        assert (was is None) == (number in touched.lines)
        assert was is None or old[was - 1] == line


def test_touched__meets_a_range_that_holds_one_of_its_lines() -> None:
    touched = Touched(frozenset({5}), frozenset({9}))
    assert [touched.meets(*place) for place in ((1, 4), (4, 5), (6, 8), (9, 9))] == [
        False,
        True,
        False,
        True,
    ]


def test_touched_lines__lines_that_repeat_without_end_are_the_same_beside_others() -> None:
    old = [line for number in range(300) for line in ("x = 1", f"y = {number}")]
    new = [*old[:100], "x = 1", "x = 1", "new", *old[100:]]
    touched = touched_lines(old, new).lines
    assert 103 in touched
    assert len(touched) == 3


def test_touched_lines__of_much_what_lies_between_lines_that_both_have_once() -> None:
    old = [f"line {number}" for number in range(3000)]
    new = [line for number, kept in enumerate(old) for line in (kept, f"more {number}")]
    assert touched_lines(old, new).lines == frozenset(range(2, 6001, 2))
    assert touched_lines(new, old).beside == frozenset(range(1, 3001))
    moved = ["first", *old[1000:1010], *old[:1000], *old[1010:], "last"]
    assert touched_lines(old, moved) == Touched(
        frozenset({*range(1, 12), 3002}), frozenset({1011, 1012}), frozenset(range(1001, 1011))
    )


def test_touched_lines__much_that_has_nothing_of_its_own_is_all_touched() -> None:
    count = int(MOST_COMPARED**0.5) + 1
    old, new = ["a", "b"] * (count // 2), ["b", "a"] * (count // 2)
    assert touched_lines(old[:20], new[:20]).lines == {1}
    assert touched_lines(["a", *old, "a"], ["b", *old, "b", "b"]).lines == frozenset(
        {*range(1, len(old) + 4)}
    )


@pytest.mark.parametrize(
    ("start", "end", "expected"), [(1, 1, False), (2, 2, True), (1, 9, True), (3, 9, False)]
)
def test_meet__a_line_between(start: int, end: int, expected: bool) -> None:  # noqa: FBT001
    assert meet(frozenset({2}), start, end) is expected
    assert meet(frozenset({2, *range(100, 200)}), start, end) is expected
