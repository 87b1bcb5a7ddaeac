"""Telling hooks of a change to an issue, which for a pull request is an event of that name."""

from typing import Any

from playground.call import Call
from playground.records import Issue


def tell(call: Call, action: str, issue: Issue, **parts: Any) -> None:
    """Emit `issues` or `pull_request` for what the actor did to the issue."""
    pull = call.world.pulls.get(issue.pull_id)
    if pull is not None:
        parts = {"pull_request": pull, "number": pull.number, **parts}
    call.world.emit(
        "issues" if pull is None else "pull_request",
        action,
        issue.repository_id,
        sender_id=call.account().id,
        issue=issue,
        **parts,
    )
