"""Tells how a check stands: the check run, or a commit status where GitHub takes none, and the comment."""

from dataclasses import dataclass

from p2a import inert
from p2a.domain import Workflow, WorkflowKind
from p2a.effects import Conclusion, PutCheck, PutComment, PutStatus, StatusState
from p2a.errors import GitHubForbidden
from worker.github_site import GitHubSite

STATUS_CONTEXT = "p2a/quality"
COMMENT_MARKER = "<!-- p2a:quality -->"
"""One comment of a pull request carries it, whichever workflow wrote the comment last."""
NOT_WRITTEN = "{what} could not be written: {why} What next: {next_step}."
_STATES = {
    None: StatusState.PENDING,
    Conclusion.SUCCESS: StatusState.SUCCESS,
    Conclusion.FAILURE: StatusState.FAILURE,
    # A status has no word for "not measured"; to call it a success would be a false one.
    Conclusion.NEUTRAL: StatusState.ERROR,
    Conclusion.CANCELLED: StatusState.ERROR,
    Conclusion.SKIPPED: StatusState.ERROR,
}


@dataclass(frozen=True, slots=True)
class CheckTold:
    """Where the check is shown, and what could not be written for want of a permission."""

    url: str = ""
    notes: tuple[str, ...] = ()


def tell_check(
    site: GitHubSite, workflow: Workflow, check: PutCheck, *, comment: bool = False
) -> CheckTold:
    """Write the check run; without the permission for it a status and a comment say the same.

    Args:
        site: GitHub.
        workflow: whose check it is.
        check: how it stands.
        comment: whether its end is told in the pull request's one comment as well.

    Raises:
        GitHubError: GitHub could not be reached or refused it for another reason.
    """
    told = _put(site, check)
    return _with_comment(site, workflow, check, told, wanted=comment or bool(told.notes))


def status_of(check: PutCheck) -> PutStatus:
    """Return the status that says in one line what the check run would."""
    return PutStatus(
        sha=check.head_sha,
        context=STATUS_CONTEXT,
        state=_STATES[check.conclusion],
        description=check.title,
        target_url=check.details_url,
    )


def comment_of(workflow: Workflow, check: PutCheck, notes: tuple[str, ...]) -> PutComment:
    """Return the comment with the numbers of the check run."""
    said = [check.summary, *(f"> {inert.line(note)}" for note in notes)]
    sha = f"<sub>commit {inert.code_span(check.head_sha[:12])}</sub>"
    return PutComment(
        number=workflow.origin.number,
        marker=COMMENT_MARKER,
        body="\n\n".join([*said, sha]),
        is_shared=True,
    )


def _put(site: GitHubSite, check: PutCheck) -> CheckTold:
    try:
        return CheckTold(site.perform(check).url)
    except GitHubForbidden as error:
        notes = [_note("The check run", error)]
    try:
        site.perform(status_of(check))
    except GitHubForbidden as error:
        notes.append(_note("The commit status", error))
    return CheckTold(notes=tuple(notes))


def _with_comment(
    site: GitHubSite, workflow: Workflow, check: PutCheck, told: CheckTold, *, wanted: bool
) -> CheckTold:
    """Write the comment of a check that has ended, unless a newer commit will have its own."""
    origin = workflow.origin
    is_ended = check.conclusion is not None and workflow.kind is WorkflowKind.CHECK
    if not (wanted and is_ended and origin.is_pull_request):
        return told
    if site.questions.pull(origin.number).head_sha != check.head_sha:
        return told
    try:
        site.perform(comment_of(workflow, check, told.notes))
    except GitHubForbidden as error:
        return CheckTold(told.url, (*told.notes, _note("The comment", error)))
    return told


def _note(what: str, error: GitHubForbidden) -> str:
    return NOT_WRITTEN.format(what=what, why=error.why, next_step=error.next_step)
