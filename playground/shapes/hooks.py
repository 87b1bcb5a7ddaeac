"""Webhook payloads, put together from an event's records; no I/O."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from playground.records import Event, Installation, Repository
from playground.shapes import hook_parts, hook_push, installation, issue, label, pull, user
from playground.shapes.links import node_id
from playground.shapes.view import View

Renderer = Callable[[Any, View], Any]


def as_is(value: Any, view: View) -> Any:
    """Return what is JSON already."""
    return value


def _tiny(records: Sequence[Repository], view: View) -> list[dict[str, Any]]:
    return [hook_parts.tiny(record, view) for record in records]


PARTS: Mapping[str, Mapping[str, Renderer]] = {
    "issues": {"issue": issue.issue, "label": label.label, "changes": as_is},
    "issue_comment": {
        "issue": issue.issue,
        "comment": hook_parts.any_comment,
        "changes": as_is,
    },
    "pull_request": {
        "pull_request": pull.full,
        "label": label.label,
        "changes": as_is,
        "before": as_is,
        "after": as_is,
    },
    "pull_request_review": {
        "review": hook_parts.submitted,
        "pull_request": hook_parts.small_pull,
    },
    "pull_request_review_comment": {
        "comment": hook_parts.any_comment,
        "changes": as_is,
        "pull_request": hook_parts.small_pull,
    },
    "check_suite": {"check_suite": hook_parts.suite},
    "check_run": {"check_run": hook_parts.run, "requested_action": as_is},
    "installation": {"installation": installation.installation, "repositories": _tiny},
    "installation_repositories": {
        "installation": installation.installation,
        "repositories_added": _tiny,
        "repositories_removed": _tiny,
    },
}
"""What an event's payload has of the event's parts, and how it is rendered."""


def payload(event: Event, view: View, target: Installation | None = None) -> dict[str, Any]:
    """Return the payload of an event as the App of the installation `target` gets it.

    Raises:
        LookupError: the event names a record or a commit that is not there.
    """
    if event.name == "ping":
        return hook_parts.ping(event.parts["app"], view)
    document: dict[str, Any] = {} if event.action is None else {"action": event.action}
    document |= _parts(event, view)
    if event.repository_id is not None:
        document |= _surroundings(document, view.repository(event.repository_id), view)
    document["sender"] = user.simple(view.account(event.sender_id), view)
    if target is not None and "installation" not in document:
        document["installation"] = {"id": target.id, "node_id": node_id("IN", target.id)}
    return document


def _parts(event: Event, view: View) -> dict[str, Any]:
    parts = event.parts
    if event.name == "push":
        repository = view.repository(event.repository_id or 0)
        return hook_push.push(parts, repository, view, sender=view.account(event.sender_id))
    if event.name == "status":
        return hook_push.status(parts["status"], view)
    document = {
        name: render(parts[name], view)
        for name, render in PARTS[event.name].items()
        if parts.get(name) is not None
    }
    if event.name == "pull_request":
        document = {"number": parts["pull_request"].number} | document
    if event.name in ("installation", "installation_repositories"):
        document["requester"] = None
    if event.name == "installation_repositories":
        document["repository_selection"] = parts["installation"].repository_selection
    return document


def _surroundings(
    document: Mapping[str, Any], repository: Repository, view: View
) -> dict[str, Any]:
    around: dict[str, Any] = {}
    if "repository" not in document:
        around["repository"] = hook_parts.whole(repository, view)
    owner = view.account(repository.owner_id)
    if owner.kind == "Organization":
        around["organization"] = hook_parts.organization(owner, view)
    return around
