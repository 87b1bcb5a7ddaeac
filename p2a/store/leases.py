"""Who works on a workflow, and how it ends: claims with a fencing token."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Update, and_, case, func, literal, or_, select, update

from p2a.domain import PAYLOAD_VERSION, Lease, TaskStatus, WorkflowStatus
from p2a.store.database import Database, lock_workflow, set_workflow, unknown
from p2a.store.intake import is_due, put_outbox
from p2a.store.schema import model_call, task, workflow

_NO_LEASE: dict[str, Any] = {"lease_owner": None, "lease_expires_at": None}
_OPEN = (WorkflowStatus.PENDING.value, WorkflowStatus.RUNNING.value)
_REOPENABLE = (WorkflowStatus.FAILED.value, WorkflowStatus.CANCELLED.value)
_TASK_END = {
    WorkflowStatus.FAILED: TaskStatus.FAILED,
    WorkflowStatus.CANCELLED: TaskStatus.CANCELLED,
}


class Leases(Database):
    """Claims, their renewal, and the ends of workflows."""

    def claim(self, workflow_id: str, *, owner: str, seconds: float) -> Lease | None:
        """Take the right to work on a workflow for some seconds.

        Only a pending workflow, or a running one whose lease expired, can be taken; each claim
        counts as an attempt. Returns None where another has it, it is over, it does not exist,
        it waits for a later time, or it was stored by a newer version of this program.
        """
        now = self._clock()
        pending = workflow.c.status == WorkflowStatus.PENDING.value
        lost = and_(
            workflow.c.status == WorkflowStatus.RUNNING.value, workflow.c.lease_expires_at <= now
        )
        statement = (
            update(workflow)
            .where(
                workflow.c.id == workflow_id,
                workflow.c.payload_version <= PAYLOAD_VERSION,
                or_(pending, lost),
                is_due(now),
            )
            .values(
                status=WorkflowStatus.RUNNING.value,
                attempt=workflow.c.attempt + 1,
                lease_owner=owner,
                lease_token=workflow.c.lease_token + 1,
                lease_expires_at=now + timedelta(seconds=seconds),
                resume_at=None,
                started_at=func.coalesce(
                    workflow.c.started_at, literal(now, workflow.c.started_at.type)
                ),
                updated_at=now,
            )
            .returning(workflow.c.lease_token)
        )
        with self._write() as connection:
            token = connection.scalar(statement)
        return None if token is None else Lease(workflow_id, owner, token)

    def renew(self, lease: Lease, *, seconds: float) -> None:
        """Keep the lease for some more seconds from now.

        Raises:
            LeaseLost: it is not the newest any more.
        """
        with self._write_with(lease) as connection:
            until = self._clock() + timedelta(seconds=seconds)
            set_workflow(connection, lease.workflow_id, lease_expires_at=until)

    def release(
        self,
        lease: Lease,
        *,
        counts: bool = True,
        untold: str | None = None,
        until: datetime | None = None,
    ) -> None:
        """Give the workflow back to be done by another; tasks keep their checkpoints.

        `counts=False` takes the attempt back: for a worker that stops in the middle of good work.
        `untold` is the end that could not be told: who claims next has nothing but that to do.
        `until` keeps it from being claimed before that time, unless it is cancelled meanwhile; its
        own time begins anew then.

        Raises:
            LeaseLost: the lease is not the newest any more.
        """
        now = self._clock()
        waits: dict[str, Any] = {} if until is None else {"resume_at": until, "started_at": None}
        with self._write_with(lease) as connection:
            set_workflow(
                connection,
                lease.workflow_id,
                status=WorkflowStatus.PENDING.value,
                attempt=workflow.c.attempt - (0 if counts else 1),
                error_message=workflow.c.error_message if untold is None else untold,
                updated_at=now,
                **waits,
                **_NO_LEASE,
            )
            put_outbox(connection, lease.workflow_id, now)

    def finish(
        self,
        lease: Lease,
        status: WorkflowStatus,
        *,
        result: dict[str, Any],
        error: str | None = None,
    ) -> None:
        """End the workflow; unfinished tasks of a failed or cancelled one end like it.

        Raises:
            LeaseLost: the lease is not the newest any more.
            ValueError: the status is not a final one.
        """
        if not status.is_final:
            raise ValueError(f"a workflow cannot finish as {status}")
        now = self._clock()
        with self._write_with(lease) as connection:
            set_workflow(
                connection,
                lease.workflow_id,
                status=status.value,
                result_data=result,
                error_message=error,
                completed_at=now,
                updated_at=now,
                **_NO_LEASE,
            )
            if status in _TASK_END:
                connection.execute(_end_tasks(lease.workflow_id, _TASK_END[status], now=now))

    def fail_abandoned(self, workflow_id: str, error: str) -> bool:
        """Fail a workflow that nobody holds; False where somebody does or it is over.

        The token moves on, so a worker that was only slow cannot write any more.
        """
        now = self._clock()
        unheld = or_(
            workflow.c.status == WorkflowStatus.PENDING.value, workflow.c.lease_expires_at <= now
        )
        statement = (
            update(workflow)
            .where(workflow.c.id == workflow_id, workflow.c.status.in_(_OPEN), unheld)
            .values(
                status=WorkflowStatus.FAILED.value,
                lease_token=workflow.c.lease_token + 1,
                error_message=error,
                completed_at=now,
                updated_at=now,
                **_NO_LEASE,
            )
            .returning(workflow.c.id)
        )
        with self._write() as connection:
            failed = connection.scalar(statement) is not None
            if failed:
                connection.execute(_end_tasks(workflow_id, TaskStatus.FAILED, now=now))
        return failed

    def reopen(self, workflow_id: str, *, budget_usd: float | None = None) -> bool:
        """Make a failed or cancelled workflow pending again; False where it is in another state.

        Attempts, time and budget start from 0; completed tasks stay, failed and cancelled ones are
        open again. `budget_usd` replaces the workflow's budget.

        Raises:
            WorkflowUnknown: there is none with this id.
        """
        now = self._clock()
        statement = (
            update(workflow)
            .where(workflow.c.id == workflow_id, workflow.c.status.in_(_REOPENABLE))
            .values(
                status=WorkflowStatus.PENDING.value,
                attempt=0,
                cancel_requested=False,
                cancelled_by=None,
                error_message=None,
                started_at=None,
                completed_at=None,
                resume_at=None,
                budget_usd=workflow.c.budget_usd if budget_usd is None else budget_usd,
                budget_from_call=_last_call(workflow_id),
                updated_at=now,
            )
            .returning(workflow.c.id)
        )
        with self._write() as connection:
            lock_workflow(connection, workflow_id)
            if connection.scalar(statement) is None:
                return False
            connection.execute(_reopen_tasks(workflow_id, now=now))
            put_outbox(connection, workflow_id, now)
        return True

    def request_cancel(self, workflow_id: str, *, by: str) -> bool:
        """Ask for the end of a workflow; False where it is over already.

        Whoever works on it ends it; one that still waits is told of again, claimed and then ended,
        so that its end is told on GitHub like any other.

        Raises:
            WorkflowUnknown: there is none with this id.
        """
        now = self._clock()
        waiting = WorkflowStatus.WAITING.value
        now_open = case(
            (workflow.c.status == waiting, WorkflowStatus.PENDING.value), else_=workflow.c.status
        )
        statement = (
            update(workflow)
            .where(workflow.c.id == workflow_id, workflow.c.status.in_((*_OPEN, waiting)))
            .values(status=now_open, cancel_requested=True, cancelled_by=by, updated_at=now)
            .returning(workflow.c.status)
        )
        with self._write() as connection:
            lock_workflow(connection, workflow_id)
            status = connection.scalar(statement)
            if status == WorkflowStatus.PENDING.value:
                put_outbox(connection, workflow_id, now)
            return status is not None

    def cancel_requested(self, workflow_id: str) -> bool:
        """Tell whether somebody asked for the end of the workflow.

        Raises:
            WorkflowUnknown: there is none with this id.
        """
        return bool(self._value(workflow_id, workflow.c.cancel_requested))

    def turn(self, workflow_id: str) -> int:
        """Return how often the workflow was claimed or taken away; it never goes down.

        Raises:
            WorkflowUnknown: there is none with this id.
        """
        return int(self._value(workflow_id, workflow.c.lease_token))

    def _value(self, workflow_id: str, column: Any) -> Any:
        with self._read() as connection:
            value = connection.scalar(select(column).where(workflow.c.id == workflow_id))
        if value is None:
            raise unknown(workflow_id)
        return value


def _last_call(workflow_id: str) -> Any:
    query = select(func.max(model_call.c.id)).where(model_call.c.workflow_id == workflow_id)
    return query.scalar_subquery()


def _end_tasks(workflow_id: str, status: TaskStatus, *, now: datetime) -> Update:
    open_tasks = (TaskStatus.PENDING.value, TaskStatus.RUNNING.value)
    return (
        update(task)
        .where(task.c.workflow_id == workflow_id, task.c.status.in_(open_tasks))
        .values(status=status.value, completed_at=now, updated_at=now)
    )


def _reopen_tasks(workflow_id: str, *, now: datetime) -> Update:
    ended_badly = (TaskStatus.FAILED.value, TaskStatus.CANCELLED.value)
    return (
        update(task)
        .where(task.c.workflow_id == workflow_id, task.c.status.in_(ended_badly))
        .values(
            status=TaskStatus.PENDING.value,
            attempt=0,
            error_message=None,
            completed_at=None,
            updated_at=now,
        )
    )
