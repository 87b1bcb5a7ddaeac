"""Publishes on GitHub: branch, draft pull request and check run, planned first, then performed."""

from p2a.domain import CHANGING, LogLevel, Task, WorkflowKind
from p2a.errors import GitHubForbidden
from worker.artifact_links import NO_PUBLIC_URL, REPORT_ARTIFACT, artifact_url, links_of
from worker.check_teller import tell_check
from worker.coordinator import Signal, Step
from worker.deliver import deliver
from worker.destination import Way
from worker.github_site import GitHubSite
from worker.pages import Pages
from worker.publish import TAKEN_BACK, Publication, plan_check
from worker.records import PublishedRecord
from worker.report import report_of
from worker.run import Run, StepResult
from worker.steps.authorise import ALLOWED, permission
from worker.steps.quality import put_json
from worker.story import Story


def publish(site: GitHubSite, run: Run, step: Step, task: Task) -> StepResult:
    """Look at the permission once more, then perform the plan; a change that is none is not published.

    Raises:
        GitHubForbidden: the user lost the permission since the command.
        EditRefused: the change holds a secret.
    """
    still_allowed(site, run)
    put_json(run, REPORT_ARTIFACT, report_of(run.workflow, run.story(), run.calls()))
    publication = publication_of(run, run.story())
    pages = Pages()
    if run.workflow.kind in CHANGING and not publication.story.changes:
        return StepResult({"nothing": TAKEN_BACK}, Signal.NOTHING)
    if run.workflow.kind is WorkflowKind.CHECK:
        base = publication.story.base
        record = PublishedRecord(branch="", sha=base.sha if base else "")
    else:
        record = deliver(site, run, publication, pages, name=step.name)
    notes = [] if run.settings.public_url or run.settings.job_url else [NO_PUBLIC_URL]
    if _has_check(run, record):
        record, told = _checked(site, run, publication, record, pages, name=step.name)
        notes += told
    return StepResult({"published": record.model_dump(), "notes": notes})


def _has_check(run: Run, record: PublishedRecord) -> bool:
    """Tell whether the check run is ours to write.

    A commit on a pull request's branch is an event that has the whole pull request checked, but not
    for a job's token; suggestions have no commit.
    """
    if record.way == Way.COMMITS:
        return run.settings.job_url is not None
    return record.way == Way.DRAFT


def _checked(
    site: GitHubSite,
    run: Run,
    publication: Publication,
    record: PublishedRecord,
    pages: Pages,
    *,
    name: str,
) -> tuple[PublishedRecord, list[str]]:
    """Write the check run and return the record with it, and what a reader must know."""
    check = plan_check(publication, pages, head_sha=record.sha)
    assessment = publication.story.assessment
    wished = assessment is not None and assessment.comment
    told = tell_check(site, run.workflow, check, comment=wished)
    conclusion = check.conclusion.value if check.conclusion else ""
    run.log(f"check run: {conclusion}", task=name)
    for note in told.notes:
        run.log(note, level=LogLevel.WARNING, task=name)
    update = {"check_url": told.url, "conclusion": conclusion}
    return record.model_copy(update=update), list(told.notes)


def publication_of(run: Run, story: Story) -> Publication:
    """Return what is to be published of a story."""
    workspace = run.tree().workspace
    return Publication(
        workflow=run.workflow,
        story=story,
        added=frozenset(
            change.path for change in story.changes if workspace.original(change.path) is None
        ),
        lines=run.tree().line_counts(),
        links=links_of(run),
        report_url=artifact_url(run, REPORT_ARTIFACT),
        tree=run.tree().digest(),
    )


def still_allowed(site: GitHubSite, run: Run) -> None:
    """Return when the user may still write here.

    Raises:
        GitHubForbidden: they lost the permission since the command.
    """
    origin = run.workflow.origin
    if run.workflow.kind is WorkflowKind.CHECK and not origin.is_command:
        return
    level = permission(site, origin.user)
    if level not in ALLOWED:
        raise GitHubForbidden(
            f"{origin.user} may not write here any more, so nothing was published",
            why=f"the permission is now {level!r}",
            next_step="ask somebody with write access to give the command",
        )
