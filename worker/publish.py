"""What is to be published, planned as a list of effects from stored records; no I/O."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ccg.export.counted import counted
from p2a import inert
from p2a.domain import Workflow, WorkflowKind
from p2a.effects import (
    FIX_ACTION,
    MAX_BODY,
    RERUN_ACTION,
    AddCommit,
    Annotation,
    AnnotationLevel,
    CheckAction,
    Conclusion,
    Effect,
    OpenPull,
    PublishBranch,
    PutCheck,
    PutReview,
    ReviewComment,
)
from p2a.line_count import LineCount
from p2a.secret_forms import redact
from worker.cost import by_agent, total
from worker.evidence import CUT_CLAIM, Evidence, holds_claim
from worker.pages import Pages
from worker.progress import Link
from worker.records import AnnotationRecord, BaseRecord, GraphRecord, SuiteRecord
from worker.story import Story
from worker.suggestions import Split
from worker.timeline import render_gantt, spans_of

CHECK_NAME = "p2a"
QUEUED_TITLE = "Waiting"
STARTED_TITLE = "Being checked"
STARTED_SUMMARY = "The change is being measured; this page is filled when that is done."
FIX = CheckAction("Fix this", "Let p2a mend what this check found", FIX_ACTION)
RERUN = CheckAction("Re-run", "Measure the same commit again", RERUN_ACTION)
PULL_TEMPLATE = "pull.md.j2"
PULL_END_TEMPLATE = "pull_end.md.j2"
SUGGESTIONS_TEMPLATE = "suggestions.md.j2"
SUGGESTION_TEMPLATE = "suggestion.md.j2"
MAX_PATCH = 40_000
"""Characters of a patch in a review; a longer one loses its middle."""
SUGGESTIONS_MARKER = "<!-- p2a:suggestions:{id} -->"
NO_TITLE = "Change by p2a"
TAKEN_BACK = "Nothing is left of the change: every file is as it was before."
CHECK_TEMPLATE = "check.md.j2"
CHECK_TEXT_TEMPLATE = "check_text.md.j2"
PARTIAL_TITLE = "[partial] {title}"
COMMIT_BODY = "Made by p2a for #{number}."
COMMIT_BODY_LOCAL = "Made by p2a."


@dataclass(frozen=True, slots=True)
class Publication:
    """Everything that a publication is made from."""

    workflow: Workflow
    story: Story
    added: frozenset[str] = frozenset()
    """Paths that the base does not have."""
    lines: Mapping[str, LineCount] = field(default_factory=dict)
    """How many lines of each path were added and removed, as git counts them."""
    links: tuple[Link, ...] = ()
    report_url: str | None = None
    partial: str = ""
    """Why the change is not finished; empty for a finished one."""
    branch: str = ""
    """A branch of its own for an unfinished change; empty means the workflow's."""
    tree: str = ""
    """The digest of the tree that is published: what was run on another one shows nothing of it."""


def plan_change(publication: Publication, pages: Pages) -> list[Effect]:
    """Return the branch with one commit and the draft pull request; nothing without changes.

    The branch's name follows from the workflow's id alone, whatever a model or a text proposes.
    """
    workflow, story = publication.workflow, publication.story
    base = _base(story)
    branch = publication.branch or workflow.branch
    title = PARTIAL_TITLE.format(title=_title(story)) if publication.partial else _title(story)
    if not story.changes:
        return []
    return [
        PublishBranch(
            branch=branch,
            base_sha=base.sha,
            message=commit_message(workflow, story),
            changes=story.changes,
        ),
        OpenPull(
            branch=branch,
            base_ref=base.ref,
            title=inert.title(title),
            body=render_pull(publication, pages),
        ),
    ]


def plan_commit(publication: Publication) -> AddCommit:
    """Return the commit on the branch of the pull request that the change was asked for."""
    base = _base(publication.story)
    return AddCommit(
        branch=base.ref,
        parent_sha=base.sha,
        message=commit_message(publication.workflow, publication.story),
        changes=publication.story.changes,
    )


def plan_suggestions(
    publication: Publication, parts: Split, *, patches: Mapping[str, str], why: str, pages: Pages
) -> PutReview:
    """Return the review that offers a change to the author of a fork's pull request.

    Args:
        publication: the change.
        parts: its suggestions, and the files that cannot be suggested.
        patches: the change as a diff, by file.
        why: why it is offered and not made.
        pages: the templates.
    """
    workflow, story = publication.workflow, publication.story

    def text(paths: Sequence[str], *, count: int) -> str:
        rest = "".join(patches.get(path, "") for path in paths)
        values = {
            "story": story,
            "workflow": workflow,
            "why": why,
            "count": count,
            "rest": rest,
            "limit": MAX_PATCH,
            "is_whole": len(rest) <= MAX_PATCH and inert.is_shown_whole(rest),
        }
        return pages.render(SUGGESTIONS_TEMPLATE, values)

    return PutReview(
        number=workflow.origin.number,
        marker=SUGGESTIONS_MARKER.format(id=workflow.id),
        commit_id=_base(story).sha,
        body=text(parts.rest, count=len(parts.suggestions)),
        comments=tuple(
            ReviewComment(
                one.path,
                one.first_line,
                one.last_line,
                pages.render(SUGGESTION_TEMPLATE, {"text": one.text}).rstrip("\n"),
            )
            for one in parts.suggestions
        ),
        body_alone=text([change.path for change in story.changes], count=0),
    )


