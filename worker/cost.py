"""What a workflow's model calls used, by agent, from its stored tasks; no I/O."""

from collections.abc import Sequence
from dataclasses import dataclass

from p2a.domain import Task


@dataclass(frozen=True, slots=True)
class Cost:
    """Tokens and money of one or more tasks; `usd` None means that a price is not known."""

    name: str
    input_tokens: int
    output_tokens: int
    usd: float | None

    @property
    def money(self) -> str:
        """Return the money as text; what is not known is never shown as nothing."""
        return "price not known" if self.usd is None else f"${self.usd:.4f}"


def by_agent(tasks: Sequence[Task]) -> tuple[Cost, ...]:
    """Return the cost of each agent that asked a model, in the order of their tasks."""
    asked = [task for task in tasks if _asked(task)]
    agents = list(dict.fromkeys(task.agent for task in asked))
    return tuple(
        _sum(agent.value.lower(), [task for task in asked if task.agent is agent])
        for agent in agents
    )


def total(tasks: Sequence[Task]) -> Cost:
    """Return the cost of all tasks together."""
    return _sum("all", [task for task in tasks if _asked(task)])


def _asked(task: Task) -> bool:
    return bool(task.input_tokens or task.output_tokens)


def _sum(name: str, tasks: Sequence[Task]) -> Cost:
    prices = [task.cost_usd for task in tasks]
    known = [price for price in prices if price is not None]
    return Cost(
        name=name,
        input_tokens=sum(task.input_tokens for task in tasks),
        output_tokens=sum(task.output_tokens for task in tasks),
        usd=sum(known) if len(known) == len(prices) else None,
    )
