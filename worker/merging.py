"""Puts the changes of one commit on another one, as a rebase does."""

from collections.abc import Sequence
from dataclasses import dataclass

from p2a.effects import FileChange
from p2a.errors import GitFailed
from p2a.git import Git
from p2a.tree import EXECUTABLE, REGULAR, Change


@dataclass(frozen=True, slots=True)
class Moved:
    """The changes on the new commit, or the paths on which they do not fit."""

    changes: tuple[FileChange, ...]
    conflicts: tuple[str, ...] = ()


def move_changes(git: Git, base: str, changes: Sequence[FileChange], onto: str) -> Moved:
    """Merge the changes with what became of the base; nothing but objects is written.

    Raises:
        GitFailed: a commit is not here, or something else than plain files would change.
    """
    ours = git.write_tree(base, changes)
    merged = git.merge(base, onto, ours)
    if merged.conflicts:
        return Moved((), merged.conflicts)
    found = git.changes(git.tree_of(onto), merged.tree)
    return Moved(tuple(_file_change(git, merged.tree, change) for change in found))


def _file_change(git: Git, tree: str, change: Change) -> FileChange:
    if change.new is None:
        return FileChange(change.path, None)
    content = git.read_file(tree, change.path)
    if content is None or change.new.mode not in {REGULAR, EXECUTABLE}:
        raise GitFailed(
            f"{change.path!r} cannot be put on the new base",
            why="it is a link or a submodule there",
            next_step="give the command again",
        )
    return FileChange(change.path, content, executable=change.new.mode == EXECUTABLE)
