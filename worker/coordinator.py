"""Which steps of a workflow may be taken now, from what was taken so far; no I/O."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from p2a.domain import AgentType, Awaited, WorkflowKind


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
    REBASE = "rebase"
    QUALITY = "quality"
    GRAPH = "graph"
    ASK = "ask"
    EXAMINE = "examine"
    SUBMIT = "submit"
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
    UNABLE = "unable"
    """The agent could not do its task; the work goes on without it."""
    ASKED = Awaited.ANSWER.value
    """A person must say more before the step can be taken; its result holds the questions."""
    ANSWERED = Awaited.ANSWER.settled
    """They did: the step is taken again with their answers."""
    PROPOSED = Awaited.APPROVAL.value
    """A person must approve the result before others build upon it."""
    APPROVED = Awaited.APPROVAL.settled


class Ending(StrEnum):
    """How a workflow that met no error ends."""

    COMPLETED = "completed"
    NOTHING_TO_DO = "nothing-to-do"
    REFUSED = "refused"
    NEEDS_INFORMATION = "needs-information"
    """It waits for an answer; the workflow goes on with it."""
    AWAITS_APPROVAL = "awaits-approval"
    """It waits for the plan's approval; the workflow goes on with it."""

    @property
    def waits(self) -> bool:
        """Whether it is no end but a wait for a person."""
        return self in {Ending.NEEDS_INFORMATION, Ending.AWAITS_APPROVAL}


@dataclass(frozen=True, slots=True)
class Step:
    """A step to take; a stage may come round again."""

    stage: Stage
    round: int = 1
    because: frozenset[Signal] = frozenset()
    """What sent us here: `REVISE` and `TESTS_FAILED` tell the developer what to mend."""
    after: tuple[Stage, ...] = ()
    """The stages whose newest results this step builds upon."""

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
    Stage.EXAMINE: AgentType.REVIEWER,
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
    Stage.REBASE,
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
ASK = (Stage.AUTHORISE, Stage.ACKNOWLEDGE, Stage.PREPARE, Stage.ASK, Stage.REPORT)
REVIEW = (
    Stage.AUTHORISE,
    Stage.ACKNOWLEDGE,
    Stage.PREPARE,
    Stage.EXAMINE,
    Stage.SUBMIT,
    Stage.REPORT,
)
_WRITTEN = (Stage.REBASE, Stage.QUALITY, Stage.PUBLISH, Stage.REPORT)
TEST = (Stage.AUTHORISE, Stage.ACKNOWLEDGE, Stage.PREPARE, Stage.TESTER, *_WRITTEN)
DOCS = (Stage.AUTHORISE, Stage.ACKNOWLEDGE, Stage.PREPARE, Stage.DOCUMENTER, *_WRITTEN)
ANSWER = (Stage.AUTHORISE, Stage.ANSWER)
CHAINS = {
    WorkflowKind.FIX: FIX,
    WorkflowKind.CHECK: CHECK,
    WorkflowKind.GRAPH: GRAPH,
    WorkflowKind.ASK: ASK,
    WorkflowKind.REVIEW: REVIEW,
    WorkflowKind.TEST: TEST,
    WorkflowKind.DOCS: DOCS,
}
"""The kinds that are work; the others are answered at once."""

SIDE_BY_SIDE = frozenset({Stage.REVIEWER, Stage.TESTER})
"""They look at the same change at the same time; each may send it back to the developer."""
_WAITS = {Signal.ASKED: Ending.NEEDS_INFORMATION, Signal.PROPOSED: Ending.AWAITS_APPROVAL}
_SENDS_BACK = {Stage.REVIEWER: Signal.REVISE, Stage.TESTER: Signal.TESTS_FAILED}

MAX_RETURNS = 1
"""How often each of review and tests may send the change back to the developer."""


def chain_of(kind: WorkflowKind) -> tuple[Stage, ...]:
    """Return the stages of a kind of workflow, each after those that it builds upon."""
    return CHAINS.get(kind, ANSWER)


def without(chain: Sequence[Stage], off: Collection[str]) -> tuple[Stage, ...]:
    """Return a chain without the stages that nobody takes; what is measured is measured always."""
    return tuple(stage for stage in chain if stage.value not in off or stage is Stage.QUALITY)


