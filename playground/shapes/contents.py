"""Files and directories as the contents API shows them; no I/O."""

from collections.abc import Sequence
from typing import Any

from playground.git_commit import GitCommit, TreeEntry
from playground.records import Repository
from playground.shapes import commit as commits
from playground.shapes.blob import lines
from playground.shapes.view import View

KINDS = {"tree": "dir", "blob": "file", "commit": "submodule"}
SYMLINK = "120000"


def entry(entry: TreeEntry, repository: Repository, view: View, *, ref: str) -> dict[str, Any]:
    """Return what stands at a path, without its content; `entry.path` is the whole path."""
    below = view.below(repository.id)
    kind = "symlink" if entry.mode == SYMLINK else KINDS[entry.type]
    url = f"{below.api(f'contents/{entry.path}')}?ref={ref}"
    word = "tree" if kind in ("dir", "submodule") else "blob"
    html = below.html(f"{word}/{ref}/{entry.path}")
    git = None if kind == "submodule" else below.api(f"git/{entry.type}s/{entry.sha}")
    raw = below.html(f"raw/{ref}/{entry.path}") if entry.type == "blob" else None
    return {
        "name": entry.path.rpartition("/")[2],
        "path": entry.path,
        "sha": entry.sha,
        "size": entry.size or 0,
        "url": url,
        "html_url": html,
        "git_url": git,
        "download_url": raw,
        "type": kind,
        "_links": {"self": url, "git": git, "html": html},
    }


def file(
    found: TreeEntry, content: bytes, repository: Repository, view: View, *, ref: str
) -> dict[str, Any]:
    """Return a file with its content."""
    return entry(found, repository, view, ref=ref) | {
        "size": len(content),
        "content": lines(content),
        "encoding": "base64",
    }


def symlink(
    found: TreeEntry, target: str, repository: Repository, view: View, *, ref: str
) -> dict[str, Any]:
    """Return a symbolic link."""
    return entry(found, repository, view, ref=ref) | {"target": target}


def submodule(
    found: TreeEntry, address: str, repository: Repository, view: View, *, ref: str
) -> dict[str, Any]:
    """Return a submodule; `address` is where its repository lies."""
    return entry(found, repository, view, ref=ref) | {"submodule_git_url": address}


def directory(
    entries: Sequence[TreeEntry], repository: Repository, view: View, *, ref: str
) -> list[dict[str, Any]]:
    """Return a directory's entries; their paths are whole."""
    return [entry(one, repository, view, ref=ref) for one in entries]


def written(
    found: TreeEntry | None, commit: GitCommit, repository: Repository, view: View, *, ref: str
) -> dict[str, Any]:
    """Return the answer to writing a file, or to deleting one when `found` is None."""
    content = None if found is None else entry(found, repository, view, ref=ref)
    return {"content": content, "commit": commits.git_commit(commit, repository, view)}
