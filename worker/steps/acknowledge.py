"""Shows that the command arrived: a reaction and the progress comment, or a check in progress."""

from p2a.domain import Task, WorkflowKind
from p2a.effects import AddReaction, PutCheck
from worker.coordinator import Step
from worker.github_site import GitHubSite
from worker.publish import CHECK_NAME
from worker.run import Run, StepResult

STARTED_TITLE = "Being checked"
STARTED_SUMMARY = "The change is being measured; this page is filled when that is done."


def acknowledge(site: GitHubSite, run: Run, step: Step, task: Task) -> StepResult:
    """React, then write the first progress comment."""
    workflow = run.workflow
    if workflow.kind is WorkflowKind.CHECK:
        _begin_check(site, run)
    if workflow.origin.comment_id is not None or workflow.kind is not WorkflowKind.CHECK:
        site.perform(
            AddReaction(
                "eyes", number=workflow.origin.number, comment_id=workflow.origin.comment_id
            )
        )
    run.teller.refresh(force=True)
    return StepResult()


def _begin_check(site: GitHubSite, run: Run) -> None:
    """Show the check as in progress on the commit that the event named."""
    head = run.workflow.origin.head_sha
    if head is not None:
        site.perform(
            PutCheck(
                head_sha=head,
                external_id=run.workflow.id,
                name=CHECK_NAME,
                title=STARTED_TITLE,
                summary=STARTED_SUMMARY,
            )
        )
