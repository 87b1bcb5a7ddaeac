"""Telling the queue of a workflow: once, as JSON, quickly refused when the queue is away."""

import json
import socket
import zlib
from pathlib import Path

import pytest
from redis import Redis
from rq.job import Job, JobStatus
from rq.serializers import JSONSerializer

from p2a.errors import ConfigurationInvalid, QueueUnavailable
from p2a.queue.connection import connect
from p2a.queue.jobs import JOB, enqueue, open_queue
from p2a.queue.lane import Lane
from p2a.settings import Settings
from tests.p2a.conftest import QueueServer

WORKFLOW = "00112233445566aa"


def set_status(redis: Redis, status: JobStatus) -> None:
    job = Job.fetch(f"workflow-{WORKFLOW}-0", connection=redis, serializer=JSONSerializer)
    job.set_status(status)


def test_enqueue__carries_the_id_as_json_and_nothing_else(redis: Redis) -> None:
    enqueue(redis, WORKFLOW)
    assert redis.lrange(f"rq:queue:{Lane.WORK}", 0, -1) == [f"workflow-{WORKFLOW}-0".encode()]
    data = redis.hget(f"rq:job:workflow-{WORKFLOW}-0", "data")
    assert isinstance(data, bytes)
    assert json.loads(zlib.decompress(data)) == [JOB, None, [WORKFLOW], {}]


def test_enqueue__twice_is_fine(redis: Redis) -> None:
    enqueue(redis, WORKFLOW)
    enqueue(redis, WORKFLOW)
    assert open_queue(redis).count == 1


def test_enqueue__running_one_of_the_same_turn(redis: Redis) -> None:
    enqueue(redis, WORKFLOW)
    set_status(redis, JobStatus.STARTED)
    open_queue(redis).pop_job_id()
    enqueue(redis, WORKFLOW)
    assert open_queue(redis).count == 0


def test_enqueue__next_turn_does_not_wait_for_the_dead(redis: Redis) -> None:
    enqueue(redis, WORKFLOW)
    set_status(redis, JobStatus.STARTED)
    open_queue(redis).pop_job_id()
    enqueue(redis, WORKFLOW, turn=1)
    assert open_queue(redis).job_ids == [f"workflow-{WORKFLOW}-1"]


def test_enqueue__taken_but_never_claimed_is_told_once_more(redis: Redis) -> None:
    enqueue(redis, WORKFLOW)
    taken = Job.fetch(f"workflow-{WORKFLOW}-0", connection=redis, serializer=JSONSerializer)
    open_queue(redis).pop_job_id()
    with redis.pipeline() as pipeline:
        taken.prepare_for_execution("dead", pipeline)
        pipeline.execute()
    for _ in range(3):
        enqueue(redis, WORKFLOW, is_stranded=True)
    (again,) = open_queue(redis).job_ids
    assert again.startswith(f"workflow-{WORKFLOW}-0-")


def test_enqueue__each_lane_has_its_own_queue(redis: Redis) -> None:
    enqueue(redis, WORKFLOW)
    enqueue(redis, WORKFLOW, lane=Lane.SHORT)
    enqueue(redis, WORKFLOW, lane=Lane.SHORT)
    assert open_queue(redis).job_ids == [f"workflow-{WORKFLOW}-0"]
    assert open_queue(redis, Lane.SHORT).job_ids == [f"workflow-{WORKFLOW}-0-short"]


@pytest.mark.parametrize("status", [JobStatus.FAILED, JobStatus.STOPPED, JobStatus.FINISHED])
def test_enqueue__ended_one_is_told_again(redis: Redis, status: JobStatus) -> None:
    enqueue(redis, WORKFLOW)
    open_queue(redis).pop_job_id()
    set_status(redis, status)
    enqueue(redis, WORKFLOW)
    assert open_queue(redis).count == 1


def test_enqueue__lost_between_queue_and_worker(redis: Redis) -> None:
    enqueue(redis, WORKFLOW)
    redis.delete(f"rq:queue:{Lane.WORK}")
    enqueue(redis, WORKFLOW)
    assert open_queue(redis).count == 1


def test_enqueue__queue_is_gone(queue_server: QueueServer) -> None:
    with connect(queue_server.settings) as connection:
        queue_server.kill()
        with pytest.raises(QueueUnavailable):
            enqueue(connection, WORKFLOW)


def test_enqueue__queue_comes_back(queue_server: QueueServer) -> None:
    with connect(queue_server.settings) as connection:
        enqueue(connection, WORKFLOW)
        queue_server.kill()
        queue_server.start()
        enqueue(connection, "ffffffffffffffff")
        assert "workflow-ffffffffffffffff-0" in open_queue(connection).job_ids


def test_w21__queue_is_full(redis: Redis) -> None:
    redis.config_set("maxmemory", 1)
    try:
        with pytest.raises(QueueUnavailable):
            enqueue(redis, WORKFLOW)
    finally:
        redis.config_set("maxmemory", 0)
    enqueue(redis, WORKFLOW)
    assert open_queue(redis).count == 1


def test_q06__queue_that_takes_connections_and_never_answers(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        settings = Settings(data_dir=tmp_path, database_url="", redis_url=url)
        with connect(settings) as connection, pytest.raises(QueueUnavailable):
            enqueue(connection, WORKFLOW)


@pytest.mark.parametrize("url", ["http://host", "nonsense", "redis://host:port"])
def test_connect__unusable_url(tmp_path: Path, url: str) -> None:
    settings = Settings(data_dir=tmp_path, database_url="", redis_url=url)
    with pytest.raises(ConfigurationInvalid, match="P2A_REDIS_URL"):
        connect(settings)
