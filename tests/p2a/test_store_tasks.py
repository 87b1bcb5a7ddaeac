"""Tasks keep their checkpoints, the log keeps its order, on both databases."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from p2a.domain import AgentType, LogLevel, ProgressEntry, Task, TaskStatus
from p2a.store.errors import ValueRefused, WorkflowUnknown
from p2a.store.store import Store
from tests.fakes.calls import begin_call
from tests.fakes.workflows import Clock, claimed, recorded


def test_start_task__first_time(store: Store, clock: Clock) -> None:
    lease = claimed(store)
    task = store.start_task(
        lease,
        name="planner",
        agent=AgentType.PLANNER,
        description="Plan it",
        order=5,
        depends_on=("prepare",),
    )
    assert task == Task(
        id=task.id,
        workflow_id=lease.workflow_id,
        name="planner",
        agent=AgentType.PLANNER,
        description="Plan it",
        order=5,
        status=TaskStatus.RUNNING,
        attempt=1,
        progress_percentage=0,
        started_at=clock.now,
        depends_on=("prepare",),
    )
    assert store.tasks(lease.workflow_id) == [task]


@pytest.mark.parametrize("agent", AgentType)
def test_start_task__every_agent_is_seeded(store: Store, agent: AgentType) -> None:
    task = store.start_task(claimed(store), name="x", agent=agent, description="", order=1)
    assert task.agent is agent


def test_start_task__again_keeps_the_checkpoint(store: Store, clock: Clock) -> None:
    lease = claimed(store)
    first = store.start_task(lease, name="x", agent=AgentType.TESTER, description="", order=1)
    store.checkpoint_task(lease, first.id, result={"seen": 3}, progress_percentage=40)
    store.finish_task(lease, first.id, TaskStatus.FAILED, result={"seen": 3}, error="no")
    clock.forward(5)
    again = store.start_task(lease, name="x", agent=AgentType.TESTER, description="", order=1)
    assert (again.id, again.attempt, again.status, again.result) == (
        first.id,
        2,
        TaskStatus.RUNNING,
        {"seen": 3},
    )
    assert (again.error_message, again.completed_at, again.started_at) == (None, None, clock.now)


def test_finish_task__keeps_its_result(store: Store, clock: Clock) -> None:
    lease = claimed(store)
    task = store.start_task(lease, name="x", agent=AgentType.TESTER, description="", order=1)
    store.finish_task(
        lease,
        task.id,
        TaskStatus.COMPLETED,
        result={"é\0": ["\ud800", 1.5, None, True]},
    )
    (stored,) = store.tasks(lease.workflow_id)
    assert stored.result == {"é\u2400": ["\ufffd", 1.5, None, True]}
    assert (stored.status, stored.progress_percentage, stored.completed_at) == (
        TaskStatus.COMPLETED,
        100,
        clock.now,
    )


def test_finish_task__a_skipped_one_has_no_price_and_no_progress(store: Store) -> None:
    lease = claimed(store)
    task = store.start_task(lease, name="x", agent=AgentType.TESTER, description="", order=1)
    store.finish_task(lease, task.id, TaskStatus.SKIPPED, result={})
    (stored,) = store.tasks(lease.workflow_id)
    assert (stored.cost_usd, stored.progress_percentage) == (None, 0)


@pytest.mark.parametrize(
    ("costs", "total"),
    [
        ([0.25], 0.25),
        ([0.25, 0.5], 0.75),
        ([0.25, None], None),
        ([None, 0.25], None),
        ([0.0, 0.25], 0.25),
    ],
)
def test_s09__what_calls_used_adds_up_over_tries(
    store: Store, costs: list[float | None], total: float | None
) -> None:
    lease = claimed(store)
    for cost in costs:
        task = store.start_task(lease, name="x", agent=AgentType.TESTER, description="", order=1)
        call = begin_call(store, lease, task.id)
        store.end_call(
            lease,
            call,
            outcome="answered",
            input_tokens=2**40,
            output_tokens=7,
            cost_usd=cost,
        )
    (stored,) = store.tasks(lease.workflow_id)
    times = len(costs)
    assert (stored.input_tokens, stored.output_tokens) == (2**40 * times, 7 * times)
    assert stored.cost_usd == total


def test_checkpoint_task__of_another_workflow(store: Store) -> None:
    mine, other = claimed(store, "comment:42:1"), claimed(store, "comment:42:2")
    task = store.start_task(mine, name="x", agent=AgentType.TESTER, description="", order=1)
    with pytest.raises(ValueRefused, match=str(task.id)):
        store.checkpoint_task(other, task.id, result={}, progress_percentage=1)


def test_tasks__in_order(store: Store) -> None:
    lease = claimed(store)
    for name, order in (("c", 3), ("a", 1), ("b", 2)):
        store.start_task(lease, name=name, agent=AgentType.TESTER, description="", order=order)
    assert [task.name for task in store.tasks(lease.workflow_id)] == ["a", "b", "c"]


def test_log__and_read_on(store: Store, clock: Clock) -> None:
    workflow_id = recorded(store)
    first = store.log(workflow_id, message="begun")
    second = store.log(
        workflow_id,
        message="done \0",
        level=LogLevel.SUCCESS,
        task="planner",
        metadata={"share": float("inf")},
    )
    assert [entry.id for entry in store.progress(workflow_id)] == [first, second]
    assert store.progress(workflow_id, after=first) == [
        ProgressEntry(
            id=second,
            workflow_id=workflow_id,
            task="planner",
            message="done \u2400",
            level=LogLevel.SUCCESS,
            metadata={"share": "inf"},
            timestamp=clock.now,
        )
    ]


def test_log__of_no_workflow(store: Store) -> None:
    with pytest.raises(WorkflowUnknown):
        store.log("0123456789abcdef", message="hello")


def test_log__reader_who_goes_on_from_the_last_id_misses_nothing(store: Store) -> None:
    workflow_id = recorded(store)
    seen: list[int] = []
    with ThreadPoolExecutor(4) as pool:
        written = [pool.submit(store.log, workflow_id, message="x") for _ in range(40)]
        while len(seen) < len(written):
            seen += [
                entry.id for entry in store.progress(workflow_id, after=seen[-1] if seen else 0)
            ]
            if all(each.done() for each in written):
                break
    seen += [entry.id for entry in store.progress(workflow_id, after=seen[-1])]
    assert sorted(each.result() for each in written) == seen
