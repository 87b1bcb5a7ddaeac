"""Opening databases: what can be opened, how SQLite is set up, what is said when none answers."""

import socket
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, NullPool, text

from p2a.errors import ConfigurationInvalid, StoreUnavailable
from p2a.store.columns import UtcDateTime
from p2a.store.engine import open_engine
from p2a.store.migrate import migrate
from p2a.store.store import Store
from tests.fakes.workflows import Clock, new_delivery, new_workflow


@pytest.mark.parametrize(
    "url", ["", "nonsense", "mysql://host/db", "sqlite://", "sqlite:///:memory:"]
)
def test_open_engine__unusable(url: str) -> None:
    with pytest.raises(ConfigurationInvalid, match="P2A_DATABASE_URL"):
        open_engine(url)


def test_open_engine__password_is_not_in_the_error() -> None:
    with pytest.raises(ConfigurationInvalid) as caught:
        open_engine("mysql://me:hunter2@host/db")
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+psycopg", "postgresql+psycopg2"])
def test_open_engine__postgresql_always_by_psycopg(scheme: str) -> None:
    engine = open_engine(f"{scheme}://me@127.0.0.1/db")
    assert engine.dialect.driver == "psycopg"
    engine.dispose()


def test_open_engine__unpooled_keeps_no_connection(database_url: str) -> None:
    engine = open_engine(database_url, pooled=False)
    assert isinstance(engine.pool, NullPool)


def test_sqlite__settings(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/new/folder/p2a.db")
    names = ("journal_mode", "busy_timeout", "synchronous", "foreign_keys")
    with engine.connect() as connection:
        found = [connection.execute(text(f"PRAGMA {name}")).scalar() for name in names]
    assert found == ["wal", 5000, 1, 1]
    assert (tmp_path / "new/folder").stat().st_mode & 0o077 == 0
    engine.dispose()


def test_store__postgresql_that_is_not_there() -> None:
    with socket.socket() as taken:
        # Bound but not listening: connections are refused, and nobody else gets the port.
        taken.bind(("127.0.0.1", 0))
        engine = open_engine(f"postgresql://me:hunter2@127.0.0.1:{taken.getsockname()[1]}/db")
        store = Store(engine, Clock())
        with pytest.raises(StoreUnavailable) as caught:
            store.record_delivery(new_delivery(), new_workflow())
        with pytest.raises(StoreUnavailable):
            store.check()
        with pytest.raises(StoreUnavailable):
            migrate(engine)
        engine.dispose()
    assert "hunter2" not in str(caught.value)


def test_store__database_without_tables(empty_database_url: str) -> None:
    engine = open_engine(empty_database_url)
    store = Store(engine, Clock())
    with pytest.raises(StoreUnavailable, match="migrated") as caught:
        store.record_delivery(new_delivery(), new_workflow(title="private words"))
    assert "private words" not in str(caught.value)
    engine.dispose()


def test_check__answers(store: Store) -> None:
    store.check()


def test_store__folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationInvalid, match="P2A_DATABASE_URL"):
        open_engine(f"sqlite:///{tmp_path}/file/p2a.db")


def test_utc_date_time__naive_time_is_refused(engine: Engine) -> None:
    with pytest.raises(ValueError, match="without a zone"):
        UtcDateTime().process_bind_param(datetime(2026, 1, 1), engine.dialect)  # noqa: DTZ001