def may_fail(stage: Stage, chain: Sequence[Stage]) -> bool:
    """Tell whether the work can go on without the agent of a stage, where that one is unable.

    Who looks at a developer's change, or documents it, may be missing; where the chain is that
    agent's alone, nothing would be left.
    """
    return Stage.DEVELOPER in chain and stage in {*SIDE_BY_SIDE, Stage.DOCUMENTER}


def agent_of(stage: Stage) -> AgentType:
    """Return the agent in whose name a stage's task is stored; the coordinator has the rest."""
    return _AGENTS.get(stage, AgentType.COORDINATOR)


def needs(stage: Stage, chain: Sequence[Stage]) -> tuple[Stage, ...]:
    """Return the stages that must be done before this one, in the order of the chain.

    A chain stands for a graph without rings: a stage needs all that stand before it, but those
    that it may be taken beside.
    """
    before = chain[: chain.index(stage)]
    return tuple(one for one in before if not {one, stage} <= SIDE_BY_SIDE)


def next_steps(history: Sequence[Taken], chain: Sequence[Stage] = FIX) -> tuple[Step, ...] | Done:
    """Return the steps that may be taken now, all at the same time, or how the workflow ends.

    Review and tests may each send the change back to the developer once; both are heard first.
    """
    if any(taken.signal is Signal.REFUSED for taken in history):
        return Done(Ending.REFUSED)
    if any(taken.signal is Signal.NOTHING for taken in history):
        told = any(taken.stage is Stage.REPORT for taken in history)
        return Done(Ending.NOTHING_TO_DO) if told else (Step(Stage.REPORT),)
    for signal, ending in _WAITS.items():
        if any(taken.signal is signal for taken in history):
            return Done(ending)
    standing, senders = _standing(history, chain)
    ready = [
        stage for stage in chain if stage not in standing and standing >= set(needs(stage, chain))
    ]
    if not ready:
        return Done(Ending.COMPLETED)
    return tuple(_step(stage, history, chain, senders=senders) for stage in ready)


def _standing(
    history: Sequence[Taken], chain: Sequence[Stage]
) -> tuple[set[Stage], tuple[Taken, ...]]:
    """Return the stages whose results still stand, and what sent the change back last.

    A change that was sent back is made again; then whoever sent it back for a fault looks again,
    and so do the tests while their word still counts. One that mends tests is measured later anyway.
    """
    standing: set[Stage] = set()
    heard: list[Taken] = []
    senders: tuple[Taken, ...] = ()
    returns: Counter[Signal] = Counter()
    for taken in history:
        if taken.signal is Signal.ANSWERED:
            continue
        standing.add(taken.stage)
        if taken.stage is Stage.DEVELOPER:
            heard = []
        if taken.stage not in SIDE_BY_SIDE or Stage.DEVELOPER not in chain:
            continue
        heard.append(taken)
        if not standing >= SIDE_BY_SIDE & set(chain):
            continue
        found = tuple(
            one
            for one in heard
            if one.signal is _SENDS_BACK[one.stage] and returns[one.signal] < MAX_RETURNS
        )
        if found:
            senders = found
            returns.update(one.signal for one in found)
            standing -= {Stage.DEVELOPER, *_looking_again(found)}
    return standing, senders


def _looking_again(senders: Sequence[Taken]) -> set[Stage]:
    sent = {one.stage for one in senders}
    if Stage.REVIEWER not in sent:
        return set()
    return {Stage.REVIEWER} if Stage.TESTER in sent else {Stage.REVIEWER, Stage.TESTER}


def _step(
    stage: Stage, history: Sequence[Taken], chain: Sequence[Stage], *, senders: Sequence[Taken]
) -> Step:
    earlier = sum(taken.stage is stage for taken in history)
    if stage is Stage.DEVELOPER and earlier:
        because = frozenset(one.signal for one in senders)
        after = tuple(one for one in chain if one in {sender.stage for sender in senders})
        return Step(stage, round=earlier + 1, because=because, after=after)
    return Step(stage, round=earlier + 1, after=_parents(stage, chain))


def _parents(stage: Stage, chain: Sequence[Stage]) -> tuple[Stage, ...]:
    """Return the stages right before this one: of those that are needed, the ones no other needs."""
    needed = needs(stage, chain)
    return tuple(one for one in needed if not any(one in needs(other, chain) for other in needed))
