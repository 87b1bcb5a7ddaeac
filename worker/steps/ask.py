"""Answers a question about the code, with citations that were held against the tree."""

from p2a.domain import LogLevel, Task
from worker.agents import answerer as agent
from worker.citations import read_citations
from worker.coordinator import Step
from worker.reading import ask_reading
from worker.run import Run, StepResult

DROPPED = "{count} citations cut: they name lines that are not there"


def answer_question(run: Run, step: Step, task: Task) -> StepResult:
    """Let the model read and answer; nothing is changed."""
    request = agent.ask(run.brief(), run.prompts)
    text = ask_reading(run, request, agent.read, name=step.name)
    tree, base = run.tree(), run.story().base or run.trees.resolve()
    repository = run.workflow.origin.repository.full_name
    blob_url = f"{run.settings.github_url}/{repository}/blob/{base.sha}"
    found = read_citations(text, tree.workspace.line_count, blob_url=blob_url)
    run.log(f"answered with {len(found.citations)} citations", task=step.name)
    if found.dropped:
        run.log(DROPPED.format(count=found.dropped), level=LogLevel.WARNING, task=step.name)
    return StepResult({"answer": found.model_dump()})
