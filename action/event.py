"""What the job's event says about commits and whose they are; no I/O."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from action.errors import EventInvalid
from p2a.git import is_sha
from p2a.trigger.delivery import Delivery

MAX_BYTES = 25 * 1024 * 1024
"""GitHub's own limit for a webhook's payload."""
NO_COMMIT = "0" * 40
"""What a push says was there before a new branch."""
UNTRUSTED_WITH_SECRETS = frozenset({"pull_request_target", "workflow_run"})
"""Events whose jobs hold the repository's secrets while the code may be anybody's."""

_BASES = (("pull_request", "base", "sha"), ("merge_group", "base_sha"), ("before",))
_HEADS = (("pull_request", "head", "sha"), ("merge_group", "head_sha"), ("after",))


@dataclass(frozen=True, slots=True)
class Event:
    """An event by name, and the commits that its change starts from and ends at, if it says so."""

    name: str
    base: str | None = None
    head: str | None = None
    is_fork: bool = False
    is_on_pull_request: bool = False
    """Whether it is about an issue that is a pull request, as a comment on one is."""
    payload: Mapping[str, Any] = field(default_factory=dict, repr=False)
    digest: str = ""
    """SHA-256 of the event file in hexadecimal."""

    @property
    def may_run_code(self) -> bool:
        """Whether the checked out tests may run in such a job."""
        return self.name not in UNTRUSTED_WITH_SECRETS and not self.is_on_pull_request

    @property
    def delivery(self) -> Delivery:
        """Return the event in the form of a webhook's, whose payload it has."""
        action = self.payload.get("action")
        return Delivery(
            guid=f"job-{self.digest[:32]}",
            event=self.name,
            action=action if isinstance(action, str) else "",
            digest=self.digest,
            payload=self.payload,
        )


def read_event(name: str, content: bytes) -> Event:
    """Read the runner's event file.

    Raises:
        EventInvalid: it is empty, too long, or not a JSON object.
    """
    if len(content) > MAX_BYTES:
        raise event_invalid(f"it is longer than {MAX_BYTES} bytes")
    try:
        payload = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise event_invalid(f"it is not JSON: {error}") from error
    if not isinstance(payload, dict):
        raise event_invalid("it is not a JSON object")
    return Event(
        name,
        base=_commit(payload, _BASES),
        head=_commit(payload, _HEADS),
        is_fork=_is_fork(payload),
        is_on_pull_request=_at(payload, "issue", "pull_request") is not None,
        payload=payload,
        digest=hashlib.sha256(content).hexdigest(),
    )


def event_invalid(why: str) -> EventInvalid:
    """Return the error of an event that cannot be used."""
    return EventInvalid(
        "the job's event cannot be read",
        why=why,
        next_step="run the action in a GitHub Actions job, or unset GITHUB_EVENT_PATH",
    )


def _commit(payload: dict[str, Any], places: tuple[tuple[str, ...], ...]) -> str | None:
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
