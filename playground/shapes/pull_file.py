"""One file of a comparison, a commit or a pull request; no I/O."""

from typing import Any

from playground.git_diff import FileChange
from playground.records import Repository
from playground.shapes.view import View


def file(change: FileChange, repository: Repository, view: View, *, ref: str) -> dict[str, Any]:
    """Return what happened to a file; `ref` is the commit that its addresses point to."""
    below = view.below(repository.id)
    document = {
        "sha": change.sha,
        "filename": change.filename,
        "status": change.status,
        "additions": change.additions,
        "deletions": change.deletions,
        "changes": change.changes,
        "blob_url": below.html(f"blob/{ref}/{change.filename}"),
        "raw_url": below.html(f"raw/{ref}/{change.filename}"),
        "contents_url": f"{below.api(f'contents/{change.filename}')}?ref={ref}",
    }
    if change.patch is not None:
        document["patch"] = change.patch
    if change.previous_filename is not None:
        document["previous_filename"] = change.previous_filename
    return document
