"""Q24: whoever can write to Redis still cannot make a worker do anything but its one job."""

import json
import pickle
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from rq.job import Job
from rq.serializers import JSONSerializer

from p2a.domain import WorkflowStatus
from p2a.errors import StoreUnavailable
from p2a.queue.guard import GuardedJob, refusal
from p2a.queue.jobs import JOB, enqueue, open_queue
from p2a.queue.lane import Lane
from p2a.queue.worker import P2AWorker, Pace
from p2a.store.engine import open_engine
from p2a.store.migrate import migrate
from p2a.store.store import Store
from tests.fakes.pool_process import Workshop
from tests.fakes.workflows import recorded
from tests.p2a.conftest import QueueServer

KNOWN = "00112233445566aa"
NOW = datetime(2026, 11, 23, tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def job_of(data: bytes) -> Job:
    # The connection is never used: it only has to be given.
    job = GuardedJob(id="any", connection=Redis(), serializer=JSONSerializer)
    job.data = data
    return job


def as_json(*parts: Any) -> bytes:
    return json.dumps(parts).encode()


def is_known(workflow_id: str) -> bool:
    return workflow_id == KNOWN


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (as_json("os.system", None, ["id"], {}), "os.system"),
        (as_json("os.system", None, [KNOWN], {}), "os.system"),
        (as_json("worker.job.perform\n", None, [KNOWN], {}), "asks for"),
        (as_json(None, None, [KNOWN], {}), "asks for"),
        (as_json([JOB], None, [KNOWN], {}), "asks for"),
        (as_json(JOB, "os", [KNOWN], {}), "asks for"),
        (as_json(JOB, None, [], {}), "one workflow id"),
        (as_json(JOB, None, [KNOWN, "more"], {}), "one workflow id"),
        (as_json(JOB, None, KNOWN, {}), "one workflow id"),
        (as_json(JOB, None, {"0": KNOWN}, {}), "one workflow id"),
        (as_json(JOB, None, [KNOWN], {"workflow_id": KNOWN}), "one workflow id"),
        (as_json(JOB, None, ["ffffffffffffffff"], {}), "no workflow"),
        (as_json(JOB, None, [7], {}), "no workflow"),
        (as_json(JOB, None, [[KNOWN]], {}), "no workflow"),
        (as_json(JOB, None, [None], {}), "no workflow"),
        (as_json(JOB, None, [KNOWN]), "not JSON of a job"),
        (b"", "not JSON of a job"),
        (b"{}", "not JSON of a job"),
        (b"[" * 100_000, "not JSON of a job"),
        (pickle.dumps((JOB, None, [KNOWN], {})), "not JSON of a job"),
    ],
)
def test_q24__refusal(data: bytes, reason: str) -> None:
    said = refusal(job_of(data), is_known=is_known)
    assert said is not None
    assert reason in said


def test_refusal__of_no_job_of_ours() -> None:
    assert refusal(job_of(as_json(JOB, None, [KNOWN], {})), is_known=is_known) is None


def test_refusal__log_line_is_one_short_line() -> None:
    name = "x\n\x1b[31m" + "y" * 10_000
    said = refusal(job_of(as_json(name, None, [], {})), is_known=is_known)
    assert said is not None
    assert said.isprintable()
    assert len(said) < 200


