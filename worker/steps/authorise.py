"""Asks GitHub whether the user may do this, before anything else happens."""

from p2a.domain import Task, Workflow, WorkflowKind, WorkflowStatus
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
BUSY = "Workflow {id} does the same already."


def authorise(site: GitHubSite, run: Run, step: Step, task: Task) -> StepResult:
    """Go on for people with write access; tell others so once per issue, then by a reaction.

    A button's stranger is told nothing: there is no word of theirs to answer. Nor is one whose comment is no command. What an older workflow
    does already ends here: there are never two checks of a commit, nor two fixes for one check.

    Raises:
        PermissionUnverified: GitHub did not answer; nothing is done for them then.
    """
    origin = run.workflow.origin
    # A push or a pull request commands nothing, and no model is asked for it.
    is_event = run.workflow.kind is WorkflowKind.CHECK and not origin.is_command
    level = EVENT if is_event else permission(site, origin.user)
    twin = twin_of(site, run) if level in ALLOWED or level == EVENT else None
    if twin is not None:
        said = BUSY.format(id=twin)
        run.log(said, task=step.name)
        return StepResult({"permission": level, "nothing": said}, Signal.NOTHING)
    if level in ALLOWED or level == EVENT:
        return StepResult({"permission": level})
    if origin.is_button or run.workflow.kind is WorkflowKind.REPLY:
        return StepResult({"permission": level}, Signal.REFUSED)
    marker = f"<!-- p2a:refused:{origin.user_id} -->"
    if site.questions.find_comment(origin.number, marker) is None:
        body = Pages().render(REFUSED_TEMPLATE, {"user": origin.user})
        site.perform(PutComment(number=origin.number, marker=marker, body=body))
    site.perform(AddReaction("confused", number=origin.number, comment_id=origin.comment_id))
    return StepResult({"permission": level}, Signal.REFUSED)


def twin_of(site: GitHubSite, run: Run) -> str | None:
    """Return an older workflow that does the same for somebody who may; the order is total."""
    workflow = run.workflow
    for other in run.others():
        is_older = (other.created_at, other.id) < (workflow.created_at, workflow.id)
        if is_older and _does_the_same(other, workflow) and _may(site, other, run):
            return other.id
    return None


def _does_the_same(other: Workflow, workflow: Workflow) -> bool:
    mine, theirs = workflow.origin, other.origin
    if other.kind is not workflow.kind:
        return False
    if workflow.kind is WorkflowKind.CHECK:
        is_same = mine.head_sha is not None and theirs.head_sha == mine.head_sha
        return is_same and not other.status.is_final
    is_same = mine.mended_check is not None and theirs.mended_check == mine.mended_check
    return is_same and other.status not in {WorkflowStatus.FAILED, WorkflowStatus.CANCELLED}


def _may(site: GitHubSite, other: Workflow, run: Run) -> bool:
    theirs = other.origin
    is_event = other.kind is WorkflowKind.CHECK and not theirs.is_command
    if is_event or theirs.user_id == run.workflow.origin.user_id:
        return True
    return permission(site, theirs.user) in ALLOWED


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
