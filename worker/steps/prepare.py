"""Finds the commit to start from, checks it out, finds the code that the request is about and runs the suite."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from pydantic import TypeAdapter

from ccg.context.pick import CHARACTERS_PER_TOKEN
from ccg.export.counted import counted
from p2a.domain import CHANGING, Agent, LogLevel, Task, Workflow, WorkflowKind
from p2a.errors import ConfigurationInvalid
from p2a.tape import Codec
from quality.team import Team
from worker.code_finder import request_text
from worker.coordinator import Signal, Stage, Step, chain_of
from worker.hidden import Visible, visible
from worker.mending import NOTHING_FOUND, findings_to_mend
from worker.records import BaseRecord, CodeRecord, TeamRecord
from worker.run import Run, StepResult
from worker.selection import choose
from worker.standing_task import task_of
from worker.story import TO_MEND
from worker.suite import record_suite
from worker.work_tree import WorkTree

SHOW_CODE = CHANGING | {WorkflowKind.ASK}
"""The kinds whose agents are shown code that fits the request."""
ASK_MODELS = SHOW_CODE | {WorkflowKind.REVIEW}
"""The kinds in which agents take part."""
COMMANDED = {
    WorkflowKind.REVIEW: Stage.REVIEWER,
    WorkflowKind.TEST: Stage.TESTER,
    WorkflowKind.DOCS: Stage.DOCUMENTER,
}
"""The kinds that are one agent's work."""
OFF = "The {name} took no part: switched off by {by}."
HIDDEN = "{parts} of the {place}'s text, hidden where it is shown on GitHub, {were} not given to the agents."
NO_CODE = "The agents were shown no code that was chosen for the request: {why}"

_AGENTS = TypeAdapter(list[Agent])
AGENTS: Codec[Sequence[Agent]] = Codec(
    lambda found: _AGENTS.dump_python(list(found), mode="json"), _AGENTS.validate_python
)


def prepare(run: Run, step: Step, task: Task) -> StepResult:
    """Record the base before anything is done on it, so that a restart keeps to that commit."""
    known = task.result.get("base")
    base = BaseRecord.model_validate(known) if known else run.trees.resolve()
    facts: dict[str, Any] = {"base": base.model_dump()}
    run.store.checkpoint_task(run.lease, task.id, result=facts, progress_percentage=10)
    to_mend = findings_to_mend(run)
    if to_mend == "":
        return StepResult({**facts, "nothing": NOTHING_FOUND}, Signal.NOTHING)
    tree = run.open_tree(base)
    run.log(f"checked out {base.ref} at {base.sha[:12]}", task=step.name)
    seen = visible(run.workflow.body)
    if run.workflow.kind in ASK_MODELS:
        facts |= _team(run, tree.team(base.settled), name=step.name)
        facts["notes"] += _hidden(run.workflow, seen)
    if run.workflow.kind not in SHOW_CODE:
        return StepResult(facts)
    with ThreadPoolExecutor(1, thread_name_prefix="p2a-finder") as pool:
        code = pool.submit(_find_code, run, tree, f"{seen.text}\n\n{to_mend or ''}")
        baseline = record_suite(run, tree) if run.workflow.kind in CHANGING else None
        found = _tell_code(run, code.result(), name=step.name)
    found["notes"] = [*facts.pop("notes"), *found.get("notes", ())]
    if baseline is None:
        return StepResult({**facts, **found})
    run.log(f"tests before the change: {baseline.line()}", task=step.name)
    task_of_check = {} if to_mend is None else {TO_MEND: to_mend}
    begun = task_of(run.workflow.kind)
    return StepResult(
        {**facts, **task_of_check, **found, **begun, "baseline": baseline.model_dump()}
    )


def _team(run: Run, wanted: Team, *, name: str) -> dict[str, Any]:
    """Decide once who takes part, and tell whom nobody asks."""
    team = choose(
        run.tape.exchange("value", {"name": "agents"}, run.store.agents, AGENTS),
        off_here=run.settings.agents_off,
        off_by_repository=wanted.off,
        budget_usd=wanted.budget_usd,
    )
    _check_commanded(run.workflow, team)
    stages = {stage.value for stage in chain_of(run.workflow.kind)}
    notes = [OFF.format(name=agent, by=by) for agent, by in team.off.items() if agent in stages]
    for note in notes:
        run.log(note, task=name)
    return {"team": team.model_dump(), "notes": notes}


def _check_commanded(workflow: Workflow, team: TeamRecord) -> None:
    """Return when the agent takes part whose work was asked for, where it was one agent's."""
    stage = COMMANDED.get(workflow.kind)
    if workflow.origin.wants_approval:
        stage = Stage.PLANNER
    if stage is not None and stage.value in team.off:
        raise ConfigurationInvalid(
            f"the {stage.value} does not take part here",
            why=f"it is switched off by {team.off[stage.value]}",
            next_step="let it take part there, see docs/configuration.md",
        )


def _hidden(workflow: Workflow, seen: Visible) -> list[str]:
    if not seen.removed:
        return []
    parts = counted(seen.removed, "part")
    place = "pull request" if workflow.origin.is_pull_request else "issue"
    were = "was" if seen.removed == 1 else "were"
    return [HIDDEN.format(parts=parts, place=place, were=were)]


def _find_code(run: Run, tree: WorkTree, body: str) -> CodeRecord:
    """Find what all prompts show, in a process of its own while the tests run."""
    workflow = run.workflow
    request = request_text(title=workflow.title, prompt=workflow.prompt, body=body)
    return run.finder.find(request, tree.root, seconds=run.pulse.seconds_left())


def _tell_code(run: Run, code: CodeRecord, *, name: str) -> dict[str, Any]:
    """Return what is recorded of it; a failure costs the prompts the code and ends nothing."""
    run.check()
    facts: dict[str, Any] = {"code": code.model_dump()}
    if code.reason:
        note = NO_CODE.format(why=code.reason)
        run.log(note, level=LogLevel.WARNING, task=name)
        return {**facts, "notes": [note]}
    characters = sum(len(piece.text) + 1 for piece in code.pieces)
    tokens = characters // CHARACTERS_PER_TOKEN
    run.log(f"code chosen for the prompts: {tokens} tokens", task=name)
    return facts
