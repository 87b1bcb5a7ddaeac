"""What a repository says of the agents that work on it, as its own settings say it; no I/O."""

from dataclasses import dataclass

MAY_BE_OFF = ("planner", "reviewer", "tester", "documenter", "quality")
"""Agents without which a change can still be made, by their names."""


@dataclass(frozen=True, slots=True)
class Team:
    """A budget for a workflow's models, and agents that do not take part."""

    budget_usd: float | None = None
    """Dollars; None says nothing."""
    off: frozenset[str] = frozenset()
