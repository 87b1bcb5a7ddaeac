"""Real worker processes: each workflow runs once at a time, whatever is killed."""

import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from redis import Redis
from sqlalchemy import Engine

from p2a.domain import WorkflowKind, WorkflowStatus
from p2a.queue.jobs import enqueue, open_queue
from p2a.settings import Settings
from p2a.store.engine import open_engine
from p2a.store.migrate import migrate
from p2a.store.store import Store
from tests.fakes.pool_process import Workshop, is_running, parent_of
from tests.fakes.workflows import recorded
from tests.p2a.conftest import QueueServer


@pytest.fixture
def settings(queue_server: QueueServer) -> Settings:
    """Give the settings of the queue server under test."""
    return queue_server.settings


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    """Give the database that the pools use."""
    engine = open_engine(settings.database_url)
    migrate(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def store(engine: Engine) -> Store:
    """Give a store with the real clock, like the pools'."""
    return Store(engine, lambda: datetime.now(UTC))


@pytest.fixture
def workshop(tmp_path: Path, settings: Settings) -> Iterator[Workshop]:
    """Give a place to start pools in."""
    workshop = Workshop(tmp_path, settings)
    yield workshop
    workshop.close()


def status(store: Store, workflow_id: str) -> WorkflowStatus:
    return store.workflow(workflow_id).status


def test_run_worker__burst_ends_when_the_queue_is_empty(
    workshop: Workshop, store: Store, redis: Redis
) -> None:
    ids = [recorded(store, f"comment:42:{number}") for number in range(5)]
    enqueue(redis, ids[0])
    workshop.let_go()
    assert workshop.start(2, "burst").wait(60) == 0
    assert {status(store, each) for each in ids} == {WorkflowStatus.COMPLETED}
    assert sorted(line.workflow_id for line in workshop.verbs("end")) == sorted(ids)
    assert redis.keys("rq:job:*") == []


def test_run_worker__finds_what_only_the_database_knows(workshop: Workshop, store: Store) -> None:
    workshop.start()
    workflow_id = recorded(store)
    workshop.let_go()
    workshop.wait_for(lambda: status(store, workflow_id) is WorkflowStatus.COMPLETED)


def test_run_worker__several_at_once(workshop: Workshop, store: Store) -> None:
    for number in range(3):
        recorded(store, f"comment:42:{number}")
    workshop.start(3)
    workshop.wait_for(lambda: len(workshop.verbs("begin")) == 3)
    assert len({line.pid for line in workshop.trace}) == 3
    workshop.let_go()
    workshop.wait_for(lambda: len(workshop.verbs("end")) == 3)


def test_r09__short_commands_are_heard_while_all_are_busy(workshop: Workshop, store: Store) -> None:
    long = [recorded(store, f"comment:42:{number}") for number in range(3)]
    workshop.start(1)
    workshop.wait_for(lambda: workshop.verbs("begin"))
    cancel = recorded(store, "comment:42:9", kind=WorkflowKind.CANCEL)
    workshop.wait_for(lambda: cancel in [line.workflow_id for line in workshop.verbs("begin")])
    assert status(store, long[1]) is WorkflowStatus.PENDING
    assert workshop.verbs("end") == []
    workshop.let_go()
    workshop.wait_for(lambda: len(workshop.verbs("end")) == 4)


@pytest.mark.parametrize("victim", ["pool", "worker", "horse"])
def test_q01__killed_in_mid_job_is_done_again_by_another_and_never_twice_at_once(
    workshop: Workshop, store: Store, victim: str
) -> None:
    workflow_id = recorded(store)
    pool = workshop.start()
    workshop.wait_for(lambda: workshop.verbs("begin"))
    horse = workshop.verbs("begin")[0].pid
    worker = parent_of(horse)
    assert parent_of(worker) == pool.pid
    workshop.start()
    os.kill({"pool": pool.pid, "worker": worker, "horse": horse}[victim], signal.SIGKILL)
    workshop.wait_for(lambda: len(workshop.verbs("begin")) == 2)
    assert not is_running(horse)
    assert is_running(worker) == (victim == "horse")
    workshop.let_go()
    workshop.wait_for(lambda: status(store, workflow_id) is WorkflowStatus.COMPLETED)
    # The line of the end is written after the workflow's end was committed.
    workshop.wait_for(lambda: workshop.verbs("end"))
    begins, ends = workshop.verbs("begin"), workshop.verbs("end")
    assert [line.token for line in begins] == [1, 2]
    assert [(line.pid, line.token) for line in ends] == [(begins[1].pid, 2)]


def test_sigterm__finishes_the_job_and_takes_no_other(workshop: Workshop, store: Store) -> None:
    first = recorded(store, "comment:42:1")
    pool = workshop.start()
    workshop.wait_for(lambda: workshop.verbs("begin"))
    pool.send_signal(signal.SIGTERM)
    workshop.wait_for(lambda: "stopping" in workshop.log)
    second = recorded(store, "comment:42:2")
    workshop.let_go()
    assert pool.wait(60) == 0
    assert status(store, first) is WorkflowStatus.COMPLETED
    assert status(store, second) is WorkflowStatus.PENDING


def test_sigterm__idle_pool_ends(workshop: Workshop) -> None:
    pool = workshop.start(2)
    workshop.wait_for(lambda: workshop.log.count("Listening on") == 3)
    pool.send_signal(signal.SIGTERM)
    assert pool.wait(60) == 0


def test_q23__crashing_job_is_given_up_in_the_end(workshop: Workshop, store: Store) -> None:
    workflow_id = recorded(store)
    workshop.let_crash()
    workshop.start()
    workshop.wait_for(lambda: status(store, workflow_id) is WorkflowStatus.FAILED)
    # Three attempts, and one claim more for a last word to the user.
    assert [line.token for line in workshop.verbs("begin")] == [1, 2, 3, 4]


def test_w20__queue_killed_before_the_delivery(
    workshop: Workshop, store: Store, queue_server: QueueServer
) -> None:
    workshop.start()
    workshop.wait_for(lambda: "Listening on" in workshop.log)
    queue_server.kill()
    workflow_id = recorded(store)
    workshop.let_go()
    queue_server.start()
    workshop.wait_for(lambda: status(store, workflow_id) is WorkflowStatus.COMPLETED)


def test_q04__queue_killed_in_mid_job_does_not_double_it(
    workshop: Workshop, store: Store, queue_server: QueueServer
) -> None:
    workflow_id = recorded(store)
    workshop.start()
    workshop.wait_for(lambda: workshop.verbs("begin"))
    queue_server.kill()
    workshop.wait_for(lambda: "no heartbeat" in workshop.log)
    queue_server.start()
    workshop.let_go()
    workshop.wait_for(lambda: status(store, workflow_id) is WorkflowStatus.COMPLETED)
    assert len(workshop.verbs("begin")) == 1


def test_enqueue__known_but_over_is_left_alone(
    workshop: Workshop, store: Store, redis: Redis
) -> None:
    workflow_id = recorded(store)
    workshop.let_go()
    assert workshop.start(1, "burst").wait(60) == 0
    enqueue(redis, workflow_id)
    assert workshop.start(1, "burst").wait(60) == 0
    assert [line.verb for line in workshop.trace] == ["begin", "end", "unclaimed"]
    assert open_queue(redis).count == 0
