"""What the queue does not know is told, what lost its worker is told again, nothing is doubled."""

import time
from pathlib import Path

import pytest
from redis import Redis
from rq.job import Job, JobStatus
from rq.serializers import JSONSerializer

from p2a.domain import WorkflowKind, WorkflowStatus
from p2a.errors import QueueUnavailable
from p2a.queue.connection import connect
from p2a.queue.embedded import ensure_embedded, stop_embedded
from p2a.queue.jobs import open_queue
from p2a.queue.lane import Lane
from p2a.queue.reconcile import Reconciler
from p2a.settings import Settings
from p2a.store.store import Store
from tests.fakes.workflows import Clock, claimed, recorded
from tests.p2a.conftest import DEADLINE_SECONDS, QueueServer, kill_embedded

# The store's own tests cover both databases.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def reconciler(store: Store, queue_server: QueueServer, clock: Clock) -> Reconciler:
    """Give a reconciler that fails a workflow at its third lost worker."""
    return Reconciler(store, lambda: connect(queue_server.settings), clock, max_attempts=3)


def test_sweep__tells_what_is_due(
    reconciler: Reconciler, store: Store, redis: Redis, clock: Clock
) -> None:
    first = recorded(store, "comment:42:1")
    clock.forward(1)
    second = recorded(store, "comment:42:2")
    assert reconciler.sweep() == 2
    assert open_queue(redis).job_ids == [f"workflow-{first}-0", f"workflow-{second}-0"]
    assert store.outbox_due() == []
    assert reconciler.sweep() == 0
    assert reconciler.swept_at == clock.now


def test_sweep__told_by_the_web_door_already(
    reconciler: Reconciler, store: Store, redis: Redis
) -> None:
    recorded(store)
    reconciler.sweep()
    store.outbox_sent(recorded(store, "comment:42:9"))
    assert reconciler.sweep() == 0
    assert open_queue(redis).count == 1


def test_q04__queue_that_forgot_everything(
    reconciler: Reconciler, store: Store, redis: Redis, clock: Clock
) -> None:
    running = claimed(store, "comment:42:0", seconds=3600)
    store.outbox_sent(running.workflow_id)
    waiting = [recorded(store, f"comment:42:{number}") for number in (1, 2, 3)]
    reconciler.sweep()
    redis.flushall()
    clock.forward(60)
    assert reconciler.sweep() == 3
    assert sorted(open_queue(redis).job_ids) == sorted(f"workflow-{each}-0" for each in waiting)


def test_sweep__expired_lease_is_told_as_the_next_turn(
    reconciler: Reconciler, store: Store, redis: Redis, clock: Clock
) -> None:
    lease = claimed(store, seconds=45)
    store.outbox_sent(lease.workflow_id)
    clock.forward(45)
    assert reconciler.sweep() == 1
    assert reconciler.sweep() == 0
    assert open_queue(redis).job_ids == [f"workflow-{lease.workflow_id}-1"]
    clock.forward(20)
    assert reconciler.sweep() == 1
    assert open_queue(redis).job_ids == [f"workflow-{lease.workflow_id}-1"]


def test_q25__taken_by_a_worker_that_died_before_its_claim(
    reconciler: Reconciler, store: Store, redis: Redis, clock: Clock
) -> None:
    workflow_id = recorded(store)
    reconciler.sweep()
    job = Job.fetch(f"workflow-{workflow_id}-0", connection=redis, serializer=JSONSerializer)
    open_queue(redis).pop_job_id()
    job.set_status(JobStatus.STARTED)
    clock.forward(19)
    assert reconciler.sweep() == 0
    clock.forward(1)
    assert reconciler.sweep() == 1
    assert open_queue(redis).count == 1


def test_sweep__answers_and_cancelled_ones_take_the_short_lane(
    reconciler: Reconciler, store: Store, redis: Redis
) -> None:
    answer = recorded(store, "comment:42:1", kind=WorkflowKind.STATUS)
    fix = recorded(store, "comment:42:2")
    reconciler.sweep()
    assert open_queue(redis, Lane.SHORT).job_ids == [f"workflow-{answer}-0-short"]
    store.request_cancel(fix, by="ann")
    assert reconciler.sweep() == 1
    assert open_queue(redis, Lane.SHORT).job_ids[1:] == [f"workflow-{fix}-0-short"]
    assert open_queue(redis).job_ids == [f"workflow-{fix}-0"]


def test_sweep__gives_up_after_the_last_attempt(
    reconciler: Reconciler, store: Store, redis: Redis, clock: Clock
) -> None:
    workflow_id = recorded(store)
    store.outbox_sent(workflow_id)
    for _ in range(3):
        assert store.claim(workflow_id, owner="dies", seconds=1) is not None
        clock.forward(2)
    assert reconciler.sweep() == 0
    workflow = store.workflow(workflow_id)
    assert workflow.status is WorkflowStatus.FAILED
    assert workflow.error_message is not None
    assert "begun 3 times" in workflow.error_message
    assert open_queue(redis).count == 0


def test_sweep__without_a_limit_gives_nothing_up(
    store: Store, queue_server: QueueServer, clock: Clock
) -> None:
    lease = claimed(store, seconds=1)
    store.outbox_sent(lease.workflow_id)
    clock.forward(2)
    assert Reconciler(store, lambda: connect(queue_server.settings), clock).sweep() == 1


def test_w20__queue_away_then_back(store: Store, queue_server: QueueServer, clock: Clock) -> None:
    # The connection is made beforehand, because the embedded server would just be started again.
    connection = connect(queue_server.settings)
    reconciler = Reconciler(store, lambda: connection, clock)
    queue_server.kill()
    workflow_id = recorded(store)
    with pytest.raises(QueueUnavailable):
        reconciler.sweep()
    assert store.outbox_due() == [workflow_id]
    assert reconciler.swept_at is None
    with reconciler.running(every=0.05):
        queue_server.start()
        eventually_told(store)
    assert open_queue(connection).job_ids == [f"workflow-{workflow_id}-0"]
    connection.close()


def test_w20__embedded_server_is_started_again(store: Store, tmp_path: Path, clock: Clock) -> None:
    settings = Settings(data_dir=tmp_path, database_url="")
    ensure_embedded(tmp_path)
    kill_embedded(tmp_path)
    recorded(store)
    assert Reconciler(store, lambda: connect(settings), clock).sweep() == 1
    assert stop_embedded(tmp_path)


def eventually_told(store: Store) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while store.outbox_due():
        assert time.monotonic() < deadline
        time.sleep(0.02)