def commit_message(workflow: Workflow, story: Story) -> str:
    """Return the commit's message: one line by the coordinator, one line of ours."""
    number = workflow.origin.number
    subject = inert.commit_message(_title(story)).splitlines()[0]
    body = COMMIT_BODY.format(number=number) if number else COMMIT_BODY_LOCAL
    return f"{subject}\n\n{body}"


def render_pull(publication: Publication, pages: Pages) -> str:
    """Return the pull request's text within GitHub's limit; each number in it comes from a record.

    What does not fit is cut with a note before the end, which says how to go on.
    """
    story = publication.story
    not_run = SuiteRecord(reason="no record")
    values = {
        "workflow": publication.workflow,
        "story": story,
        "baseline": story.baseline or not_run,
        "suite": story.suite or not_run,
        "added": publication.added,
        "lines": publication.lines,
        "tree": publication.tree,
        "branch": publication.branch or publication.workflow.branch,
        "blast": blast_radius(story.graph) if story.graph else "",
        "links": publication.links,
        "costs": by_agent(story.tasks),
        "timeline": render_gantt(spans_of(story.tasks)),
        "total": total(story.tasks),
        "partial": publication.partial,
        "evidence": Evidence.of(story, tree=publication.tree),
    }
    told = pages.render(PULL_TEMPLATE, values)
    end = pages.render(PULL_END_TEMPLATE, {**values, "cut": told.count(CUT_CLAIM)})
    return f"{inert.fit(told, MAX_BODY - len(end) - 1)}\n{end}"


def plan_check(publication: Publication, pages: Pages, *, head_sha: str) -> PutCheck:
    """Return the completed check run on a commit."""
    story = publication.story
    conclusion = conclude(story)
    assessment = story.assessment
    values = {
        "story": story,
        "workflow": publication.workflow,
        "blast": blast_radius(story.graph) if story.graph else "",
        "links": publication.links,
    }
    return PutCheck(
        head_sha=head_sha,
        external_id=publication.workflow.id,
        name=CHECK_NAME,
        title=check_title(story),
        summary=pages.render(CHECK_TEMPLATE, values),
        text=pages.render(CHECK_TEXT_TEMPLATE, values) if assessment else "",
        conclusion=conclusion,
        annotations=_annotations(assessment.annotations if assessment else ()),
        annotations_left_out=assessment.annotations_left_out if assessment else 0,
        actions=check_actions(publication),
        details_url=publication.report_url,
    )


def check_actions(publication: Publication) -> tuple[CheckAction, ...]:
    """Return the buttons of an ended check: findings in a branch of our own can be mended."""
    story = publication.story
    found = bool(story.assessment and story.assessment.annotations)
    is_checked = publication.workflow.kind is WorkflowKind.CHECK
    is_ours = story.base is not None and not story.base.is_fork
    return (FIX, RERUN) if found and is_checked and is_ours else (RERUN,)


def plan_open_check(workflow: Workflow, *, head_sha: str, is_queued: bool) -> PutCheck:
    """Return the check run of a workflow that has not ended."""
    return PutCheck(
        head_sha=head_sha,
        external_id=workflow.id,
        name=CHECK_NAME,
        title=QUEUED_TITLE if is_queued else STARTED_TITLE,
        summary=STARTED_SUMMARY,
        is_queued=is_queued,
    )


def plan_failed_check(workflow: Workflow, *, head_sha: str, why: str, cancelled: bool) -> PutCheck:
    """Return the check run of a workflow that did not measure: never a success."""
    return PutCheck(
        head_sha=head_sha,
        external_id=workflow.id,
        name=CHECK_NAME,
        title="Cancelled" if cancelled else "Not measured",
        summary=inert.prose(why) or "No reason was recorded.",
        conclusion=Conclusion.CANCELLED if cancelled else Conclusion.NEUTRAL,
        actions=(RERUN,),
    )


def blast_radius(graph: GraphRecord) -> str:
    """Return one line on what a change can affect."""
    places = counted(
        graph.changed, "module, class or function", plural="modules, classes and functions"
    )
    affected = f"{graph.affected} more" if graph.affected else "nothing else"
    return f"Changed: {places}. Can be affected: {affected}. Tests that reach them: {graph.tests}."


def conclude(story: Story) -> Conclusion:
    """Return the conclusion that was measured; what was not measured is no success."""
    if story.assessment is None:
        return Conclusion.NEUTRAL
    return Conclusion(story.assessment.conclusion)


def check_title(story: Story) -> str:
    """Return one line: the overall score, by how much the change moved it, and the tests."""
    overall = story.assessment.overall if story.assessment else None
    delta = story.assessment.delta if story.assessment else None
    score = "Overall not measured" if overall is None else f"Overall {overall:.1f} of 100"
    moved = f" ({delta:+.1f})" if delta else ""
    return f"{score}{moved}; tests: {story.suite.line() if story.suite else 'not run'}"


def _title(story: Story) -> str:
    """Return the coordinator's title without secrets; one that claims a run is none."""
    title = redact(story.route.title) if story.route else ""
    return NO_TITLE if not title or holds_claim(title, Evidence()) else title


def _base(story: Story) -> BaseRecord:
    if story.base is None:
        raise ValueError("the workflow was not prepared")
    return story.base


def _annotations(records: Sequence[AnnotationRecord]) -> tuple[Annotation, ...]:
    return tuple(
        Annotation(
            path=record.path,
            start_line=record.start_line,
            end_line=record.end_line,
            level=AnnotationLevel(record.level),
            message=record.message,
            title=record.title,
        )
        for record in records
    )
