"""Which step of a workflow comes next, from what was taken so far; no I/O."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from p2a.domain import AgentType, WorkflowKind


class Stage(StrEnum):
    """A kind of step; the value names its task."""

    AUTHORISE = "authorise"
    ACKNOWLEDGE = "acknowledge"
    PREPARE = "prepare"
    COORDINATOR = "coordinator"
    PLANNER = "planner"
    DEVELOPER = "developer"
    REVIEWER = "reviewer"
    TESTER = "tester"
    DOCUMENTER = "documenter"
    QUALITY = "quality"
    GRAPH = "graph"
    PUBLISH = "publish"
    ANSWER = "answer"
    REPORT = "report"
    LANDING = "landing"
    """Keeps what was done when the models cannot be asked any more; no step of a chain."""


class Signal(StrEnum):
    """What of a step's result decides the way on."""

    DONE = "done"
    REFUSED = "refused"
    """The user may not do this; nothing more happens."""
    NOTHING = "nothing"
    """There is nothing to change."""
    REVISE = "revise"
    TESTS_FAILED = "tests-failed"


class Ending(StrEnum):
    """How a workflow that met no error ends."""

    COMPLETED = "completed"
    NOTHING_TO_DO = "nothing-to-do"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Step:
    """A step to take; a stage may come round again."""

    stage: Stage
    round: int = 1
    because: Signal = Signal.DONE
    """What sent us here: `REVISE` and `TESTS_FAILED` tell the developer what to mend."""

    @property
    def name(self) -> str:
        """Return the name of the step's task, unique within a workflow."""
        return self.stage.value if self.round == 1 else f"{self.stage.value}-{self.round}"


@dataclass(frozen=True, slots=True)
class Taken:
    """A step that was completed, and its signal."""

    stage: Stage
    signal: Signal = Signal.DONE


@dataclass(frozen=True, slots=True)
class Done:
    """There is no further step."""

    ending: Ending


_AGENTS = {
    Stage.PLANNER: AgentType.PLANNER,
    Stage.DEVELOPER: AgentType.DEVELOPER,
    Stage.REVIEWER: AgentType.REVIEWER,
    Stage.TESTER: AgentType.TESTER,
    Stage.DOCUMENTER: AgentType.DOCUMENTER,
    Stage.QUALITY: AgentType.QUALITY,
}

FIX = (
    Stage.AUTHORISE,
    Stage.ACKNOWLEDGE,
    Stage.PREPARE,
    Stage.COORDINATOR,
    Stage.PLANNER,
    Stage.DEVELOPER,
    Stage.REVIEWER,
    Stage.TESTER,
    Stage.DOCUMENTER,
    Stage.QUALITY,
    Stage.PUBLISH,
    Stage.REPORT,
)
LOCAL = FIX[2:]
"""The same chain on a local repository: nobody to ask, nothing to acknowledge."""
CHECK = (
    Stage.AUTHORISE,
    Stage.ACKNOWLEDGE,
    Stage.PREPARE,
    Stage.QUALITY,
    Stage.PUBLISH,
    Stage.REPORT,
)
GRAPH = (Stage.AUTHORISE, Stage.ACKNOWLEDGE, Stage.PREPARE, Stage.GRAPH, Stage.REPORT)
ANSWER = (Stage.AUTHORISE, Stage.ANSWER)

MAX_RETURNS = 1
"""How often each of review and tests may send the change back to the developer."""


def chain_of(kind: WorkflowKind) -> tuple[Stage, ...]:
    """Return the stages of a kind of workflow in their order."""
    chains = {WorkflowKind.FIX: FIX, WorkflowKind.CHECK: CHECK, WorkflowKind.GRAPH: GRAPH}
    return chains.get(kind, ANSWER)


def agent_of(stage: Stage) -> AgentType:
    """Return the agent in whose name a stage's task is stored; the coordinator has the rest."""
    return _AGENTS.get(stage, AgentType.COORDINATOR)


def next_step(history: Sequence[Taken], chain: Sequence[Stage] = FIX) -> Step | Done:
    """Return the step after those taken, or how the workflow ends.

    Review and tests may each send the change back to the developer once.
    """
    if not history:
        return Step(chain[0])
    last = history[-1]
    if last.signal is Signal.REFUSED:
        return Done(Ending.REFUSED)
    if last.signal is Signal.NOTHING:
        return Step(Stage.REPORT)
    if last.signal in {Signal.REVISE, Signal.TESTS_FAILED} and _may_return(history):
        return _again(Stage.DEVELOPER, history, because=last.signal)
    if last.stage is Stage.DEVELOPER:
        return _after_developer(history, chain)
    return _following(last.stage, history, chain)


def _may_return(history: Sequence[Taken]) -> bool:
    signal = history[-1].signal
    return sum(taken.signal is signal for taken in history) <= MAX_RETURNS


def _after_developer(history: Sequence[Taken], chain: Sequence[Stage]) -> Step | Done:
    """A revised change is reviewed again; one that mends tests is measured later anyway."""
    sender = history[-2] if len(history) > 1 else history[-1]
    if sender.stage is Stage.REVIEWER:
        return _again(Stage.REVIEWER, history)
    if sender.stage is Stage.TESTER:
        return _following(Stage.TESTER, history, chain)
    return _following(Stage.DEVELOPER, history, chain)


def _following(stage: Stage, history: Sequence[Taken], chain: Sequence[Stage]) -> Step | Done:
    place = chain.index(stage) + 1
    if place < len(chain):
        return Step(chain[place])
    nothing = any(taken.signal is Signal.NOTHING for taken in history)
    return Done(Ending.NOTHING_TO_DO if nothing else Ending.COMPLETED)


def _again(stage: Stage, history: Sequence[Taken], *, because: Signal = Signal.DONE) -> Step:
    earlier = sum(taken.stage is stage for taken in history)
    return Step(stage, round=earlier + 1, because=because)
