"""Lets the coordinator say what kind of work it is."""

from p2a.domain import Task
from worker.agents import coordinator as agent
from worker.ask import ask_for
from worker.coordinator import Signal, Step
from worker.outcomes import ChangeKind
from worker.run import Run, StepResult


def coordinate(run: Run, step: Step, task: Task) -> StepResult:
    """Ask once; `nothing` ends the workflow with its reason."""
    route = ask_for(run, agent.ask(run.brief(), run.prompts), agent.read)
    facts = {"route": route.model_dump(mode="json")}
    run.log(f"{route.kind.value}: {route.title}", task=step.name)
    if route.kind is ChangeKind.NOTHING:
        return StepResult({**facts, "nothing": route.summary}, Signal.NOTHING)
    return StepResult(facts)
