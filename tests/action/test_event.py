import hashlib
import json

import pytest

from action.errors import EventInvalid
from action.event import MAX_BYTES, NO_COMMIT, Event, read_event

SHA = "a" * 40


def event(name: str, **payload: object) -> Event:
    """Read an event with this payload."""
    return read_event(name, json.dumps(payload).encode())


@pytest.mark.parametrize(
    ("read", "base"),
    [
        (event("pull_request", pull_request={"base": {"sha": SHA}}, before="b" * 40), SHA),
        (event("merge_group", merge_group={"base_sha": SHA}), SHA),
        (event("push", before=SHA), SHA),
        (event("push", before=NO_COMMIT), None),
        (event("push", before="--upload-pack=touch"), None),
        (event("schedule", schedule="0 0 * * *"), None),
        (event("workflow_dispatch", inputs=None), None),
        (event("pull_request", pull_request=[1]), None),
    ],
)
def test_a09__base_by_event(read: Event, base: str | None) -> None:
    assert read.base == base


@pytest.mark.parametrize(
    ("read", "head"),
    [
        (event("pull_request", pull_request={"head": {"sha": SHA}}, after="b" * 40), SHA),
        (event("merge_group", merge_group={"head_sha": SHA}), SHA),
        (event("push", after=SHA), SHA),
        (event("push", after=NO_COMMIT), None),
        (event("schedule", schedule="0 0 * * *"), None),
    ],
)
def test_a09__head_by_event(read: Event, head: str | None) -> None:
    assert read.head == head


def test_event__as_a_delivery() -> None:
    content = json.dumps({"action": "created", "issue": {"number": 1}}).encode()
    delivery = read_event("issue_comment", content).delivery
    assert (delivery.event, delivery.action) == ("issue_comment", "created")
    assert delivery.digest == hashlib.sha256(content).hexdigest()
    assert delivery.payload["issue"] == {"number": 1}


def test_a02__events_that_must_not_run_code() -> None:
    assert not event("issue_comment", issue={"number": 1, "pull_request": {}}).may_run_code
    assert event("issue_comment", issue={"number": 1}).may_run_code
    assert event("pull_request").may_run_code
    assert not event("pull_request_target").may_run_code
    assert not event("workflow_run").may_run_code


def test_a01__fork() -> None:
    ours = {"head": {"repo": {"id": 1}}, "base": {"repo": {"id": 1}}}
    assert not event("pull_request", pull_request=ours).is_fork
    assert event("pull_request", pull_request={**ours, "head": {"repo": None}}).is_fork
    assert not event("push", before=SHA).is_fork


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"\xff", b" " * (MAX_BYTES + 1), b"[" * 10**6]
)
def test_a12__event_that_is_not_read(content: bytes) -> None:
    with pytest.raises(EventInvalid):
        read_event("push", content)
