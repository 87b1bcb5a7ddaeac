"""Lets the planner restate the task and name the steps."""

from p2a.domain import Task
from worker.agents import planner as agent
from worker.ask import ask_for
from worker.coordinator import Step
from worker.run import Run, StepResult


def plan(run: Run, step: Step, task: Task) -> StepResult:
    """Ask once and keep the plan."""
    found = ask_for(run, agent.ask(run.brief(), run.prompts), agent.read)
    run.log(f"planned {len(found.steps)} steps", task=step.name)
    return StepResult({"plan": found.model_dump(mode="json")})
