"""Lets the reviewer look at the change."""

from dataclasses import replace
from functools import partial

from p2a.domain import LogLevel, Task
from p2a.errors import EditRefused
from worker.agents import reviewer as agent
from worker.ask import ask_for
from worker.cited import with_real_findings
from worker.coordinator import Signal, Step
from worker.outcomes import Verdict
from worker.run import Run, StepResult
from worker.story import FINDINGS_DROPPED
from worker.workspace import Workspace

DROPPED = "{count} findings dropped: they cite lines that are not there"


def review(run: Run, step: Step, task: Task) -> StepResult:
    """Ask once; `revise` sends the change back to the developer."""
    tree = run.tree()
    brief = replace(run.brief(), diff=tree.diff())
    answer = ask_for(run, agent.ask(brief, run.prompts), agent.read)
    found, dropped = with_real_findings(answer, partial(_count_lines, tree.workspace))
    run.log(f"{found.verdict.value}, {len(found.findings)} findings", task=step.name)
    if dropped:
        run.log(DROPPED.format(count=len(dropped)), level=LogLevel.WARNING, task=step.name)
    facts = {
        "review": found.model_dump(mode="json"),
        FINDINGS_DROPPED: [item.model_dump() for item in dropped],
    }
    return StepResult(facts, Signal.REVISE if found.verdict is Verdict.REVISE else Signal.DONE)


def _count_lines(workspace: Workspace, path: str) -> int | None:
    try:
        return len(workspace.read_text(path).splitlines())
    except EditRefused:
        return None
