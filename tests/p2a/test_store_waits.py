"""Workflows that wait for a person, on both databases."""

import pytest

from p2a.domain import AgentType, Awaited, Lease, TaskStatus, WorkflowStatus
from p2a.errors import LeaseLost
from p2a.store.store import Store
from tests.fakes.workflows import Clock, claimed

REPLY = {"by": "alice", "comment": 9, "text": "Bytes."}
PLACE = (42, 3)


def ask(store: Store, lease: Lease, awaited: Awaited = Awaited.ANSWER) -> None:
    task = store.start_task(
        lease, name="planner", agent=AgentType.PLANNER, description="plan", order=1
    )
    result = {"signal": awaited.value, "questions": ["Which unit?"]}
    store.finish_task(lease, task.id, TaskStatus.COMPLETED, result=result)


def asking(store: Store, awaited: Awaited = Awaited.ANSWER) -> Lease:
    lease = claimed(store)
    ask(store, lease, awaited)
    return lease


def test_wait__holds_no_worker_until_the_reply(store: Store, clock: Clock) -> None:
    lease = asking(store)
    store.outbox_sent(lease.workflow_id)
    assert store.wait(lease) is WorkflowStatus.WAITING
    with pytest.raises(LeaseLost):
        store.renew(lease, seconds=60)
    clock.forward(100_000)
    assert store.claim(lease.workflow_id, owner="second", seconds=60) is None
    assert (store.outbox_due(), store.stranded()) == ([], [])
    assert not store.fail_abandoned(lease.workflow_id, "gone")
    assert store.waiting_for(*PLACE, Awaited.ANSWER) == lease.workflow_id
    assert store.reply(lease.workflow_id, Awaited.ANSWER, REPLY, notes=("known",))
    assert store.outbox_due() == [lease.workflow_id]
    (task,) = store.tasks(lease.workflow_id)
    assert task.result == {
        "signal": "answered",
        "questions": ["Which unit?"],
        "replies": [REPLY],
        "notes": ["known"],
    }
    assert store.waiting_for(*PLACE, Awaited.ANSWER) is None
    assert store.claim(lease.workflow_id, owner="second", seconds=60) is not None
    again = store.workflow(lease.workflow_id)
    assert (again.attempt, again.started_at) == (1, clock.now)


def test_reply__is_taken_once(store: Store) -> None:
    lease = asking(store)
    store.wait(lease)
    assert store.reply(lease.workflow_id, Awaited.ANSWER, REPLY, notes=())
    assert store.reply(lease.workflow_id, Awaited.ANSWER, REPLY, notes=())
    assert not store.reply(lease.workflow_id, Awaited.ANSWER, {**REPLY, "comment": 10}, notes=())
    (task,) = store.tasks(lease.workflow_id)
    assert task.result["replies"] == [REPLY]


@pytest.mark.parametrize("other", Awaited)
def test_reply__must_be_what_is_awaited(store: Store, other: Awaited) -> None:
    awaited = next(kind for kind in Awaited if kind is not other)
    lease = asking(store, awaited)
    store.wait(lease)
    assert store.waiting_for(*PLACE, other) is None
    assert not store.reply(lease.workflow_id, other, REPLY, notes=())
    assert store.workflow(lease.workflow_id).status is WorkflowStatus.WAITING


def test_wait__ends_at_once_where_the_reply_was_faster(store: Store) -> None:
    lease = asking(store)
    assert store.reply(lease.workflow_id, Awaited.ANSWER, REPLY, notes=())
    assert store.workflow(lease.workflow_id).status is WorkflowStatus.RUNNING
    assert store.wait(lease) is WorkflowStatus.PENDING
    assert store.claim(lease.workflow_id, owner="second", seconds=60) is not None


def test_wait__of_a_cancelled_workflow_is_claimed_to_be_ended(store: Store) -> None:
    lease = asking(store)
    assert store.request_cancel(lease.workflow_id, by="alice")
    assert store.wait(lease) is WorkflowStatus.PENDING


def test_cancel__of_a_waiting_workflow_wakes_it(store: Store) -> None:
    lease = asking(store)
    store.wait(lease)
    store.outbox_sent(lease.workflow_id)
    assert store.request_cancel(lease.workflow_id, by="alice")
    assert store.workflow(lease.workflow_id).status is WorkflowStatus.PENDING
    assert store.outbox_due() == [lease.workflow_id]
    assert not store.reply(lease.workflow_id, Awaited.ANSWER, REPLY, notes=())


def test_waiting_for__looks_at_its_own_issue_and_at_open_workflows_alone(store: Store) -> None:
    lease = asking(store)
    assert store.waiting_for(42, 4, Awaited.ANSWER) is None
    assert store.waiting_for(43, 3, Awaited.ANSWER) is None
    store.finish(lease, WorkflowStatus.FAILED, result={})
    assert store.waiting_for(*PLACE, Awaited.ANSWER) is None
