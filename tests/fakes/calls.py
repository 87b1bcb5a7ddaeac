"""Calls of models, begun in a store as tests need them."""

from collections.abc import Callable

from p2a.domain import AgentType, Lease
from p2a.store.records import Spent
from p2a.store.store import Store


def allow(spent: Spent) -> None:
    """Allow every call."""


def begin_call(
    store: Store,
    lease: Lease,
    task_id: int,
    *,
    cost_usd: float | None = 0.001,
    check: Callable[[Spent], None] = allow,
) -> int:
    """Begin a call of a question of ten tokens."""
    return store.begin_call(
        lease,
        task_id,
        agent=AgentType.PLANNER,
        model="gemini/gemini-3-pro-preview",
        input_tokens=10,
        cost_usd=cost_usd,
        check=check,
    )
