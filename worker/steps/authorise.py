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
REFUSED_TEMPLATE = "refused.md.j2"


def authorise(site: GitHubSite, run: Run, step: Step, task: Task) -> StepResult:
    """Go on for people with write access; tell others so once per issue, then by a reaction.

    Raises:
        PermissionUnverified: GitHub did not answer; nothing is done for them then.
    """
    origin = run.workflow.origin
    if run.workflow.kind is WorkflowKind.CHECK and origin.comment_id is None:
        # A push or a pull request started it: nobody commanded anything, no model is asked.
        return StepResult({"permission": "event"})
    level = permission(site, origin.user)
    if level in ALLOWED:
        return StepResult({"permission": level})
    marker = f"<!-- p2a:refused:{origin.user_id} -->"
    if site.questions.find_comment(origin.number, marker) is None:
        body = Pages().render(REFUSED_TEMPLATE, {"user": origin.user})
        site.perform(PutComment(number=origin.number, marker=marker, body=body))
    site.perform(AddReaction("confused", number=origin.number, comment_id=origin.comment_id))
    return StepResult({"permission": level}, Signal.REFUSED)


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
