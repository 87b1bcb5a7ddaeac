"""Shows a check as in progress, then prepares: the step `prepare` on GitHub."""

from p2a.domain import Task, WorkflowKind
from worker.check_teller import tell_check
from worker.coordinator import Step
from worker.github_site import GitHubSite
from worker.publish import plan_open_check
from worker.run import Run, StepResult
from worker.steps.prepare import prepare


def begin(site: GitHubSite, run: Run, step: Step, task: Task) -> StepResult:
    """Move the check on, where the commit is known already, and find the files to work on."""
    head = run.workflow.origin.head_sha
    if run.workflow.kind is WorkflowKind.CHECK and head is not None:
        check = plan_open_check(run.workflow, head_sha=head, is_queued=False)
        tell_check(site, run.workflow, check)
    return prepare(run, step, task)
