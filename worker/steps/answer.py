"""Answers `help`, `status`, `cancel`, `retry` and `approve` by one comment, and takes replies."""

from collections.abc import Sequence

from p2a.domain import Awaited, Task, Workflow, WorkflowKind, WorkflowStatus
from p2a.effects import AddReaction, PutComment
from worker.coordinator import CHAINS, Step
from worker.github_site import GitHubSite
from worker.going_on import is_refused, told_in_order
from worker.pages import Pages
from worker.records import ReplyRecord
from worker.run import Run, StepResult
from worker.steps.approve import approve
from worker.steps.go_on import go_on
from worker.story import is_proposed

TEMPLATE = "answer.md.j2"

NOTHING_RUNS = "Nothing is running here."
CANCELLING = "Workflow `{id}` is being cancelled. Its comment tells when it has stopped."
ANSWERED = "The answer was handed on."
NO_WORKFLOWS = "Nothing was done here yet."


def answer(site: GitHubSite, run: Run, step: Step, task: Task) -> StepResult:
    """Do what was asked, then say so."""
    workflow = run.workflow
    origin = workflow.origin
    others = [item for item in run.others() if item.kind in CHAINS and item.id != workflow.id]
    said = task.result.get("said") or _act(site, run, others, task)
    # Kept before the comment is written: a restart tells the same and does nothing twice.
    run.store.checkpoint_task(run.lease, task.id, result={"said": said}, progress_percentage=50)
    is_status = workflow.kind is WorkflowKind.STATUS
    if workflow.kind is WorkflowKind.REPLY:
        if said:
            site.perform(AddReaction("eyes", number=origin.number, comment_id=origin.comment_id))
        return StepResult({"said": said})
    body = Pages().render(
        TEMPLATE,
        {
            "said": said,
            "is_help": workflow.kind is WorkflowKind.HELP,
            "workflows": told_in_order(others)[:10] if is_status else (),
            "proposed": _proposed(run, others) if is_status else (),
            "refused": [item.id for item in others if is_refused(item)],
        },
    )
    site.perform(PutComment(number=origin.number, marker=workflow.marker, body=body))
    site.perform(AddReaction("rocket", number=origin.number, comment_id=origin.comment_id))
    return StepResult({"said": said})


def _proposed(run: Run, others: Sequence[Workflow]) -> list[str]:
    """Return the workflows whose plan waits for an approval."""
    waiting = [item.id for item in others if item.status is WorkflowStatus.WAITING]
    if not waiting:
        return []
    return run.tape.exchange(
        "value",
        {"name": "proposed"},
        lambda: [name for name in waiting if is_proposed(run.store.tasks(name))],
    )


def _act(site: GitHubSite, run: Run, others: Sequence[Workflow], task: Task) -> str:
    if run.workflow.kind is WorkflowKind.APPROVE:
        return approve(site.questions, run)
    if run.workflow.kind is WorkflowKind.RETRY:
        return go_on(site.questions, run, others, task)
    return run.tape.exchange("value", {"name": "said"}, lambda: _said(run, others))


def _said(run: Run, others: Sequence[Workflow]) -> str:
    match run.workflow.kind:
        case WorkflowKind.CANCEL:
            return _cancel(run, others)
        case WorkflowKind.REPLY:
            return _reply(run)
        case WorkflowKind.STATUS:
            return "" if others else NO_WORKFLOWS
        case _:
            return run.workflow.prompt


def _reply(run: Run) -> str:
    """Hand a comment to the workflow that asked; where none asks any more it is no reply."""
    origin = run.workflow.origin
    reply = ReplyRecord(by=origin.user, comment=origin.comment_id, text=run.workflow.prompt)
    asking = run.store.waiting_for(origin.repository.id, origin.number, Awaited.ANSWER)
    is_taken = asking is not None and run.store.reply(
        asking, Awaited.ANSWER, reply.model_dump(), notes=()
    )
    return ANSWERED if is_taken else ""


def _cancel(run: Run, others: Sequence[Workflow]) -> str:
    user = run.workflow.origin.user
    active = [item for item in others if not item.status.is_final]
    stopped = [item.id for item in active if run.store.request_cancel(item.id, by=user)]
    return "\n".join(CANCELLING.format(id=name) for name in stopped) or NOTHING_RUNS
