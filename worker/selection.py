"""Which agent takes which stage: chosen by what it can do, among those that take part; no I/O."""

from collections.abc import Collection, Sequence

from p2a.domain import Agent, AgentType
from p2a.errors import ConfigurationInvalid
from worker.coordinator import Stage, agent_of
from worker.records import TeamRecord

CAPABILITIES = {
    Stage.COORDINATOR: "plan-steps",
    Stage.PLANNER: "plan-change",
    Stage.DEVELOPER: "edit-files",
    Stage.REVIEWER: "find-faults",
    Stage.TESTER: "run-tests",
    Stage.DOCUMENTER: "write-description",
    Stage.QUALITY: "score",
}
"""What an agent must be able to do to take a stage; all other stages are nobody's in particular."""
NEEDED = frozenset({Stage.COORDINATOR, Stage.DEVELOPER})
"""Stages without which there is no change."""
BY_OPERATOR = "the operator of this server"
BY_REPOSITORY = ".p2a.yml of the base"


def choose(
    agents: Sequence[Agent],
    *,
    off_here: Collection[str],
    off_by_repository: Collection[str],
    budget_usd: float | None,
) -> TeamRecord:
    """Return who takes each stage: the stage's own agent where it may, else another that can.

    Args:
        agents: all agents, as the operator has them.
        off_here: names that the operator's settings switch off.
        off_by_repository: names that the repository switches off; nobody else does their work then.
        budget_usd: what the repository lets a workflow's models cost; None says nothing.

    Raises:
        ConfigurationInvalid: nobody is left for a stage without which there is no change.
    """
    active = [one for one in agents if one.is_active and one.type.value.lower() not in off_here]
    chosen: dict[str, str] = {}
    off: dict[str, str] = {}
    for stage, capability in CAPABILITIES.items():
        able = [one.type for one in active if capability in one.capabilities]
        if stage.value in off_by_repository:
            off[stage.value] = BY_REPOSITORY
        elif able:
            chosen[stage.value] = _preferred(able, agent_of(stage)).value
        elif stage in NEEDED:
            raise _nobody(stage, capability)
        else:
            off[stage.value] = BY_OPERATOR
    return TeamRecord(budget_usd=budget_usd, agents=chosen, off=off)


def _preferred(able: Sequence[AgentType], own: AgentType) -> AgentType:
    return own if own in able else able[0]


def _nobody(stage: Stage, capability: str) -> ConfigurationInvalid:
    return ConfigurationInvalid(
        f"no agent can take the part of the {stage.value}",
        why=f"none that takes part has the capability {capability!r}",
        next_step="the operator lets one take part again: P2A_AGENTS_OFF, or `is_active` in the table `agent`",
    )
