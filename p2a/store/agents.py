"""The agents as the operator has them: what each can do, and whether it takes part."""

from sqlalchemy import select

from p2a.domain import Agent, AgentType
from p2a.store.database import Database
from p2a.store.schema import agent


class Agents(Database):
    """The table of agents."""

    def agents(self) -> list[Agent]:
        """Return the agents in the order in which they were made."""
        with self._read() as connection:
            rows = connection.execute(select(agent).order_by(agent.c.id)).all()
        return [
            Agent(
                type=AgentType(row.agent_type),
                capabilities=frozenset(row.capabilities),
                is_active=row.is_active,
            )
            for row in rows
        ]
