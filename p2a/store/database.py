"""Transactions on the engine: errors translated, leases checked inside of the transaction."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Table, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from p2a.domain import Lease, WorkflowStatus
from p2a.errors import LeaseLost, StoreUnavailable
from p2a.store import schema
from p2a.store.engine import READ_ONLY
from p2a.store.errors import ValueRefused, WorkflowUnknown


class Database:
    """The engine and the clock, which every part of the store works with."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        """Keep the engine; `clock` returns aware times."""
        self._engine = engine
        self._clock = clock

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        """Open a transaction that commits at the end or leaves nothing."""
        with _translated(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _write_with(self, lease: Lease) -> Iterator[Connection]:
        """Open a transaction that only the owner of the newest lease may make.

        Raises:
            LeaseLost: somebody else claimed the workflow since, or it is over.
        """
        with self._write() as connection:
            row = connection.execute(
                select(schema.workflow.c.lease_token, schema.workflow.c.status)
                .where(schema.workflow.c.id == lease.workflow_id)
                .with_for_update()
            ).one_or_none()
            if row != (lease.token, WorkflowStatus.RUNNING):
                raise LeaseLost(
                    f"workflow {lease.workflow_id} is no longer ours",
                    why=f"lease {lease.token} of {lease.owner} was given up, ended or taken over",
                    next_step="stop without a further effect; the newer owner goes on",
                )
            yield connection

    @contextmanager
    def _read(self) -> Iterator[Connection]:
        """Open a transaction that only reads."""
        with _translated(), self._engine.connect() as connection:
            # The option must stand before the transaction begins, which the first query does.
            yield connection.execution_options(**{READ_ONLY: True})


def insert(connection: Connection, table: Table) -> "postgresql.Insert | sqlite.Insert":
    """Return an insert that can say what happens on a conflict, in the connection's dialect."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def set_workflow(connection: Connection, workflow_id: str, **values: Any) -> None:
    """Change columns of a workflow."""
    connection.execute(
        update(schema.workflow).where(schema.workflow.c.id == workflow_id).values(**values)
    )


def lock_workflow(connection: Connection, workflow_id: str) -> None:
    """Make other writers of this workflow wait for the end of the transaction.

    Raises:
        WorkflowUnknown: there is none.
    """
    column = schema.workflow.c.id
    if connection.scalar(select(column).where(column == workflow_id).with_for_update()) is None:
        raise unknown(workflow_id)


def unknown(workflow_id: str) -> WorkflowUnknown:
    """Return the error for an id that no workflow has."""
    return WorkflowUnknown(
        f"there is no workflow {workflow_id!r}",
        next_step="check the id; it has 16 digits of 0-9a-f",
    )


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (DataError, IntegrityError, OverflowError) as error:
        raise ValueRefused(
            "the database refused a value",
            why=_reason(error),
            next_step="whole numbers must fit 64 bits and references must exist",
        ) from error
    except (DBAPIError, PoolTimeout) as error:
        raise StoreUnavailable(
            "the database did not do what it was asked",
            why=_reason(error),
            next_step="check that it runs, is migrated and has space; `p2a doctor` tells more",
        ) from error


def _reason(error: Exception) -> str:
    # Never the whole text of SQLAlchemy's error: it holds the statement and its values.
    cause = getattr(error, "orig", None) or error
    return str(cause).strip().partition("\n")[0]
