"""Workflows that wait for a person: nobody holds them until what they wait for came."""

from typing import Any

from sqlalchemy import Connection, select, update

from p2a.domain import Awaited, Lease, TaskStatus, WorkflowStatus
from p2a.store.database import Database, lock_workflow, set_workflow
from p2a.store.intake import put_outbox
from p2a.store.schema import task, workflow

SIGNAL = "signal"
REPLIES = "replies"
NOTES = "notes"
"""Keys of a task's result: what it asks for, what came, and what people must know of it."""
_MAY_WAIT = (WorkflowStatus.WAITING.value, WorkflowStatus.RUNNING.value)


class Waits(Database):
    """Waiting, and the replies that end it."""

    def wait(self, lease: Lease) -> WorkflowStatus:
        """Give a workflow up until a person replied, and return how it stands then.

        Where the reply came already, or its end is asked for, it is pending again at once.

        Raises:
            LeaseLost: the lease is not the newest any more.
        """
        now = self._clock()
        with self._write_with(lease) as connection:
            is_asked = any(_asking(connection, lease.workflow_id, kind) for kind in Awaited)
            ends = connection.scalar(
                select(workflow.c.cancel_requested).where(workflow.c.id == lease.workflow_id)
            )
            status = WorkflowStatus.WAITING if is_asked and not ends else WorkflowStatus.PENDING
            set_workflow(
                connection,
                lease.workflow_id,
                status=status.value,
                # Its time begins anew with the reply; who waited well used up no try.
                attempt=0,
                started_at=None,
                lease_owner=None,
                lease_expires_at=None,
                updated_at=now,
            )
            if status is WorkflowStatus.PENDING:
                put_outbox(connection, lease.workflow_id, now)
        return status

    def waiting_for(self, repository_id: int, number: int, awaited: Awaited) -> str | None:
        """Return the newest workflow of an issue that waits for this, None where none does."""
        query = (
            select(workflow.c.id)
            .where(
                workflow.c.repository_id == repository_id,
                workflow.c.number == number,
                workflow.c.status.in_(_MAY_WAIT),
            )
            .order_by(workflow.c.created_at.desc(), workflow.c.id)
        )
        with self._read() as connection:
            ids = connection.scalars(query).all()
            return next((one for one in ids if _asking(connection, one, awaited)), None)

    def reply(
        self, workflow_id: str, awaited: Awaited, reply: dict[str, Any], *, notes: tuple[str, ...]
    ) -> bool:
        """Give a workflow what it waits for; False where it waits for nothing of the kind.

        The same reply, by its `comment`, is taken once; a repeat is True.

        Raises:
            WorkflowUnknown: there is none with this id.
        """
        now = self._clock()
        with self._write() as connection:
            lock_workflow(connection, workflow_id)
            if _was_given(connection, workflow_id, reply):
                return True
            status = connection.scalar(
                select(workflow.c.status).where(workflow.c.id == workflow_id)
            )
            asking = _asking(connection, workflow_id, awaited)
            if asking is None or status not in _MAY_WAIT:
                return False
            result = {
                **asking.result_data,
                SIGNAL: awaited.settled,
                REPLIES: [*asking.result_data.get(REPLIES, ()), reply],
                NOTES: [*asking.result_data.get(NOTES, ()), *notes],
            }
            connection.execute(
                update(task)
                .where(task.c.id == asking.id)
                .values(result_data=result, updated_at=now)
            )
            if status == WorkflowStatus.WAITING.value:
                pending = WorkflowStatus.PENDING.value
                set_workflow(connection, workflow_id, status=pending, updated_at=now)
                put_outbox(connection, workflow_id, now)
        return True


def _asking(connection: Connection, workflow_id: str, awaited: Awaited) -> Any:
    """Return the newest task that asks for this, None where none does."""
    query = (
        select(task.c.id, task.c.result_data)
        .where(task.c.workflow_id == workflow_id, task.c.status == TaskStatus.COMPLETED.value)
        .order_by(task.c.order.desc())
    )
    rows = connection.execute(query).all()
    return next((row for row in rows if row.result_data.get(SIGNAL) == awaited.value), None)


def _was_given(connection: Connection, workflow_id: str, reply: dict[str, Any]) -> bool:
    query = select(task.c.result_data).where(task.c.workflow_id == workflow_id)
    given = [one for result in connection.scalars(query) for one in result.get(REPLIES, ())]
    return any(one["comment"] == reply["comment"] for one in given)
