"""One owner at a time, fenced, and every end of a workflow, on both databases."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from p2a.domain import AgentType, Lease, TaskStatus, WorkflowStatus
from p2a.effects import Performed
from p2a.errors import LeaseLost
from p2a.store import schema
from p2a.store.errors import WorkflowUnknown
from p2a.store.store import Store
from tests.fakes.calls import begin_call
from tests.fakes.two_processes import together
from tests.fakes.workflows import Clock, claimed, recorded


def test_claim__takes_a_pending_one(store: Store, clock: Clock) -> None:
    workflow_id = recorded(store)
    clock.forward(5)
    lease = store.claim(workflow_id, owner="me", seconds=60)
    assert lease == Lease(workflow_id, "me", 1)
    workflow = store.workflow(workflow_id)
    assert (workflow.status, workflow.attempt, workflow.started_at) == (
        WorkflowStatus.RUNNING,
        1,
        clock.now,
    )


def test_claim__only_once(store: Store) -> None:
    lease = claimed(store)
    assert store.claim(lease.workflow_id, owner="second", seconds=60) is None


def test_claim__unknown_workflow(store: Store) -> None:
    assert store.claim("0123456789abcdef", owner="me", seconds=60) is None


def test_claim__by_two_processes_at_once(store: Store, database_url: str, tmp_path: Path) -> None:
    said = together("claim", database_url, recorded(store), folder=tmp_path)
    assert sorted(said) == ["nothing", "token 1"]


def test_claim__expired_lease_is_taken_over(store: Store, clock: Clock) -> None:
    first = claimed(store, seconds=45)
    began = store.workflow(first.workflow_id).started_at
    clock.forward(45)
    second = store.claim(first.workflow_id, owner="second", seconds=45)
    assert second == Lease(first.workflow_id, "second", 2)
    workflow = store.workflow(first.workflow_id)
    assert (workflow.attempt, workflow.started_at) == (2, began)


def test_renew__keeps_the_lease(store: Store, clock: Clock) -> None:
    lease = claimed(store, seconds=45)
    clock.forward(40)
    store.renew(lease, seconds=45)
    clock.forward(40)
    assert store.claim(lease.workflow_id, owner="second", seconds=45) is None


def test_renew__late_but_not_taken(store: Store, clock: Clock) -> None:
    lease = claimed(store, seconds=45)
    clock.forward(100)
    store.renew(lease, seconds=45)
    assert store.stranded() == []


def write_task(store: Store, lease: Lease) -> None:
    store.start_task(lease, name="x", agent=AgentType.PLANNER, description="", order=1)


WRITES: dict[str, Callable[[Store, Lease], object]] = {
    "renew": lambda store, lease: store.renew(lease, seconds=60),
    "release": lambda store, lease: store.release(lease),
    "finish": lambda store, lease: store.finish(lease, WorkflowStatus.FAILED, result={}),
    "start_task": write_task,
    "checkpoint_task": lambda store, lease: store.checkpoint_task(
        lease, 1, result={}, progress_percentage=1
    ),
    "finish_task": lambda store, lease: store.finish_task(
        lease, 1, TaskStatus.COMPLETED, result={}
    ),
    "begin_call": lambda store, lease: begin_call(store, lease, 1),
    "end_call": lambda store, lease: store.end_call(
        lease, 1, outcome="answered", input_tokens=1, output_tokens=1, cost_usd=None
    ),
    "begin_effect": lambda store, lease: store.begin_effect(lease, "comment:3"),
    "finish_effect": lambda store, lease: store.finish_effect(lease, "k", Performed("1")),
    "put_artifact": lambda store, lease: store.put_artifact(
        lease, name="a", media_type="text/plain", content=b""
    ),
    "save_assessment": lambda store, lease: store.save_assessment(
        lease,
        task_id=1,
        scores={},
        reasons={},
        feedback="",
        recommendations=[],
        assessed_by="",
    ),
    "save_graph": lambda store, lease: store.save_graph(
        lease, nodes=[], edges=[], metadata={}, complexity_metrics={}, dependencies={}
    ),
}


@pytest.mark.parametrize("name", WRITES)
def test_fencing__old_lease_writes_nothing(store: Store, clock: Clock, name: str) -> None:
    old = claimed(store, seconds=1)
    clock.forward(2)
    assert store.claim(old.workflow_id, owner="second", seconds=60) is not None
    with pytest.raises(LeaseLost):
        WRITES[name](store, old)
    assert store.workflow(old.workflow_id).status is WorkflowStatus.RUNNING


@pytest.mark.parametrize("name", WRITES)
def test_fencing__nothing_is_written_after_the_end(store: Store, name: str) -> None:
    lease = claimed(store)
    store.finish(lease, WorkflowStatus.COMPLETED, result={})
    with pytest.raises(LeaseLost):
        WRITES[name](store, lease)
    assert store.workflow(lease.workflow_id).status is WorkflowStatus.COMPLETED


def test_release__pending_and_told_again(store: Store, clock: Clock) -> None:
    lease = claimed(store)
    store.outbox_sent(lease.workflow_id)
    write_task(store, lease)
    store.release(lease)
    workflow = store.workflow(lease.workflow_id)
    assert (workflow.status, workflow.attempt) == (WorkflowStatus.PENDING, 1)
    assert store.outbox_due(limit=10) == [lease.workflow_id]
    assert [task.name for task in store.tasks(lease.workflow_id)] == ["x"]
    with pytest.raises(LeaseLost):
        store.renew(lease, seconds=60)


def test_release__of_good_work_does_not_count(store: Store) -> None:
    lease = claimed(store)
    store.release(lease, counts=False)
    assert store.workflow(lease.workflow_id).attempt == 0
    again = store.claim(lease.workflow_id, owner="second", seconds=60)
    assert again is not None
    assert again.token == 2


def test_finish__keeps_result_and_error(store: Store, clock: Clock) -> None:
    lease = claimed(store)
    clock.forward(9)
    store.finish(lease, WorkflowStatus.FAILED, result={"pull": 4}, error="no \0 tests")
    workflow = store.workflow(lease.workflow_id)
    assert (workflow.status, workflow.result, workflow.error_message, workflow.completed_at) == (
        WorkflowStatus.FAILED,
        {"pull": 4},
        "no \u2400 tests",
        clock.now,
    )
    assert store.stranded() == []


@pytest.mark.parametrize(
    ("end", "task_end"),
    [
        (WorkflowStatus.COMPLETED, TaskStatus.RUNNING),
        (WorkflowStatus.FAILED, TaskStatus.FAILED),
        (WorkflowStatus.CANCELLED, TaskStatus.CANCELLED),
    ],
)
def test_finish__ends_open_tasks(store: Store, end: WorkflowStatus, task_end: TaskStatus) -> None:
    lease = claimed(store)
    write_task(store, lease)
    store.finish(lease, end, result={})
    assert [task.status for task in store.tasks(lease.workflow_id)] == [task_end]


@pytest.mark.parametrize("status", [WorkflowStatus.PENDING, WorkflowStatus.RUNNING])
def test_finish__needs_an_end(store: Store, status: WorkflowStatus) -> None:
    with pytest.raises(ValueError, match=status.value):
        store.finish(claimed(store), status, result={})


def test_fail_abandoned__fences_the_slow_owner(store: Store, clock: Clock) -> None:
    lease = claimed(store, seconds=45)
    write_task(store, lease)
    assert not store.fail_abandoned(lease.workflow_id, "gone")
    clock.forward(45)
    assert store.fail_abandoned(lease.workflow_id, "gone")
    workflow = store.workflow(lease.workflow_id)
    assert (workflow.status, workflow.error_message) == (WorkflowStatus.FAILED, "gone")
    assert [task.status for task in store.tasks(lease.workflow_id)] == [TaskStatus.FAILED]
    with pytest.raises(LeaseLost):
        store.renew(lease, seconds=60)
    assert not store.fail_abandoned(lease.workflow_id, "again")


@pytest.mark.parametrize("end", [WorkflowStatus.FAILED, WorkflowStatus.CANCELLED])
def test_reopen__starts_over_but_keeps_what_is_done(store: Store, end: WorkflowStatus) -> None:
    lease = claimed(store)
    workflow_id = lease.workflow_id
    store.outbox_sent(workflow_id)
    done = store.start_task(lease, name="a", agent=AgentType.PLANNER, description="", order=1)
    store.finish_task(lease, done.id, TaskStatus.COMPLETED, result={"plan": 1})
    store.start_task(lease, name="b", agent=AgentType.DEVELOPER, description="", order=2)
    store.request_cancel(workflow_id, by="bob")
    store.finish(lease, end, result={}, error="sad")
    assert store.reopen(workflow_id)
    workflow = store.workflow(workflow_id)
    assert (workflow.status, workflow.attempt, workflow.error_message, workflow.completed_at) == (
        WorkflowStatus.PENDING,
        0,
        None,
        None,
    )
    assert (workflow.cancel_requested, workflow.cancelled_by) == (False, None)
    assert [(task.name, task.status) for task in store.tasks(workflow_id)] == [
        ("a", TaskStatus.COMPLETED),
        ("b", TaskStatus.PENDING),
    ]
    assert store.outbox_due(limit=10) == [workflow_id]
    again = store.claim(workflow_id, owner="x", seconds=9)
    assert again is not None
    assert again.token == 2


def test_reopen__has_its_whole_time_again(store: Store, clock: Clock) -> None:
    lease = claimed(store)
    store.finish(lease, WorkflowStatus.FAILED, result={})
    store.reopen(lease.workflow_id)
    clock.forward(7200)
    store.claim(lease.workflow_id, owner="x", seconds=9)
    assert store.workflow(lease.workflow_id).started_at == clock.now


def test_reopen__only_what_ended_badly(store: Store) -> None:
    lease = claimed(store)
    assert not store.reopen(lease.workflow_id)
    store.finish(lease, WorkflowStatus.COMPLETED, result={})
    assert not store.reopen(lease.workflow_id)
    with pytest.raises(WorkflowUnknown):
        store.reopen("0123456789abcdef")


def test_request_cancel__is_seen_by_the_owner(store: Store) -> None:
    lease = claimed(store)
    assert not store.cancel_requested(lease.workflow_id)
    assert store.request_cancel(lease.workflow_id, by="bob")
    assert store.cancel_requested(lease.workflow_id)
    assert store.workflow(lease.workflow_id).cancelled_by == "bob"
    store.renew(lease, seconds=60)


def test_request_cancel__of_one_that_waits_is_told_again(store: Store) -> None:
    workflow_id = recorded(store)
    store.outbox_sent(workflow_id)
    assert store.request_cancel(workflow_id, by="bob")
    assert store.outbox_due() == [workflow_id]


def test_request_cancel__too_late(store: Store) -> None:
    lease = claimed(store)
    store.finish(lease, WorkflowStatus.COMPLETED, result={})
    assert not store.request_cancel(lease.workflow_id, by="bob")
    with pytest.raises(WorkflowUnknown):
        store.request_cancel("0123456789abcdef", by="bob")
    with pytest.raises(WorkflowUnknown):
        store.cancel_requested("0123456789abcdef")


def test_turn__grows_with_every_change_of_hands(store: Store, clock: Clock) -> None:
    workflow_id = recorded(store)
    assert store.turn(workflow_id) == 0
    lease = store.claim(workflow_id, owner="a", seconds=1)
    assert lease is not None
    assert store.turn(workflow_id) == 1
    clock.forward(2)
    store.fail_abandoned(workflow_id, "gone")
    assert store.turn(workflow_id) == 2


def test_lease__is_no_more_in_the_row_after_the_end(store: Store, engine: Engine) -> None:
    lease = claimed(store)
    store.finish(lease, WorkflowStatus.COMPLETED, result={})
    columns = schema.workflow.c
    with engine.connect() as connection:
        row = connection.execute(select(columns.lease_owner, columns.lease_expires_at)).one()
    assert tuple(row) == (None, None)
