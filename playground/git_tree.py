"""Writing a tree from entries over a base tree, through an index file of its own."""

import contextlib
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from p2a.errors import GitFailed
from playground.git_commit import TreeChange
from playground.git_store import GitStore

TREE_MODE = "040000"
MODES = ("100644", "100755", TREE_MODE, "160000", "120000")


class TreeInvalid(Exception):
    """An entry of a new tree cannot be written; the text says which and why."""


@dataclass(frozen=True, slots=True)
class _Index:
    store: GitStore
    file: Path

    def run(self, *arguments: str, stdin: bytes = b"") -> bytes:
        env = {"GIT_INDEX_FILE": str(self.file)}
        return self.store.git.run(*arguments, stdin=stdin, env=env).output


def write_tree(store: GitStore, changes: Sequence[TreeChange], *, base: str | None = None) -> str:
    """Write a tree and return its id.

    Raises:
        TreeInvalid: a path is malformed, an object is missing or a deletion has no target.
    """
    _check(store, changes)
    with tempfile.TemporaryDirectory(dir=store.git_dir, prefix="index-") as folder:
        index = _Index(store=store, file=Path(folder) / "index")
        if base is not None:
            index.run("read-tree", base)
        for change in changes:
            if change.sha is None and change.content is None:
                _remove(index, change.path)
            elif change.mode == TREE_MODE:
                _graft(index, change)
        _write_files(index, changes)
        return index.run("write-tree").decode().strip()


def _check(store: GitStore, changes: Sequence[TreeChange]) -> None:
    for change in changes:
        parts = change.path.split("/")
        if any(part in ("", ".", "..") or part.lower() == ".git" for part in parts):
            raise TreeInvalid("tree.path contains a malformed path component")
        if "\0" in change.path:
            raise TreeInvalid("tree.path contains a malformed path component")
    named = [c for c in changes if c.sha is not None and c.mode != "160000"]
    for change, kind in zip(named, store.object_types([c.sha or "" for c in named]), strict=True):
        if kind != ("tree" if change.mode == TREE_MODE else "blob"):
            raise TreeInvalid(f"tree.sha {change.sha} is not a valid object")


def _remove(index: _Index, path: str) -> None:
    listing = ("--literal-pathspecs", "ls-files", "--cached", "-z", "--", path)
    found = [name for name in index.run(*listing).split(b"\0") if name]
    if not found:
        raise TreeInvalid("GitRPC::BadObjectState")
    lines = b"".join(b"0 %s\t%s\0" % (b"0" * 40, name) for name in found)
    index.run("update-index", "-z", "--index-info", stdin=lines)


def _graft(index: _Index, change: TreeChange) -> None:
    with contextlib.suppress(TreeInvalid):  # nothing may stand in the way
        _remove(index, change.path)
    # Not `read-tree --prefix`, which wants a work tree.
    listing = index.run("ls-tree", "-r", "-z", "--full-tree", change.sha or "")
    lines = []
    for line in listing.split(b"\0")[:-1]:
        head, _, path = line.partition(b"\t")
        lines.append(b"%s\t%s/%s\0" % (head, change.path.encode(), path))
    index.run("update-index", "-z", "--index-info", stdin=b"".join(lines))


def _write_files(index: _Index, changes: Sequence[TreeChange]) -> None:
    lines = []
    for change in changes:
        sha = change.sha if change.content is None else index.store.put_blob(change.content)
        if sha is not None and change.mode != TREE_MODE:
            path = change.path.encode("utf-8", "surrogateescape")
            lines.append(b"%s %s\t%s\0" % (change.mode.encode(), sha.encode(), path))
    try:
        index.run("update-index", "-z", "--index-info", stdin=b"".join(lines))
    except GitFailed as failed:
        raise TreeInvalid("tree.path contains a malformed path component") from failed
