"""What a work tree changes since it left another commit's history."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from ccg.source import read_regular
from p2a.checkout import Checkout
from p2a.errors import GitFailed
from p2a.git import Git
from p2a.tree import SYMLINK, Entry
from p2a.worktree import blob_id
from quality.tree import make_links

MAX_COMPARED = 32 * 1024 * 1024
"""Bytes of a file that is compared: more than can be analysed, of which the same may be told."""
NO_LINKS: Mapping[str, Entry] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Change:
    """The base as a folder of files, and which Python files differ from it."""

    base_sha: str
    paths: tuple[str, ...]
    """Python files that are new or differ."""
    root: Path
    """The base's folder that answers to the one that is judged."""
    files: tuple[str, ...]
    """All paths in it."""


def find_change(
    git: Git,
    tree: Path,
    *,
    revision: str,
    paths: Iterable[str],
    work: Path,
    prefix: str = "",
    links: Mapping[str, Entry] = NO_LINKS,
) -> Change:
    """Compare the files as they lie there with the merge base of HEAD and the revision.

    Args:
        git: the repository.
        tree: the folder that is judged.
        revision: any name of the base commit.
        paths: the tracked files of that folder.
        work: a folder of ours that is not there yet, for the base's files.
        prefix: the folder's path within the repository.
        links: links of the folder that lie there as files with their target.

    Raises:
        GitFailed: the revision is not in this clone, shares no history with HEAD, is too large to
            check out, or objects of it are missing here.
    """
    base_sha = _merge_base(git, revision)
    checkout = Checkout.create(work, source=git, commit=base_sha)
    make_links(checkout.tree, checkout.files)
    start = f"{prefix}/" if prefix else ""
    entries = {
        path[len(start) :]: entry
        for path, entry in checkout.files.items()
        if path.startswith(start)
    }
    changed = tuple(
        path
        for path in sorted(paths)
        if path.endswith(".py")
        and not (path in entries and _is_same(tree, path, entries[path], links.get(path)))
    )
    return Change(base_sha, changed, checkout.tree / prefix, tuple(sorted(entries)))


def _missing(git: Git, revision: str) -> GitFailed:
    if not revision or revision.startswith("-"):
        return GitFailed(
            f"{revision!r} cannot be the name of a commit",
            next_step="name a branch, a tag or a commit of this repository",
        )
    return GitFailed(
        f"there is no commit {revision!r} here",
        why="this clone is a shallow one" if git.is_shallow() else "",
        next_step="look at the name, or fetch it: a checkout has all history with fetch-depth: 0",
    )


def _merge_base(git: Git, revision: str) -> str:
    head, other = git.resolve("HEAD"), git.resolve(revision)
    if head is None:
        raise GitFailed(
            "the branch that is checked out has no commit yet",
            why="a base is compared with the newest commit",
            next_step="commit the files first, or check them without a base",
        )
    if other is None:
        raise _missing(git, revision)
    base = git.merge_base(head, other)
    if base is None:
        raise GitFailed(
            f"{revision!r} and HEAD share no history",
            why="this clone may be a shallow one",
            next_step="fetch more of the history (fetch-depth: 0), or name another base",
        )
    return base


def _is_same(tree: Path, path: str, entry: Entry, link: Entry | None) -> bool:
    if link is not None:
        return link == entry
    algorithm = "sha1" if len(entry.sha) == 40 else "sha256"
    try:
        if entry.mode == SYMLINK:
            content = os.fsencode((tree / path).readlink())
        else:
            content = read_regular(tree, path, limit=min(entry.size, MAX_COMPARED))
    except OSError:
        return False
    return blob_id(content, algorithm=algorithm) == entry.sha
