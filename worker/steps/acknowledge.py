"""Shows that the command arrived: a reaction and the progress comment, or a queued check."""

from p2a.domain import Task, WorkflowKind
from p2a.effects import AddReaction
from worker.check_teller import tell_check
from worker.coordinator import Step
from worker.github_site import GitHubSite
from worker.publish import plan_open_check
from worker.run import Run, StepResult


def acknowledge(site: GitHubSite, run: Run, step: Step, task: Task) -> StepResult:
    """React, then write the first progress comment."""
    workflow = run.workflow
    if workflow.kind is WorkflowKind.CHECK:
        _queue_check(site, run)
    if workflow.origin.comment_id is not None or workflow.kind is not WorkflowKind.CHECK:
        site.perform(
            AddReaction(
                "eyes", number=workflow.origin.number, comment_id=workflow.origin.comment_id
            )
        )
    run.teller.refresh(force=True)
    return StepResult()


def _queue_check(site: GitHubSite, run: Run) -> None:
    """Show the check as queued on the commit that the event named."""
    head = run.workflow.origin.head_sha
    if head is not None:
        check = plan_open_check(run.workflow, head_sha=head, is_queued=True)
        tell_check(site, run.workflow, check)
