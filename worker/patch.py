"""A unified diff read into the lines of its new side, for comments on them; no I/O."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_HUNK = re.compile(r"@@ -\d+(?:,\d+)? \+(\d+)(?:,\d+)? @@")
_ESCAPE = re.compile(rb'\\([0-7]{3}|[abfnrtv"\\])')
_NAMED = {b"a": 7, b"b": 8, b"t": 9, b"n": 10, b"v": 11, b"f": 12, b"r": 13, b'"': 34, b"\\": 92}


@dataclass(frozen=True, slots=True)
class Hunk:
    """A run of lines that a diff shows."""

    first_line: int
    """Of the new file."""
    last_line: int
    rows: tuple[tuple[int | None, str], ...]
    """Each row as the diff has it, with its line in the new file; None for a removed one."""


@dataclass(frozen=True, slots=True)
class FilePatch:
    """What a diff shows of one file."""

    path: str
    hunks: tuple[Hunk, ...]

    def shows(self, first_line: int, last_line: int) -> bool:
        """Tell whether one hunk holds all of these lines, as a comment on them needs."""
        return any(one.first_line <= first_line <= last_line <= one.last_line for one in self.hunks)


def read_patch(text: str) -> dict[str, FilePatch]:
    """Return the files of a git diff by their path after the change; deleted ones are left out."""
    found: dict[str, FilePatch] = {}
    path: str | None = None
    hunks: list[Hunk] = []
    lines = iter(text.split("\n"))
    for line in lines:
        if line.startswith("diff --git "):
            _keep(found, path, hunks)
            path, hunks = None, []
        elif line.startswith("+++ "):
            path = _path(line.removeprefix("+++ "))
        elif (head := _HUNK.match(line)) is not None:
            hunks.append(_hunk(line, int(head[1]), lines))
    _keep(found, path, hunks)
    return found


def sections(text: str) -> dict[str, str]:
    """Return the part of a git diff for each path, deleted files included."""
    found: dict[str, str] = {}
    for part in re.split(r"^(?=diff --git )", text, flags=re.MULTILINE):
        head = part.partition("\n@@ ")[0].split("\n")
        new, old = (
            next((_path(row[4:], side=side) for row in head if row.startswith(sign)), None)
            for sign, side in (("+++ ", "b/"), ("--- ", "a/"))
        )
        path = new or old
        if path is not None:
            found[path] = part
    return found


def numbered(patches: Iterable[FilePatch], *, limit: int) -> tuple[str, list[str]]:
    """Return the diff with the new file's line numbers, and the paths that found no room in it."""
    shown: list[str] = []
    left_out: list[str] = []
    for patch in patches:
        rows = [f"{number or '':>6} {text}" for hunk in patch.hunks for number, text in hunk.rows]
        block = "\n".join([f"File {patch.path}", *rows, ""])
        limit -= len(block) + 1
        if limit < 0:
            left_out.append(patch.path)
            limit += len(block) + 1
        else:
            shown.append(block)
    return "\n".join(shown), left_out


def _keep(found: dict[str, FilePatch], path: str | None, hunks: list[Hunk]) -> None:
    if path is not None:
        found[path] = FilePatch(path, tuple(hunks))


def _hunk(head: str, first: int, lines: Iterator[str]) -> Hunk:
    """Read a hunk's rows: as many as its head says, so that no row is taken for another head."""
    old, new = _counts(head)
    rows: list[tuple[int | None, str]] = [(None, head)]
    number = first
    while old > 0 or new > 0:
        row = next(lines, None)
        if row is None:
            break
        if row.startswith("\\"):
            continue
        is_removed = row.startswith("-")
        rows.append((None if is_removed else number, row))
        old -= not row.startswith("+")
        new -= not is_removed
        number += not is_removed
    return Hunk(first, number - 1, tuple(rows))


def _counts(head: str) -> tuple[int, int]:
    parts = head.split(" ")[1:3]
    old, new = (int(part.partition(",")[2] or 1) for part in parts)
    return old, new


def _path(shown: str, *, side: str = "b/") -> str | None:
    """Return the path behind `+++ `; None for /dev/null. git quotes unusual names as C does."""
    shown = shown.rstrip("\t")
    if shown.startswith('"') and shown.endswith('"'):
        raw = shown[1:-1].encode("utf-8", "surrogateescape")
        shown = _ESCAPE.sub(_unescaped, raw).decode("utf-8", "replace")
    return shown.removeprefix(side) if shown.startswith(side) else None


def _unescaped(match: re.Match[bytes]) -> bytes:
    code = match[1]
    return bytes([_NAMED[code] if code in _NAMED else int(code, 8) & 255])
