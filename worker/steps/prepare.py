"""Finds the commit to start from, checks it out and runs the suite before any change."""

from p2a.domain import Task, WorkflowKind
from worker.coordinator import Step
from worker.records import BaseRecord
from worker.run import Run, StepResult
from worker.suite import record_suite


def prepare(run: Run, step: Step, task: Task) -> StepResult:
    """Record the base before anything is done on it, so that a restart keeps to that commit."""
    known = task.result.get("base")
    base = BaseRecord.model_validate(known) if known else run.trees.resolve()
    facts = {"base": base.model_dump()}
    run.store.checkpoint_task(run.lease, task.id, result=facts, progress_percentage=10)
    tree = run.open_tree(base)
    run.log(f"checked out {base.ref} at {base.sha[:12]}", task=step.name)
    if run.workflow.kind is not WorkflowKind.FIX:
        return StepResult(facts)
    baseline = record_suite(run, tree)
    run.log(f"tests before the change: {baseline.line()}", task=step.name)
    return StepResult({**facts, "baseline": baseline.model_dump()})