class Trap:
    """Pickled, it makes a file when it is read: proof that somebody unpickled."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> tuple[Callable[..., object], tuple[str, str]]:
        return open, (str(self._path), "w")


def plant(redis: Redis, job_id: str, data: bytes, **fields: bytes | str) -> None:
    """Write a job as somebody with access to Redis would."""
    stored: dict[Any, Any] = {
        "data": data,
        "created_at": NOW,
        "enqueued_at": NOW,
        "origin": Lane.WORK.value,
        "status": "queued",
        "description": "\x1b[2J evil",
        **fields,
    }
    redis.hset(f"rq:job:{job_id}", mapping=stored)
    redis.rpush(f"rq:queue:{Lane.WORK}", job_id)


@pytest.fixture
def database(queue_server: QueueServer) -> str:
    """Give the database that the pools use."""
    engine = open_engine(queue_server.settings.database_url)
    migrate(engine)
    engine.dispose()
    return queue_server.settings.database_url


@pytest.mark.parametrize("serializer", ["json", "pickle"])
def test_q24__planted_jobs_are_not_run_but_logged_and_removed(
    redis: Redis, queue_server: QueueServer, database: str, tmp_path: Path, serializer: str
) -> None:
    engine = open_engine(database)
    store = Store(engine, lambda: datetime.now(UTC))
    workflow_id = recorded(store)
    trap, call = tmp_path / "trap", f"touch {tmp_path}/trap"
    dump: Callable[[Any], bytes] = (
        pickle.dumps if serializer == "pickle" else lambda value: json.dumps(value).encode()
    )
    poison = pickle.dumps(Trap(trap))
    plant(redis, "system", dump(("os.system", None, [call], {})))
    plant(redis, "extra", dump((JOB, None, [workflow_id, "--help"], {})))
    plant(redis, "unknown", dump((JOB, None, ["ffffffffffffffff"], {})))
    plant(redis, "callback", dump(("no.such", None, [], {})), failure_callback_name="os.abort")
    plant(redis, "unpickle", poison, meta=poison, result=poison)
    plant(redis, "status", dump((JOB, None, [workflow_id], {})), status="\xff")
    plant(redis, "number", dump((JOB, None, [workflow_id], {})), timeout="soon", ttl="x")
    plant(redis, "bad id\n", dump((JOB, None, [workflow_id], {})))
    redis.rpush("rq:job:list", "not a hash")
    redis.rpush(f"rq:queue:{Lane.WORK}", "list", "missing")
    workshop = Workshop(tmp_path, queue_server.settings)
    workshop.let_go()
    try:
        assert workshop.start(1, "burst").wait(60) == 0
    finally:
        workshop.close()
    assert not trap.exists()
    # The workflow itself was told by the outbox, behind all of these, and was done once.
    assert store.workflow(workflow_id).status is WorkflowStatus.COMPLETED
    assert [line.verb for line in workshop.trace] == ["begin", "end"]
    assert redis.keys("rq:job:*") == []
    assert open_queue(redis).count == 0
    assert redis.llen(f"rq:queue:{Lane.WORK}:intermediate") == 0
    for job_id in ("system", "extra", "unknown", "callback", "unpickle"):
        assert f"job {job_id} is refused and removed" in workshop.log
    for job_id in ("status", "number", "bad id\\n", "list", "missing"):
        assert f"thrown away: '{job_id}'" in workshop.log
    assert "\x1b" not in workshop.log
    engine.dispose()


def test_q24__known_workflow_with_extras_runs_without_them(
    redis: Redis, queue_server: QueueServer, database: str, tmp_path: Path
) -> None:
    engine = open_engine(database)
    store = Store(engine, lambda: datetime.now(UTC))
    workflow_id = recorded(store)
    store.outbox_sent(workflow_id)
    plant(
        redis,
        "dressed",
        as_json(JOB, None, [workflow_id], {}),
        success_callback_name="shutil.rmtree",
        failure_callback_name="os.abort",
        stopped_callback_name="os.abort",
        webhooks=json.dumps([{"url": "http://127.0.0.1:9/", "statuses": ["finished"]}]),
        dependency_ids=json.dumps(["system"]),
        group_id="nobody",
        retries_left="99",
        repeats_left="99",
        repeat_intervals="[0]",
        rate_limit_key="k",
        rate_limit_concurrency="1",
        timeout="1",
        result_ttl="-1",
    )
    workshop = Workshop(tmp_path, queue_server.settings)
    workshop.let_go()
    try:
        assert workshop.start(1, "burst").wait(60) == 0
    finally:
        workshop.close()
    assert [line.verb for line in workshop.trace] == ["begin", "end"]
    assert redis.keys("rq:job:*") == []
    engine.dispose()


def test_q24__abandoned_job_runs_no_callback(
    redis: Redis, queue_server: QueueServer, database: str, tmp_path: Path
) -> None:
    plant(
        redis,
        "dead",
        as_json(JOB, None, ["x"], {}),
        status="started",
        failure_callback_name="os.abort",
    )
    redis.delete(f"rq:queue:{Lane.WORK}")
    redis.zadd(f"rq:wip:{Lane.WORK}", {"dead:1": 1})
    workshop = Workshop(tmp_path, queue_server.settings)
    try:
        assert workshop.start(1, "burst").wait(60) == 0
    finally:
        workshop.close()
    assert "Moved to FailedJobRegistry" in workshop.log
    assert "callback" not in workshop.log


def test_accepts__database_away_leaves_it_to_the_reconciler(redis: Redis) -> None:
    def nobody_knows(_workflow_id: str) -> bool:
        raise StoreUnavailable("the database does not answer")

    enqueue(redis, KNOWN)
    worker = P2AWorker(redis, Lane.WORK, is_known=nobody_knows, job_seconds=10, pace=Pace())
    assert worker.dequeue_job_and_maintain_ttl(None) is None
    assert redis.keys("rq:job:*") == []


def test_p2a_worker__leases_are_short(redis: Redis) -> None:
    worker = P2AWorker(redis, Lane.WORK, is_known=is_known, job_seconds=3900, pace=Pace())
    job = job_of(as_json(JOB, None, [KNOWN], {}))
    job.timeout = 3900
    assert worker.get_heartbeat_ttl(job, working_time=3600.0) == 45
    assert (worker.dequeue_timeout, worker.maintenance_interval, worker.worker_ttl) == (15, 15, 30)
