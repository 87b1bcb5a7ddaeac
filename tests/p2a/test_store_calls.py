"""Calls of models in the database: counted whatever happens, and in turns over all workers."""

from datetime import timedelta

import pytest

from p2a.domain import AgentType, Lease, WorkflowStatus
from p2a.errors import LeaseLost
from p2a.store.errors import ValueRefused
from p2a.store.records import Spent
from p2a.store.store import Store
from tests.fakes.calls import begin_call
from tests.fakes.workflows import Clock, claimed

MODEL = "gemini/gemini-3-pro-preview"


class Refused(Exception):
    """No more."""


def task_of(store: Store, key: str = "comment:42:1") -> tuple[Lease, int]:
    lease = claimed(store, key)
    task = store.start_task(lease, name="x", agent=AgentType.PLANNER, description="", order=1)
    return lease, task.id


def seen(store: Store, lease: Lease, task_id: int) -> Spent:
    """Return what a check is told, and make no call."""
    told: list[Spent] = []

    def look(spent: Spent) -> None:
        told.append(spent)
        raise Refused

    with pytest.raises(Refused):
        begin_call(store, lease, task_id, check=look)
    return told[0]


def test_p20__a_call_counts_from_its_beginning(store: Store) -> None:
    lease, task = task_of(store)
    begin_call(store, lease, task, cost_usd=0.25)
    assert seen(store, lease, task) == Spent(0.25, 0.25, 0.25, 1, 1)
    (call,) = store.calls(lease.workflow_id)
    assert (call.outcome, call.is_estimated, call.ended_at) == ("begun", True, None)


def test_end_call__replaces_the_estimate(store: Store) -> None:
    lease, task = task_of(store)
    call = begin_call(store, lease, task, cost_usd=0.25)
    store.end_call(
        lease,
        call,
        outcome="answered",
        input_tokens=7,
        output_tokens=3,
        cost_usd=0.5,
    )
    assert seen(store, lease, task).workflow_usd == 0.5
    (told,) = store.calls(lease.workflow_id)
    assert (told.input_tokens, told.output_tokens, told.cost_usd) == (7, 3, 0.5)
    with pytest.raises(ValueRefused):
        store.end_call(
            lease,
            call + 1,
            outcome="answered",
            input_tokens=1,
            output_tokens=1,
            cost_usd=None,
        )


def test_spent__the_day_counts_over_workflows_and_ends_at_midnight(
    store: Store, clock: Clock
) -> None:
    first, first_task = task_of(store, "comment:42:1")
    second, second_task = task_of(store, "comment:42:2")
    begin_call(store, first, first_task, cost_usd=1.0)
    begin_call(store, second, second_task, cost_usd=0.5)
    assert seen(store, second, second_task) == Spent(0.5, 1.5, 1.5, 2, 2)
    clock.now += timedelta(days=1)
    assert seen(store, second, second_task) == Spent(0.5, 0.0, 0.0, 0, 0)


def test_reopen__begins_the_budget_anew_and_may_change_it(store: Store) -> None:
    lease, task = task_of(store)
    begin_call(store, lease, task, cost_usd=1.0)
    store.finish(lease, WorkflowStatus.FAILED, result={})
    name = lease.workflow_id
    assert store.reopen(name, budget_usd=3.0)
    assert store.workflow(name).budget_usd == 3.0
    again = store.claim(name, owner="b", seconds=60)
    assert again is not None
    assert seen(store, again, task) == Spent(0.0, 1.0, 1.0, 1, 1)
    store.finish(again, WorkflowStatus.FAILED, result={})
    assert store.reopen(name)
    assert store.workflow(name).budget_usd == 3.0


def test_release__until_a_time_keeps_it_from_being_claimed(store: Store, clock: Clock) -> None:
    lease, _ = task_of(store)
    name = lease.workflow_id
    until = clock.now + timedelta(hours=3)
    store.release(lease, counts=False, until=until)
    assert store.workflow(name).resume_at == until
    assert store.claim(name, owner="b", seconds=60) is None
    assert store.outbox_due() == []
    clock.now += timedelta(hours=2)
    assert store.stranded() == []
    clock.now = until
    assert store.outbox_due() == [name]
    assert store.claim(name, owner="b", seconds=60) is not None
    assert store.workflow(name).resume_at is None


def test_request_cancel__ends_the_waiting(store: Store, clock: Clock) -> None:
    lease, _ = task_of(store)
    name = lease.workflow_id
    store.release(lease, until=clock.now + timedelta(hours=3))
    assert store.request_cancel(name, by="ann")
    assert store.outbox_due() == [name]
    assert store.claim(name, owner="b", seconds=60) is not None


def test_take_turn__a_bucket_of_a_minute_for_all_workers(store: Store, clock: Clock) -> None:
    waits = [store.take_turn(MODEL, calls_per_minute=3) for _ in range(5)]
    assert waits == [0.0, 0.0, 0.0, 20.0, 40.0]
    assert store.take_turn("another/model", calls_per_minute=3) == 0.0
    clock.now += timedelta(minutes=2)
    assert [store.take_turn(MODEL, calls_per_minute=3) for _ in range(4)] == [0.0, 0.0, 0.0, 20.0]


def test_take_turn__without_a_rate_nobody_waits(store: Store) -> None:
    assert {store.take_turn(MODEL, calls_per_minute=None) for _ in range(50)} == {0.0}


def test_q26__a_held_model_is_held_for_every_worker(store: Store, clock: Clock) -> None:
    store.hold_model(MODEL, seconds=14)
    store.hold_model(MODEL, seconds=3)
    assert store.take_turn(MODEL, calls_per_minute=None) == 14.0
    clock.now += timedelta(seconds=15)
    assert store.take_turn(MODEL, calls_per_minute=None) == 0.0


def test_end_call__of_a_lost_lease_leaves_the_estimate(store: Store, clock: Clock) -> None:
    lease, task = task_of(store)
    call = begin_call(store, lease, task, cost_usd=0.25)
    clock.now += timedelta(hours=1)
    again = store.claim(lease.workflow_id, owner="b", seconds=60)
    assert again is not None
    with pytest.raises(LeaseLost):
        store.end_call(
            lease,
            call,
            outcome="answered",
            input_tokens=1,
            output_tokens=1,
            cost_usd=0.0,
        )
    assert seen(store, again, task).workflow_usd == 0.25
