"""Commands and deliveries to store, and a clock that tests set."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from p2a.domain import (
    DeliveryRecord,
    Lease,
    NewWorkflow,
    Origin,
    Repository,
    WorkflowKind,
)
from p2a.store.store import Store

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@dataclass
class Clock:
    """A clock that stands until it is told to go on."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def new_workflow(
    key: str = "comment:42:7",
    *,
    title: str = "The uploader gives up",
    body: str = "It fails at the first error.",
    prompt: str = "add retry",
    user: str = "alice",
    repository_id: int = 42,
    installation_id: int = 5,
    number: int = 3,
    comment_id: int | None = 7,
    user_id: int = 11,
    kind: WorkflowKind = WorkflowKind.FIX,
) -> NewWorkflow:
    """Return a command as the web door would store it."""
    origin = Origin(
        key=key,
        repository=Repository(repository_id, "octo", "uploader"),
        installation_id=installation_id,
        number=number,
        is_pull_request=False,
        user=user,
        user_id=user_id,
        comment_id=comment_id,
        base_ref="main",
    )
    return NewWorkflow(kind=kind, origin=origin, title=title, body=body, prompt=prompt)


def new_delivery(guid: str = "72d3162e-cc78-11e3-81ab-4c9367dc0958") -> DeliveryRecord:
    """Return a delivery of an issue comment."""
    return DeliveryRecord(
        guid=guid, event="issue_comment", action="created", digest="0" * 64, received_at=NOON
    )


def recorded(
    store: Store, key: str = "comment:42:7", *, kind: WorkflowKind = WorkflowKind.FIX
) -> str:
    """Store a command with a delivery of its own and return the workflow's id."""
    new = new_workflow(key, kind=kind)
    return store.record_delivery(new_delivery(f"guid of {key}"), new).workflow_id


def claimed(store: Store, key: str = "comment:42:7", *, seconds: float = 60.0) -> Lease:
    """Store a command and claim it."""
    lease = store.claim(recorded(store, key), owner="first", seconds=seconds)
    assert lease is not None
    return lease
