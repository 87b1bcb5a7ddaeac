"""Opening a database so that concurrent writers wait for each other instead of failing."""

import time
from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from sqlite3 import OperationalError as SqliteError

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from p2a.errors import ConfigurationInvalid
from p2a.extras import install_advice

READ_ONLY = "p2a_read_only"
"""Execution option of a connection that takes no write lock on SQLite."""
BUSY_MILLISECONDS = 5000
CONNECT_SECONDS = 5
ANSWER_MILLISECONDS = 10_000
"""How long sent data may stay unacknowledged before PostgreSQL counts as gone."""


def open_engine(url: str, *, pooled: bool = True) -> Engine:
    """Return an engine for an SQLite file or a PostgreSQL server; connects to nothing yet.

    `pooled=False` keeps no connection open between transactions: for a process that forks,
    because an SQLite connection must not cross a fork, not even an idle one.

    Raises:
        ConfigurationInvalid: the URL names neither of them.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise _unusable("it is not a database URL") from error
    match parsed.get_backend_name():
        case "sqlite":
            return _sqlite(parsed, pooled=pooled)
        case "postgresql":
            return _postgresql(parsed, pooled=pooled)
        case other:
            raise _unusable(f"{other} is not supported")


def _sqlite(url: URL, *, pooled: bool) -> Engine:
    if not url.database or url.database == ":memory:":
        raise _unusable("SQLite needs a file here, several processes share it")
    try:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise _unusable(f"its folder cannot be made: {error}") from error
    options = {} if pooled else {"poolclass": NullPool}
    engine = create_engine(url, **options)
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _configure_sqlite(connection: SqliteConnection, _record: object) -> None:
    # None stops the driver from opening transactions by itself: `_begin_sqlite` does.
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA foreign_keys=ON")
    _use_write_ahead_log(connection)


def _use_write_ahead_log(connection: SqliteConnection) -> None:
    deadline = time.monotonic() + BUSY_MILLISECONDS / 1000
    while connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except SqliteError:
            # This pragma does not wait for the busy timeout when two processes change it at once.
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later fails with "database is locked" whatever
    # the busy timeout, so whoever may write takes the lock at the start.
    read_only = connection.get_execution_options().get(READ_ONLY, False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


def _postgresql(url: URL, *, pooled: bool) -> Engine:
    url = url.set(drivername="postgresql+psycopg")
    timeouts = {"connect_timeout": CONNECT_SECONDS, "tcp_user_timeout": ANSWER_MILLISECONDS}
    arguments = {key: value for key, value in timeouts.items() if key not in url.query}
    options = {"pool_pre_ping": True} if pooled else {"poolclass": NullPool}
    try:
        return create_engine(url, connect_args=arguments, **options)
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        raise ConfigurationInvalid(
            "PostgreSQL cannot be used",
            why=f"its driver is not installed: {error}",
            next_step=install_advice("postgres"),
        ) from error


def _unusable(why: str) -> ConfigurationInvalid:
    return ConfigurationInvalid(
        "P2A_DATABASE_URL cannot be used",
        why=why,
        next_step="set it to sqlite:////path/to/file.db or postgresql://user:password@host/name",
    )
