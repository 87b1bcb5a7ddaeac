"""Lets the planner restate the task and name the steps, or ask what it must know first."""

from functools import partial
from typing import Any

from p2a.domain import LogLevel, Task
from worker.agents import planner as agent
from worker.ask import ask_for
from worker.coordinator import Signal, Step
from worker.graphing import CACHE, graph_of
from worker.outcomes import Plan
from worker.records import SymbolRecord
from worker.run import Run, StepResult
from worker.story import QUESTIONS, TOUCHED
from worker.touched import symbols_in

MAX_ROUNDS_OF_QUESTIONS = 2


def plan(run: Run, step: Step, task: Task) -> StepResult:
    """Ask once and keep the plan; questions end the step until a person answered them."""
    may_ask = len(run.story().asked) < MAX_ROUNDS_OF_QUESTIONS
    request = agent.ask(run.brief(), run.prompts, may_ask=may_ask)
    found = ask_for(run, request, partial(agent.read, may_ask=may_ask))
    if found.questions:
        run.log(f"asked {len(found.questions)} questions", task=step.name, level=LogLevel.WARNING)
        return StepResult({QUESTIONS: found.questions}, Signal.ASKED)
    run.log(f"planned {len(found.steps)} steps", task=step.name)
    facts = {"plan": found.model_dump(mode="json"), **_touched(run, found)}
    proposes = run.workflow.origin.wants_approval
    return StepResult(facts, Signal.PROPOSED if proposes else Signal.DONE)


def _touched(run: Run, plan: Plan) -> dict[str, Any]:
    """Return what of the plan's symbols and files the base has: a name that a model made up is none."""
    run.check()
    tree = run.tree()
    found: tuple[SymbolRecord, ...] = ()
    if plan.symbols:
        graph = graph_of(tree.root, cache=run.settings.data_dir / CACHE).graph
        found = symbols_in(graph, plan.symbols)
    known = {item.path for item in found}
    here = set(tree.workspace.paths())
    files = [SymbolRecord(name=path, path=path) for path in plan.files if path in here - known]
    return {TOUCHED: [item.model_dump() for item in (*found, *files)]}
