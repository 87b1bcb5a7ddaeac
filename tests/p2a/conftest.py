"""Both databases and both queue servers, all real; what passes on one must pass on the other."""

import itertools
import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from redis import Redis
from sqlalchemy import Engine, make_url, text

from p2a.queue.connection import connect
from p2a.queue.embedded import FOLDER, ensure_embedded, stop_embedded
from p2a.settings import Settings
from p2a.store.engine import open_engine
from p2a.store.migrate import migrate
from p2a.store.store import Store
from tests.fakes.postgres import running_postgres
from tests.fakes.redis_server import RedisServer
from tests.fakes.workflows import Clock

DEADLINE_SECONDS = 60.0
TEMPLATE = "migrated"

_counter = itertools.count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Give the URL of a PostgreSQL server with a migrated database to copy."""
    with running_postgres() as url:
        _create_database(url, TEMPLATE)
        engine = open_engine(_with_database(url, TEMPLATE), pooled=False)
        migrate(engine)
        engine.dispose()
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the URL of a database without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'p2a.db'}"
    server: str = request.getfixturevalue("postgres")
    name = f"empty{next(_counter)}"
    _create_database(server, name)
    return _with_database(server, name)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the URL of a migrated database."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'p2a.db'}"
        engine = open_engine(url)
        migrate(engine)
        engine.dispose()
        return url
    server: str = request.getfixturevalue("postgres")
    name = f"test{next(_counter)}"
    _create_database(server, name, template=TEMPLATE)
    return _with_database(server, name)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """Give an engine on a migrated database."""
    engine = open_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def clock() -> Clock:
    """Give a clock that stands."""
    return Clock()


@pytest.fixture
def store(engine: Engine, clock: Clock) -> Store:
    """Give a store whose clock stands."""
    return Store(engine, clock)


@dataclass
class QueueServer:
    """A queue server as an operator sees it."""

    settings: Settings
    start: Callable[[], object]
    kill: Callable[[], None]


@pytest.fixture(params=["embedded", "redis-server"])
def queue_server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[QueueServer]:
    """Give a running server, and settings that lead to it."""
    data_dir = tmp_path / "data"
    data_dir.mkdir()
    database = f"sqlite:///{tmp_path / 'p2a.db'}"
    if request.param == "embedded":
        settings = Settings(data_dir=data_dir, database_url=database)
        ensure_embedded(data_dir)
        yield QueueServer(
            settings, lambda: ensure_embedded(data_dir), lambda: kill_embedded(data_dir)
        )
        stop_embedded(data_dir)
        return
    server = RedisServer(data_dir)
    server.start()
    settings = Settings(data_dir=data_dir, database_url=database, redis_url=server.url)
    yield QueueServer(settings, server.start, server.kill)
    server.kill()


@pytest.fixture
def redis(queue_server: QueueServer) -> Iterator[Redis]:
    """Give a connection to a running queue server."""
    with connect(queue_server.settings) as connection:
        yield connection


def kill_embedded(data_dir: Path) -> None:
    """End the embedded server as a power cut would."""
    pid = int((data_dir / FOLDER / "server.pid").read_text(encoding="ascii"))
    os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + DEADLINE_SECONDS
    while Path(f"/proc/{pid}/exe").exists() and _is_running(pid):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _is_running(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def _with_database(url: str, name: str) -> str:
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def _create_database(url: str, name: str, *, template: str = "template1") -> None:
    engine = open_engine(url, pooled=False)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    engine.dispose()
