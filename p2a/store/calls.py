"""Every call of a model: allowed, counted and spread over all workers in one place."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, case, func, or_, select, text, update

from p2a.domain import AgentType, Lease
from p2a.store import rows
from p2a.store.database import Database, insert
from p2a.store.errors import ValueRefused
from p2a.store.records import ModelCall, Spent
from p2a.store.schema import model_call, model_turn, task, workflow

BEGUN = "begun"
ADVISORY_LOCK = 0x7032612D64620002
"""Our number among PostgreSQL's advisory locks for what is counted before a call."""


class Calls(Database):
    """Calls of models, and the turns in which the workers make them."""

    def begin_call(
        self,
        lease: Lease,
        task_id: int,
        *,
        agent: AgentType,
        model: str,
        input_tokens: int,
        cost_usd: float | None,
        check: Callable[[Spent], None],
    ) -> int:
        """Write down that a call is about to be made, and return its number.

        It counts at once, with what its question will use: also a call whose worker dies was made.
        `check` is told what was used by now and raises to forbid the call; nothing is written then.

        Raises:
            LeaseLost: the lease is not the newest any more.
            ValueRefused: the workflow has no such task.
        """
        now = self._clock()
        with self._write_with(lease) as connection:
            _lock(connection)
            row = connection.execute(
                select(
                    workflow.c.repository_id, workflow.c.user_id, workflow.c.budget_from_call
                ).where(workflow.c.id == lease.workflow_id)
            ).one()
            check(_spent(connection, lease.workflow_id, row, now=now))
            statement = insert(connection, model_call).values(
                workflow_id=lease.workflow_id,
                task_id=task_id,
                repository_id=row.repository_id,
                user_id=row.user_id,
                agent=agent.value,
                model=model,
                outcome=BEGUN,
                input_tokens=input_tokens,
                output_tokens=0,
                cost_usd=cost_usd,
                is_estimated=True,
                begun_at=now,
            )
            return int(connection.execute(statement.returning(model_call.c.id)).scalar_one())

    def end_call(
        self,
        lease: Lease,
        call_id: int,
        *,
        outcome: str,
        input_tokens: int,
        output_tokens: int,
        cost_usd: float | None,
        is_estimated: bool = False,
    ) -> None:
        """Write down what a call used, and add it to its task.

        Raises:
            LeaseLost: the lease is not the newest any more; the call stays as it was begun.
            ValueRefused: the workflow made no such call.
        """
        statement = (
            update(model_call)
            .where(model_call.c.id == call_id, model_call.c.workflow_id == lease.workflow_id)
            .values(
                outcome=outcome,
                input_tokens=input_tokens,
                output_tokens=output_tokens,
                cost_usd=cost_usd,
                is_estimated=is_estimated,
                ended_at=self._clock(),
            )
            .returning(model_call.c.task_id)
        )
        with self._write_with(lease) as connection:
            task_id = connection.scalar(statement)
            if task_id is None:
                raise ValueRefused(
                    f"workflow {lease.workflow_id} made no call {call_id}",
                    next_step="begin the call with `begin_call` and use the number that it returns",
                )
            if input_tokens or output_tokens:
                _add_to_task(
                    connection,
                    task_id,
                    input_tokens=input_tokens,
                    output_tokens=output_tokens,
                    cost_usd=cost_usd,
                )

    def calls(self, workflow_id: str) -> list[ModelCall]:
        """Return the calls of a workflow, step by step, those of a step in their order.

        Of steps side by side it is chance whose call was first.
        """
        query = select(model_call).join(task).where(model_call.c.workflow_id == workflow_id)
        with self._read() as connection:
            found = connection.execute(query.order_by(task.c.order, model_call.c.id))
            return [rows.model_call(row) for row in found]

    def take_turn(self, model: str, *, calls_per_minute: int | None) -> float:
        """Take the next turn of a model and return in how many seconds it comes.

        One token bucket for all workers, which holds a minute's calls: the generic cell rate
        algorithm, ITU-T I.371, annex A. While the model is held, turns come after that.
        """
        now = self._clock()
        minute = timedelta(minutes=1)
        interval = minute / calls_per_minute if calls_per_minute else timedelta(0)
        with self._write() as connection:
            next_at, closed_until = _turn(connection, model, now=now)
            due = max(now, next_at)
            turn = max(now, due - (minute - interval) if interval else now, closed_until)
            _set_turn(connection, model, next_at=max(due, closed_until) + interval)
        return (turn - now).total_seconds()

    def hold_model(self, model: str, *, seconds: float) -> None:
        """Give no turn of a model for so long: its vendor told one of us to wait."""
        now = self._clock()
        with self._write() as connection:
            _, closed_until = _turn(connection, model, now=now)
            until = max(closed_until, now + timedelta(seconds=seconds))
            _set_turn(connection, model, closed_until=until)


def _lock(connection: Connection) -> None:
    """Let one call at a time be counted; on SQLite the transaction itself is the lock."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})


def _spent(connection: Connection, workflow_id: str, row: Any, *, now: datetime) -> Spent:
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    since = model_call.c.id > (row.budget_from_call or 0)
    own, _ = _sum(connection, model_call.c.workflow_id == workflow_id, since)
    today = model_call.c.begun_at >= midnight
    repository = _sum(connection, model_call.c.repository_id == row.repository_id, today)
    actor = _sum(connection, model_call.c.user_id == row.user_id, today)
    return Spent(own, repository[0], actor[0], repository[1], actor[1])


def _sum(connection: Connection, *conditions: Any) -> tuple[float, int]:
    query = select(func.coalesce(func.sum(model_call.c.cost_usd), 0.0), func.count())
    dollars, calls = connection.execute(query.where(*conditions)).one()
    return float(dollars), int(calls)


def _add_to_task(
    connection: Connection,
    task_id: int,
    *,
    input_tokens: int,
    output_tokens: int,
    cost_usd: float | None,
) -> None:
    """Add to what a task used; one unknown cost makes the sum unknown."""
    known = or_(task.c.cost_usd.is_not(None), task.c.input_tokens + task.c.output_tokens == 0)
    cost = None
    if cost_usd is not None:
        cost = case((known, func.coalesce(task.c.cost_usd, 0.0) + cost_usd), else_=None)
    connection.execute(
        update(task)
        .where(task.c.id == task_id)
        .values(
            input_tokens=task.c.input_tokens + input_tokens,
            output_tokens=task.c.output_tokens + output_tokens,
            cost_usd=cost,
        )
    )


def _turn(connection: Connection, model: str, *, now: datetime) -> tuple[datetime, datetime]:
    """Return when the model's next turn is and until when it is held, under a lock."""
    first = insert(connection, model_turn).values(model=model, next_at=now, closed_until=now)
    connection.execute(first.on_conflict_do_nothing())
    row = connection.execute(
        select(model_turn).where(model_turn.c.model == model).with_for_update()
    ).one()
    return row.next_at, row.closed_until


def _set_turn(connection: Connection, model: str, **values: datetime) -> None:
    connection.execute(update(model_turn).where(model_turn.c.model == model).values(**values))
