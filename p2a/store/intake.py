"""Taking commands in: delivery, workflow and outbox in one transaction."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, or_, select, update

from p2a.domain import (
    PAYLOAD_VERSION,
    DeliveryRecord,
    NewWorkflow,
    Workflow,
    WorkflowKind,
    WorkflowStatus,
)
from p2a.record.form import EVENTS
from p2a.store import rows
from p2a.store.database import Database, insert, unknown
from p2a.store.recordings import insert_part
from p2a.store.records import Recorded
from p2a.store.schema import delivery, outbox, workflow

STRANDED_SECONDS = 20
"""How long a delivered but unclaimed workflow may wait before it is delivered again."""


class Intake(Database):
    """What the web door writes and the reconciler reads."""

    def record_delivery(
        self, record: DeliveryRecord, new: NewWorkflow, *, part: bytes | None = None
    ) -> Recorded:
        """Store a delivery and its workflow, or find that they stand there already.

        `part` is the delivery as the first part of the workflow's record. After a return all of it is
        committed. The same command in another delivery is a repeat;
        another command under a GUID already seen is not, because nobody signs the GUID.
        """
        now = self._clock()
        with self._write() as connection:
            connection.execute(
                insert(connection, delivery)
                .values(
                    guid=record.guid,
                    event=record.event,
                    action=record.action,
                    digest=record.digest,
                    received_at=record.received_at,
                    workflow_id=new.id,
                )
                .on_conflict_do_nothing()
            )
            is_new = _insert_workflow(connection, new, now)
            if is_new:
                put_outbox(connection, new.id, now)
            if is_new and part is not None:
                insert_part(connection, new.id, name=EVENTS, content=part, now=now)
        return Recorded(workflow_id=new.id, is_new=is_new)

    def outbox_due(self, *, limit: int = 100) -> list[str]:
        """Return the ids of workflows that the queue was not told of yet, oldest first."""
        query = (
            select(outbox.c.workflow_id)
            .join(workflow)
            .where(
                outbox.c.sent_at.is_(None),
                workflow.c.payload_version <= PAYLOAD_VERSION,
                is_due(self._clock()),
            )
            .order_by(outbox.c.created_at)
            .limit(limit)
        )
        with self._read() as connection:
            return list(connection.scalars(query))

    def outbox_sent(self, workflow_id: str) -> None:
        """Note that the queue was told of the workflow."""
        with self._write() as connection:
            connection.execute(
                update(outbox)
                .where(outbox.c.workflow_id == workflow_id)
                .values(sent_at=self._clock())
            )

    def stranded(self, *, limit: int = 100) -> list[str]:
        """Return the ids of workflows that nobody works on although the queue was told.

        That is: running under an expired lease, or still pending a while after the telling. One
        that was told since its lease expired is given that while as well.
        """
        now = self._clock()
        is_old_telling = outbox.c.sent_at <= now - timedelta(seconds=STRANDED_SECONDS)
        lost = and_(
            workflow.c.status == WorkflowStatus.RUNNING.value,
            workflow.c.lease_expires_at <= now,
            or_(outbox.c.sent_at < workflow.c.lease_expires_at, is_old_telling),
        )
        unclaimed = and_(
            workflow.c.status == WorkflowStatus.PENDING.value, is_old_telling, is_due(now)
        )
        query = (
            select(workflow.c.id)
            .join(outbox)
            .where(or_(lost, unclaimed), workflow.c.payload_version <= PAYLOAD_VERSION)
            .order_by(workflow.c.updated_at)
            .limit(limit)
        )
        with self._read() as connection:
            return list(connection.scalars(query))

    def workflow(self, workflow_id: str) -> Workflow:
        """Return a workflow.

        Raises:
            WorkflowUnknown: there is none with this id.
        """
        with self._read() as connection:
            row = connection.execute(
                select(workflow).where(workflow.c.id == workflow_id)
            ).one_or_none()
        if row is None:
            raise unknown(workflow_id)
        return rows.workflow(row)

    def workflows_of(self, repository_id: int, number: int, *, limit: int = 20) -> list[Workflow]:
        """Return the workflows of an issue or pull request, newest first."""
        query = (
            select(workflow)
            .where(workflow.c.repository_id == repository_id, workflow.c.number == number)
            .order_by(workflow.c.created_at.desc(), workflow.c.id)
            .limit(limit)
        )
        with self._read() as connection:
            return [rows.workflow(row) for row in connection.execute(query)]

    def newest_check(self, repository_id: int, head_sha: str) -> Workflow | None:
        """Return the newest check of a commit whose event named the commit; None where none did."""
        query = (
            select(workflow)
            .where(
                workflow.c.repository_id == repository_id,
                workflow.c.head_sha == head_sha,
                workflow.c.kind == WorkflowKind.CHECK.value,
            )
            .order_by(workflow.c.created_at.desc(), workflow.c.id)
            .limit(1)
        )
        with self._read() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else rows.workflow(row)


def is_due(now: datetime) -> ColumnElement[bool]:
    """Return the condition that a workflow does not wait for a later time; a cancelled one never does."""
    return or_(
        workflow.c.resume_at.is_(None), workflow.c.resume_at <= now, workflow.c.cancel_requested
    )


def put_outbox(connection: Connection, workflow_id: str, now: datetime) -> None:
    """Ask for the workflow to be queued (again)."""
    connection.execute(
        insert(connection, outbox)
        .values(workflow_id=workflow_id, created_at=now, sent_at=None)
        .on_conflict_do_update(
            index_elements=[outbox.c.workflow_id], set_={"created_at": now, "sent_at": None}
        )
    )


def _insert_workflow(connection: Connection, new: NewWorkflow, now: datetime) -> bool:
    statement = (
        insert(connection, workflow)
        .values(
            **rows.origin_values(new),
            status=WorkflowStatus.PENDING.value,
            attempt=0,
            created_at=now,
            updated_at=now,
            result_data={},
            lease_token=0,
            cancel_requested=False,
            payload_version=PAYLOAD_VERSION,
        )
        .on_conflict_do_nothing()
        .returning(workflow.c.id)
    )
    return connection.scalar(statement) is not None
