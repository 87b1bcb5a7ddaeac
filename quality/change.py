"""What a work tree changes since it left another commit's history."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ccg.source import MAX_BYTES, read_regular
from p2a.errors import GitFailed
from p2a.git import Git
from p2a.tree import Entry
from p2a.worktree import blob_id


@dataclass(frozen=True, slots=True)
class Change:
    """The Python files that differ from the base, and a folder with the base's versions."""

    base_sha: str
    paths: tuple[str, ...]
    base_files: Path


def find_change(
    git: Git, tree: Path, *, revision: str, paths: Iterable[str], work: Path, prefix: str = ""
) -> Change:
    """Compare the files as they lie there with the merge base of HEAD and the revision.

    Args:
        git: the repository.
        tree: the folder that is judged.
        revision: any name of the base commit.
        paths: the tracked files of that folder.
        work: an empty folder, for the base's versions.
        prefix: the folder's path within the repository.

    Raises:
        GitFailed: the revision is not in this clone, or shares no history with HEAD.
    """
    base_sha = _merge_base(git, revision)
    start = f"{prefix}/" if prefix else ""
    entries = git.list_files(base_sha)
    changed: list[str] = []
    for path in sorted(path for path in paths if path.endswith(".py")):
        entry = entries.get(start + path)
        if entry and _is_same(tree, path, entry):
            continue
        changed.append(path)
        content = git.read_file(base_sha, start + path) if entry else None
        if content is not None:
            copy = work / path
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(content)
    return Change(base_sha, tuple(changed), work)


def _merge_base(git: Git, revision: str) -> str:
    head, other = git.resolve("HEAD"), git.resolve(revision)
    if head is None or other is None:
        raise GitFailed(
            f"there is no commit {revision if head else 'HEAD'!r} here",
            why="this clone may be a shallow one",
            next_step="fetch it, or check out with its whole history (fetch-depth: 0)",
        )
    base = git.merge_base(head, other)
    if base is None:
        raise GitFailed(
            f"{revision!r} and HEAD share no history",
            why="this clone may be a shallow one",
            next_step="fetch more of the history (fetch-depth: 0), or name another base",
        )
    return base


def _is_same(tree: Path, path: str, entry: Entry) -> bool:
    algorithm = "sha1" if len(entry.sha) == 40 else "sha256"
    try:
        content = read_regular(tree, path, limit=MAX_BYTES)
    except OSError:
        return False
    return blob_id(content, algorithm=algorithm) == entry.sha
