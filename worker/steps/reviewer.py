"""Lets the reviewer look at the change."""

from dataclasses import replace

from p2a.domain import Task
from worker.agents import reviewer as agent
from worker.ask import ask_for
from worker.coordinator import Signal, Step
from worker.outcomes import Verdict
from worker.run import Run, StepResult


def review(run: Run, step: Step, task: Task) -> StepResult:
    """Ask once; `revise` sends the change back to the developer."""
    brief = replace(run.brief(), diff=run.tree().diff())
    found = ask_for(run, agent.ask(brief, run.prompts), agent.read)
    run.log(f"{found.verdict.value}, {len(found.findings)} findings", task=step.name)
    signal = Signal.REVISE if found.verdict is Verdict.REVISE else Signal.DONE
    return StepResult({"review": found.model_dump(mode="json")}, signal)
