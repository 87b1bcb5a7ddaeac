"""The web door as real processes: the same delivery many times, the queue away, no secret."""

import json
import os
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import text

from p2a.queue.lane import Lane
from p2a.settings import Settings
from p2a.store.engine import open_engine
from p2a.store.store import Store
from playground.stage import p2a_command
from tests.fakes.redis_server import RedisServer
from tests.fakes.web_door import WebDoors, deliver
from tests.fakes.webhooks import comment_payload

PATIENCE_SECONDS = 60.0


def count(folder: Path, table: str) -> int:
    engine = open_engine(Settings.from_environ({"P2A_DATA_DIR": str(folder)}).database_url)
    try:
        with engine.connect() as connection:
            return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())
    finally:
        engine.dispose()


def test_w06__same_delivery_fifty_times_to_two_servers(tmp_path: Path) -> None:
    body = json.dumps(comment_payload()).encode()
    with WebDoors(tmp_path) as doors, ThreadPoolExecutor(16) as pool:
        urls = [doors.open(), doors.open()]
        answers = list(pool.map(lambda n: deliver(urls[n % 2], body), range(50)))
        assert answers == [202] * 50
        assert (count(tmp_path, "delivery"), count(tmp_path, "workflow")) == (1, 1)


def test_w20__the_queue_is_away_and_comes_back(tmp_path: Path) -> None:
    data, queue = tmp_path / "data", tmp_path / "queue"
    data.mkdir()
    queue.mkdir()
    server = RedisServer(queue)
    with WebDoors(data, settings={"P2A_REDIS_URL": server.url}) as doors:
        url = doors.open()
        assert deliver(url, json.dumps(comment_payload()).encode()) == 202
        engine = open_engine(Settings.from_environ({"P2A_DATA_DIR": str(data)}).database_url)
        store = Store(engine, lambda: datetime.now(UTC))
        assert len(store.outbox_due(limit=9)) == 1
        server.start()
        try:
            deadline = time.monotonic() + PATIENCE_SECONDS
            while store.outbox_due(limit=9):
                assert time.monotonic() < deadline, "the reconciler did not deliver"
                time.sleep(0.1)
            with Redis.from_url(server.url) as redis:
                assert (
                    Queue(Lane.WORK.value, connection=redis, serializer=JSONSerializer).count == 1
                )
        finally:
            server.kill()
            engine.dispose()


def test_w04__the_process_ends_with_3_without_a_secret(tmp_path: Path) -> None:
    environ = {"PATH": os.environ["PATH"], "P2A_DATA_DIR": str(tmp_path)}
    done = subprocess.run(
        [*p2a_command(), "serve"],
        env=environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 3
    assert done.stderr.startswith("p2a: P2A_WEBHOOK_SECRET is not set\n")
