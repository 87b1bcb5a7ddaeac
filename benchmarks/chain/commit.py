"""What a commit of a git repository changed against its first parent, as texts, and its message."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from ccg.roles import is_test_path


@dataclass(frozen=True, slots=True)
class Change:
    """A file of a commit: its text before and after, None where there is none."""

    path: str
    before: str | None
    after: str | None
    old_path: str = ""
    """Where the file stood before a rename; empty where it was not renamed."""

    @property
    def is_test(self) -> bool:
        """Tell whether the file belongs to the tests."""
        return is_test_path(self.path)

    @property
    def texts(self) -> tuple[str, ...]:
        """Return the texts that are there."""
        return tuple(text for text in (self.before, self.after) if text is not None)


def git(repository: Path, *arguments: str) -> bytes:
    """Run git on a repository and return its output."""
    return subprocess.run(
        ["git", "-C", str(repository), *arguments], check=True, capture_output=True
    ).stdout


def changes_of(repository: Path, commit: str) -> list[Change]:
    """Return what a commit changed against its first parent, a renamed file as one change.

    Raises:
        UnicodeDecodeError: a file is not UTF-8 text.
    """
    listing = git(repository, "diff", "--name-status", "-M", "-z", f"{commit}^", commit)
    words = iter(listing.decode().split("\0"))
    changes = []
    for status in words:
        if not status:
            continue
        old = next(words)
        path = next(words) if status.startswith("R") else old
        before = None if status == "A" else _text(repository, f"{commit}^:{old}")
        after = None if status == "D" else _text(repository, f"{commit}:{path}")
        changes.append(Change(path, before, after, old_path=old if path != old else ""))
    return changes


def message_of(repository: Path, commit: str) -> tuple[str, str]:
    """Return a commit's subject and body."""
    shown = git(repository, "log", "-1", "--format=%s%n%b", commit).decode()
    subject, _, body = shown.partition("\n")
    return subject.strip(), body.strip()


def entries_of(repository: Path, revision: str) -> dict[str, tuple[str, str]]:
    """Return mode and blob of each file of a commit by its path."""
    listing = git(repository, "ls-tree", "-r", "-z", revision).decode()
    found = {}
    for record in filter(None, listing.split("\0")):
        facts, _, path = record.partition("\t")
        mode, _, sha = facts.split()
        found[path] = (mode, sha)
    return found


def kinds_of(changes: list[Change]) -> list[str]:
    """Return what is particular about a commit, as words."""
    sources = [one for one in changes if one.path.endswith(".py") and not one.is_test]
    marks = {
        "tests": any(one.is_test for one in changes),
        "several": len(sources) > 1,
        "new": any(one.before is None for one in changes),
        "deleted": any(one.after is None for one in changes),
        "renamed": any(one.old_path for one in changes),
        "CRLF": any("\r\n" in text for one in changes for text in one.texts),
        "non-ASCII": any(not text.isascii() for one in changes for text in one.texts),
    }
    return [name for name, holds in marks.items() if holds]


def _text(repository: Path, name: str) -> str:
    return git(repository, "cat-file", "blob", name).decode()
