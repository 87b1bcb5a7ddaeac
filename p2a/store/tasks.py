"""The steps of workflows with their checkpoints, and the progress log."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, select, update

from p2a.domain import AgentType, Lease, LogLevel, ProgressEntry, Task, TaskStatus
from p2a.store import rows
from p2a.store.database import Database, insert, lock_workflow
from p2a.store.errors import ValueRefused
from p2a.store.schema import agent, progress_log, task


class Tasks(Database):
    """Tasks and progress entries."""

    def tasks(self, workflow_id: str) -> list[Task]:
        """Return the tasks of a workflow in their order."""
        query = _select_tasks().where(task.c.workflow_id == workflow_id)
        with self._read() as connection:
            found = connection.execute(query.order_by(task.c.order, task.c.id))
            return [rows.task(row) for row in found]

    def start_task(
        self,
        lease: Lease,
        *,
        name: str,
        agent: AgentType,
        description: str,
        order: int,
        depends_on: Sequence[str] = (),
    ) -> Task:
        """Begin a task, or begin it again: its attempt goes up and its checkpoint stays.

        Raises:
            LeaseLost: the lease is not the newest any more.
        """
        now = self._clock()
        begun = {
            "status": TaskStatus.RUNNING.value,
            "error_message": None,
            "completed_at": None,
            "started_at": now,
            "updated_at": now,
        }
        with self._write_with(lease) as connection:
            statement = insert(connection, task).values(
                workflow_id=lease.workflow_id,
                agent_id=_agent_id(agent),
                name=name,
                description=description,
                order=order,
                progress_percentage=0,
                attempt=1,
                depends_on=list(depends_on),
                input_tokens=0,
                output_tokens=0,
                result_data={},
                created_at=now,
                **begun,
            )
            connection.execute(
                statement.on_conflict_do_update(
                    index_elements=[task.c.workflow_id, task.c.name],
                    set_={"attempt": task.c.attempt + 1, **begun},
                )
            )
            return _task_named(connection, lease.workflow_id, name)

    def checkpoint_task(
        self, lease: Lease, task_id: int, *, result: dict[str, Any], progress_percentage: int
    ) -> None:
        """Keep how far a task came; a later worker goes on from `result`.

        Raises:
            LeaseLost: the lease is not the newest any more.
            ValueRefused: the workflow has no such task.
        """
        self._change(
            lease, task_id, {"result_data": result, "progress_percentage": progress_percentage}
        )

    def finish_task(
        self,
        lease: Lease,
        task_id: int,
        status: TaskStatus,
        *,
        result: dict[str, Any],
        error: str | None = None,
    ) -> None:
        """End a task with its result; a completed one is at 100 per cent.

        Raises:
            LeaseLost: the lease is not the newest any more.
            ValueRefused: the workflow has no such task.
        """
        values: dict[str, Any] = {
            "status": status.value,
            "result_data": result,
            "error_message": error,
            "completed_at": self._clock(),
        }
        if status is TaskStatus.COMPLETED:
            values["progress_percentage"] = 100
        self._change(lease, task_id, values)

    def log(
        self,
        workflow_id: str,
        *,
        message: str,
        level: LogLevel = LogLevel.INFO,
        task: str | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> int:
        """Add a line to the progress log and return its id; ids of a workflow only grow.

        Raises:
            WorkflowUnknown: there is none with this id.
        """
        with self._write() as connection:
            # Without the lock a higher id could become visible first, and a reader who asks for
            # what is after it would never see the lower one.
            lock_workflow(connection, workflow_id)
            statement = insert(connection, progress_log).values(
                workflow_id=workflow_id,
                task=task,
                message=message,
                log_level=level.value,
                metadata=metadata or {},
                timestamp=self._clock(),
            )
            return int(connection.execute(statement.returning(progress_log.c.id)).scalar_one())

    def progress(
        self, workflow_id: str, *, after: int = 0, limit: int = 1000
    ) -> list[ProgressEntry]:
        """Return the lines of the progress log with an id above `after`, oldest first."""
        query = (
            select(progress_log)
            .where(progress_log.c.workflow_id == workflow_id, progress_log.c.id > after)
            .order_by(progress_log.c.id)
            .limit(limit)
        )
        with self._read() as connection:
            return [rows.progress_entry(row) for row in connection.execute(query)]

    def _change(self, lease: Lease, task_id: int, values: dict[str, Any]) -> None:
        statement = (
            update(task)
            .where(task.c.id == task_id, task.c.workflow_id == lease.workflow_id)
            .values(updated_at=self._clock(), **values)
            .returning(task.c.id)
        )
        with self._write_with(lease) as connection:
            if connection.scalar(statement) is None:
                raise ValueRefused(
                    f"workflow {lease.workflow_id} has no task {task_id}",
                    next_step="start the task with `start_task` and use the id that it returns",
                )


def _agent_id(kind: AgentType) -> Any:
    return select(agent.c.id).where(agent.c.agent_type == kind.value).scalar_subquery()


def _select_tasks() -> Select[Any]:
    return select(task, agent.c.agent_type).join(agent)


def _task_named(connection: Connection, workflow_id: str, name: str) -> Task:
    query = _select_tasks().where(task.c.workflow_id == workflow_id, task.c.name == name)
    return rows.task(connection.execute(query).one())
