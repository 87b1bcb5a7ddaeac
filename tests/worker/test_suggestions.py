"""Which part of a change can be suggested on the lines of a pull request."""

import pytest

from p2a.effects import FileChange
from worker.patch import FilePatch, Hunk
from worker.suggestions import MAX_SUGGESTIONS, Suggestion, split

OLD = "".join(f"line {n}\n" for n in range(1, 21))


def patch(first: int, last: int, path: str = "a.txt") -> dict[str, FilePatch]:
    return {path: FilePatch(path, (Hunk(first, last, ()),))}


def suggested(
    new: str | None, *, old: str | None = OLD, shown: tuple[int, int] = (1, 20)
) -> object:
    change = FileChange("a.txt", None if new is None else new.encode())
    found = split((change,), lambda path: None if old is None else old.encode(), patch(*shown))
    return list(found.rest) or [
        (one.first_line, one.last_line, one.text) for one in found.suggestions
    ]


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (OLD.replace("line 5\n", "five\n"), [(5, 5, "five\n")]),
        (OLD.replace("line 5\nline 6\n", "both\n"), [(5, 6, "both\n")]),
        (OLD.replace("line 5\n", ""), [(5, 5, "")]),
        (OLD.replace("line 5\n", "line 5\nmore\n"), [(5, 5, "line 5\nmore\n")]),
        (OLD.replace("line 5\n", "\n"), [(5, 5, "\n")]),
        (OLD.replace("line 5\n", "line 5\n\n\n"), [(5, 5, "line 5\n\n\n")]),
        (f"first\n{OLD}", [(1, 1, "first\nline 1\n")]),
        (f"{OLD}last\n", [(20, 20, "line 20\nlast\n")]),
        (
            OLD.replace("line 5\n", "five\n").replace("line 9\n", "nine\n"),
            [(5, 5, "five\n"), (9, 9, "nine\n")],
        ),
    ],
)
def test_split__suggests_lines_that_stand_in_the_diff(new: str, expected: object) -> None:
    assert suggested(new) == expected


@pytest.mark.parametrize(
    ("new", "old", "shown"),
    [
        (OLD.replace("line 5\n", "five\n"), OLD, (6, 20)),
        (None, OLD, (1, 20)),
        ("new\n", None, (1, 20)),
        (OLD.rstrip("\n"), OLD, (1, 20)),
        (OLD.replace("line 5\n", "five\r\n"), OLD, (1, 20)),
        (OLD.replace("line 5\n", "f\u202eive\n"), OLD, (1, 20)),
    ],
)
def test_split__leaves_the_rest_to_a_patch(
    new: str | None, old: str | None, shown: tuple[int, int]
) -> None:
    assert suggested(new, old=old, shown=shown) == ["a.txt"]


def test_split__takes_a_file_whole_or_not_at_all_and_not_too_many() -> None:
    old = "".join(f"{n}\n" for n in range(2 * MAX_SUGGESTIONS + 2))
    new = "".join(f"{n}{'' if n % 2 else '!'}\n" for n in range(2 * MAX_SUGGESTIONS + 2))
    changes = (FileChange("b.txt", new.encode()), FileChange("a.txt", b"1!\n"))
    texts = {"b.txt": old.encode(), "a.txt": b"1\n"}
    patches = {**patch(1, 999, "b.txt"), **patch(1, 1)}
    found = split(changes, texts.get, patches)
    assert found.rest == ("b.txt",)
    assert found.suggestions == (Suggestion("a.txt", 1, 1, "1!\n"),)
