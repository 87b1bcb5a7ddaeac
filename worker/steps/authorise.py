"""Asks GitHub whether the user may do this, before anything else happens."""

from p2a.domain import Task, WorkflowKind
from p2a.effects import AddReaction, PutComment
from p2a.errors import GitHubRateLimited, GitHubUnavailable
from worker.coordinator import Signal, Step
from worker.errors import PermissionUnverified
from worker.github_site import GitHubSite
from worker.pages import Pages
from worker.run import Run, StepResult

ALLOWED = frozenset({"admin", "maintain", "write"})
EVENT = "event"
REFUSED_TEMPLATE = "refused.md.j2"
BUSY = "Workflow {id} is busy with a check of the same commit."


def authorise(site: GitHubSite, run: Run, step: Step, task: Task) -> StepResult:
    """Go on for people with write access; tell others so once per issue, then by a reaction.

    A button's stranger is told nothing: there is no word of theirs to answer. A check of a commit
    that another check is busy with ends here, so that there are never two at once.

    Raises:
        PermissionUnverified: GitHub did not answer; nothing is done for them then.
    """
    origin = run.workflow.origin
    # A push or a pull request commands nothing, and no model is asked for it.
    is_event = run.workflow.kind is WorkflowKind.CHECK and not origin.is_command
    level = EVENT if is_event else permission(site, origin.user)
    busy = busy_check(run) if level in ALLOWED or level == EVENT else None
    if busy is not None:
        said = BUSY.format(id=busy)
        run.log(said, task=step.name)
        return StepResult({"permission": level, "nothing": said}, Signal.NOTHING)
    if level in ALLOWED or level == EVENT:
        return StepResult({"permission": level})
    if origin.is_button:
        return StepResult({"permission": level}, Signal.REFUSED)
    marker = f"<!-- p2a:refused:{origin.user_id} -->"
    if site.questions.find_comment(origin.number, marker) is None:
        body = Pages().render(REFUSED_TEMPLATE, {"user": origin.user})
        site.perform(PutComment(number=origin.number, marker=marker, body=body))
    site.perform(AddReaction("confused", number=origin.number, comment_id=origin.comment_id))
    return StepResult({"permission": level}, Signal.REFUSED)


def busy_check(run: Run) -> str | None:
    """Return an older check of the same commit that has not ended; the order is total."""
    workflow = run.workflow
    origin = workflow.origin
    if workflow.kind is not WorkflowKind.CHECK or origin.head_sha is None:
        return None
    for other in run.store.workflows_of(origin.repository.id, origin.number):
        is_older = (other.created_at, other.id) < (workflow.created_at, workflow.id)
        is_same = other.kind is workflow.kind and other.origin.head_sha == origin.head_sha
        if is_same and is_older and not other.status.is_final:
            return other.id
    return None


def permission(site: GitHubSite, login: str) -> str:
    """Return a user's live permission.

    Raises:
        PermissionUnverified: GitHub did not answer.
    """
    try:
        return site.questions.permission(login)
    except GitHubRateLimited:
        raise
    except GitHubUnavailable as error:
        raise PermissionUnverified(
            f"could not verify what {login} may do, so nothing was done",
            why=str(error),
            next_step="try again when GitHub answers",
        ) from error
