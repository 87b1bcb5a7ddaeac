"""Lets the documenter bring the documents in line with the change."""

from dataclasses import replace

from p2a.domain import Task
from worker.agents import documenter as agent
from worker.ask import ask_for
from worker.coordinator import Step
from worker.excerpts import documents
from worker.records import changes_to_json
from worker.run import Run, StepResult
from worker.story import CHANGES, REFUSALS
from worker.written import write_files


def document(run: Run, step: Step, task: Task) -> StepResult:
    """Write the documents that the change makes untrue."""
    tree = run.tree()
    brief = replace(run.brief(), diff=tree.diff(), files=documents(tree.workspace))
    docs = ask_for(run, agent.ask(brief, run.prompts), agent.read)
    refused = write_files(tree.workspace, docs.edits, refuse=lambda edit: "")
    run.log(f"wrote {len(docs.edits) - len(refused)} documents", task=step.name)
    return StepResult(
        {
            "docs": {"summary": docs.summary, "edits": []},
            CHANGES: changes_to_json(tree.workspace.changes()),
            REFUSALS: [item.model_dump() for item in refused],
        }
    )
