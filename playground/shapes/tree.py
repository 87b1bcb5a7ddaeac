"""Git trees; no I/O."""

from collections.abc import Sequence
from typing import Any

from playground.git_commit import TreeEntry
from playground.records import Repository
from playground.shapes.links import RepositoryLinks
from playground.shapes.view import View


def tree(
    sha: str,
    entries: Sequence[TreeEntry],
    repository: Repository,
    view: View,
    *,
    truncated: bool = False,
) -> dict[str, Any]:
    """Return a tree with its entries."""
    below = view.below(repository.id)
    return {
        "sha": sha,
        "url": below.api(f"git/trees/{sha}"),
        "tree": [_entry(entry, below) for entry in entries],
        "truncated": truncated,
    }


def _entry(entry: TreeEntry, below: RepositoryLinks) -> dict[str, Any]:
    document: dict[str, Any] = {
        "path": entry.path,
        "mode": entry.mode,
        "type": entry.type,
        "sha": entry.sha,
    }
    if entry.size is not None:
        document["size"] = entry.size
    # A submodule's commit lies in another repository, so it has no address here.
    if entry.type != "commit":
        document["url"] = below.api(f"git/{entry.type}s/{entry.sha}")
    return document
