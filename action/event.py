"""What the job's event says about commits; no I/O."""

import json
from dataclasses import dataclass
from typing import Any

from action.errors import EventInvalid
from p2a.git import is_sha

MAX_BYTES = 25 * 1024 * 1024
"""GitHub's own limit for a webhook's payload."""
NO_COMMIT = "0" * 40
"""What a push says was there before a new branch."""
UNTRUSTED_WITH_SECRETS = frozenset({"pull_request_target", "workflow_run"})
"""Events whose jobs hold the repository's secrets while the code may be anybody's."""


@dataclass(frozen=True, slots=True)
class Event:
    """An event by name, and the commit that the change starts from, if it says one."""

    name: str
    base: str | None = None
    is_fork: bool = False

    @property
    def may_run_code(self) -> bool:
        """Whether the checked out tests may run in such a job."""
        return self.name not in UNTRUSTED_WITH_SECRETS


def read_event(name: str, content: bytes) -> Event:
    """Read the runner's event file.

    Raises:
        EventInvalid: it is empty, too long, or not a JSON object.
    """
    if len(content) > MAX_BYTES:
        raise _invalid(f"it is longer than {MAX_BYTES} bytes")
    try:
        payload = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise _invalid(f"it is not JSON: {error}") from error
    if not isinstance(payload, dict):
        raise _invalid("it is not a JSON object")
    return Event(name, base=_base(payload), is_fork=_is_fork(payload))


def _base(payload: dict[str, Any]) -> str | None:
    places = (
        ("pull_request", "base", "sha"),
        ("merge_group", "base_sha"),
        ("before",),
    )
    values = (_at(payload, *place) for place in places)
    return next(
        (
            value
            for value in values
            if isinstance(value, str) and is_sha(value) and value != NO_COMMIT
        ),
        None,
    )


def _is_fork(payload: dict[str, Any]) -> bool:
    head = _at(payload, "pull_request", "head", "repo", "id")
    base = _at(payload, "pull_request", "base", "repo", "id")
    # a deleted fork leaves no repository behind
    return _at(payload, "pull_request") is not None and head != base


def _at(value: Any, *names: str) -> Any:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _invalid(why: str) -> EventInvalid:
    return EventInvalid(
        "the job's event cannot be read",
        why=why,
        next_step="run the action in a GitHub Actions job, or unset GITHUB_EVENT_PATH",
    )
