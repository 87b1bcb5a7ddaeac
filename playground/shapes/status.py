"""Commit statuses, one by one and combined; no I/O."""

from collections.abc import Sequence
from typing import Any

from playground.records import CommitStatus, Repository
from playground.shapes import repository as repositories
from playground.shapes import user
from playground.shapes.links import node_id
from playground.shapes.moment import iso
from playground.shapes.view import View


def status(status: CommitStatus, view: View) -> dict[str, Any]:
    """Return a status with who set it."""
    return short(status, view) | {
        "creator": user.simple(view.account(status.creator_id), view),
    }


def short(status: CommitStatus, view: View) -> dict[str, Any]:
    """Return a status as it stands within the combined one."""
    return {
        "url": view.below(status.repository_id).api(f"statuses/{status.sha}"),
        "avatar_url": view.links.avatar(status.creator_id),
        "id": status.id,
        "node_id": node_id("SC", status.id),
        "state": status.state,
        "description": status.description,
        "target_url": status.target_url,
        "context": status.context,
        "created_at": iso(status.created_at),
        "updated_at": iso(status.updated_at),
    }


def combined(
    sha: str, statuses: Sequence[CommitStatus], repository: Repository, view: View
) -> dict[str, Any]:
    """Return what all contexts of a commit come to; of `statuses` the newest of each counts."""
    newest = {one.context: one for one in sorted(statuses, key=lambda one: one.id)}
    latest = sorted(newest.values(), key=lambda one: one.context)
    url = view.below(repository.id).api(f"commits/{sha}")
    return {
        "state": _verdict({one.state for one in latest}),
        "statuses": [short(one, view) for one in latest],
        "sha": sha,
        "total_count": len(latest),
        "repository": repositories.minimal(repository, view),
        "commit_url": url,
        "url": f"{url}/status",
    }


def _verdict(states: set[str]) -> str:
    if states & {"error", "failure"}:
        return "failure"
    return "success" if states == {"success"} else "pending"
