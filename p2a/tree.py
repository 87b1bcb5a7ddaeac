"""What a commit or a work tree holds, and the differences between two of them; no I/O."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from p2a.line_count import LineCount

REGULAR = "100644"
EXECUTABLE = "100755"
SYMLINK = "120000"
SUBMODULE = "160000"
SPECIAL = "special"
"""In a work tree only: a pipe, a socket, a device or a file that cannot be read."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file: its git mode, its blob's id and its size in bytes (0 for a submodule)."""

    mode: str
    sha: str
    size: int


@dataclass(frozen=True, slots=True)
class Change:
    """A path that differs: None is an absent side."""

    path: str
    old: Entry | None
    new: Entry | None

    @property
    def status(self) -> str:
        """Return `A` added, `D` deleted, `T` of another kind or mode, or `M` modified."""
        if self.old is None:
            return "A"
        if self.new is None:
            return "D"
        return "M" if self.old.mode == self.new.mode else "T"


def parse_listing(output: bytes) -> dict[str, Entry]:
    """Read the answer of `git ls-tree -r -z --long`; a name that is not UTF-8 keeps its bytes."""
    entries = {}
    for record in output.split(b"\0"):
        if record:
            facts, _, name = record.partition(b"\t")
            mode, _, sha, size = facts.decode("ascii").split()
            entries[os.fsdecode(name)] = Entry(mode, sha, 0 if size == "-" else int(size))
    return entries


def parse_changes(output: bytes) -> tuple[Change, ...]:
    """Read the answer of `git diff-tree -r -z --no-renames`; sizes are 0, as git states none."""
    records = iter(output.split(b"\0"))
    return tuple(_change(facts, next(records)) for facts in records if facts)


def parse_line_counts(output: bytes) -> dict[str, LineCount]:
    """Read the answer of `git diff-tree -r -z --numstat --no-renames`; `-` stands for no text."""
    counts = {}
    for record in filter(None, output.split(b"\0")):
        added, removed, name = record.split(b"\t", 2)
        is_text = added != b"-"
        numbers = (int(added), int(removed)) if is_text else (0, 0)
        counts[os.fsdecode(name)] = LineCount(*numbers, is_text=is_text)
    return counts


def _change(facts: bytes, name: bytes) -> Change:
    old_mode, new_mode, old_sha, new_sha, _ = facts.decode("ascii").lstrip(":").split()
    return Change(os.fsdecode(name), _entry(old_mode, old_sha), _entry(new_mode, new_sha))


def _entry(mode: str, sha: str) -> Entry | None:
    return None if mode == "000000" else Entry(mode, sha, 0)


def compare(commit: Mapping[str, Entry], work_tree: Mapping[str, Entry]) -> tuple[Change, ...]:
    """Return what a work tree changes, by path.

    A symbolic link of the commit was checked out as a plain file of the same content; a submodule
    was not checked out at all. Neither is a change.
    """
    paths = sorted(commit.keys() | work_tree.keys())
    return tuple(_differences(paths, commit, work_tree))


def _differences(
    paths: list[str], commit: Mapping[str, Entry], work_tree: Mapping[str, Entry]
) -> Iterator[Change]:
    for path in paths:
        old, new = commit.get(path), work_tree.get(path)
        if old is not None and old.mode == SUBMODULE and new is None:
            continue
        if old is not None and new is not None and _same(old, new):
            continue
        yield Change(path, old, new)


def _same(old: Entry, new: Entry) -> bool:
    plain_link = old.mode == SYMLINK and new.mode in {REGULAR, EXECUTABLE}
    return old.sha == new.sha and (old.mode == new.mode or plain_link)
