"""Lets the documenter bring documents and docstrings in line with the change."""

from dataclasses import replace
from functools import partial

from p2a.domain import Task
from p2a.errors import EditRefused
from worker.agents import documenter as agent
from worker.ask import ask_for
from worker.coordinator import Step
from worker.documenting import find_untrue
from worker.documents import differ_in_docstrings_alone, is_document
from worker.excerpts import documents
from worker.outcomes import FileEdit
from worker.records import changes_to_json
from worker.run import Run, StepResult
from worker.story import CHANGES, REFUSALS
from worker.workspace import Workspace
from worker.written import write_files

NO_DOCUMENT = "the documenter writes documents and docstrings alone"


def document(run: Run, step: Step, task: Task) -> StepResult:
    """Write what the change makes untrue; tools say where that may be."""
    tree = run.tree()
    untrue = find_untrue(run, tree)
    run.log(f"{len(untrue.lines)} places that the change may have made untrue", task=step.name)
    files = documents(tree.workspace, also=untrue.paths)
    brief = replace(run.brief(), diff=tree.diff(), files=files, untrue=untrue.lines)
    docs = ask_for(run, agent.ask(brief, run.prompts), agent.read)
    refused = write_files(
        tree.workspace, docs.edits, refuse=partial(_why_no_document, tree.workspace)
    )
    run.log(f"wrote {len(docs.edits) - len(refused)} documents", task=step.name)
    return StepResult(
        {
            "docs": {"summary": docs.summary, "edits": []},
            CHANGES: changes_to_json(tree.workspace.changes()),
            REFUSALS: [item.model_dump() for item in refused],
        }
    )


def _why_no_document(workspace: Workspace, edit: FileEdit) -> str:
    if is_document(edit.path):
        return ""
    try:
        before = workspace.read_text(edit.path) if edit.path.endswith(".py") else ""
    except EditRefused:
        before = ""
    return "" if before and differ_in_docstrings_alone(before, edit.content) else NO_DOCUMENT
