"""Bringing a database to the form that this version of the program knows."""

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from p2a.errors import StoreUnavailable
from p2a.store.errors import SchemaTooNew

LOCATION = "p2a.store:migrations"
ADVISORY_LOCK = 0x7032612D64620001
"""Our number among PostgreSQL's advisory locks ("p2a-db" and a counter)."""
WAIT_MILLISECONDS = 60_000
"""How long a second process waits for the first one's migration."""


def migrate(engine: Engine) -> None:
    """Bring the database to the newest form; all in one transaction, by one process at a time.

    Raises:
        SchemaTooNew: a newer version of this program migrated it; nothing was changed.
        StoreUnavailable: the database did not answer.
    """
    config = Config()
    config.set_main_option("script_location", LOCATION)
    config.set_main_option("path_separator", "os")
    try:
        with engine.connect() as connection:
            _wait_longer(connection)
            with connection.begin():
                _lock(connection)
                _upgrade(connection, config)
    except SQLAlchemyError as error:
        raise StoreUnavailable(
            "the database could not be migrated",
            why=str(getattr(error, "orig", None) or error).partition("\n")[0],
            next_step="check P2A_DATABASE_URL and that its user may create tables",
        ) from error


def revision_of(connection: Connection) -> str | None:
    """Return the revision that the database stands at, None for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


def newest_revision() -> str | None:
    """Return the revision that this version of the program brings a database to."""
    config = Config()
    config.set_main_option("script_location", LOCATION)
    config.set_main_option("path_separator", "os")
    return ScriptDirectory.from_config(config).get_current_head()


def _wait_longer(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        # By the driver: SQLAlchemy would begin a transaction for it, and so wait for the lock.
        connection.connection.cursor().execute(f"PRAGMA busy_timeout={WAIT_MILLISECONDS}")


def _lock(connection: Connection) -> None:
    # On SQLite the transaction itself is the lock: it began with BEGIN IMMEDIATE.
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})


def _upgrade(connection: Connection, config: Config) -> None:
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    current = revision_of(connection)
    if current is not None and current not in known:
        raise SchemaTooNew(
            f"the database is at revision {current}, which this version does not know",
            why="a newer version of this program migrated it",
            next_step="run that version, or restore the backup from before the upgrade",
        )
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
