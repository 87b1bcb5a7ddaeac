"""How a workflow ended, as people are told: exactly one final state with its cause and next step."""

from dataclasses import dataclass

from p2a.domain import CHANGING, WorkflowKind, WorkflowStatus
from p2a.effects import Conclusion
from p2a.errors import DeadlineExceeded, P2AError, WorkflowCancelled
from worker.coordinator import Ending
from worker.destination import Way
from worker.errors import BudgetReached, NotOnForks
from worker.evidence import Evidence, backed
from worker.records import AssessmentRecord, PublishedRecord
from worker.story import Story, open_questions

INTERNAL = "An internal error of p2a ended this. The operator finds it in the worker's log."
RETRY = "`/p2a retry` goes on from the last finished step."
ASKS = "Some questions before anything is planned"
ANSWER = (
    "Answer in a comment of your own here; whoever may write to this repository can. Nothing runs until then, "
    "and `/p2a cancel` ends it."
)
SAY_MORE = (
    "Say more in the issue, then comment `/p2a fix` again: this ran in a job, which cannot wait."
)
PLANNED = "The plan: {title}"
APPROVE = (
    "`/p2a approve` goes on with this very plan, `/p2a plan TEXT` makes another one, `/p2a cancel` ends it. "
    "Nothing runs until then."
)
GO_ON = "`/p2a fix` makes the change: this ran in a job, which cannot wait for `/p2a approve`."

_NOTHING_NEXT = "Say more about what should change: `/p2a TEXT`."
_HEADS = {
    WorkflowKind.CHECK: "The change was checked",
    WorkflowKind.GRAPH: "The code context graph is ready",
    WorkflowKind.ASK: "Answer",
    WorkflowKind.REVIEW: "Reviewed",
}
_DELIVERED = {
    Way.DRAFT: "The draft pull request is ready for review",
    Way.COMMITS: "The change is a commit of this pull request",
    Way.SUGGESTIONS: "The change stands in a review as suggestions",
}
_DRAFT_MADE = "The draft pull request is made"
_VERDICT = "{conclusion}: {reason}"
_NOT_ALL = "{headline}, but not all of it could be analysed"


@dataclass(frozen=True, slots=True)
class Final:
    """A final state: its status, one headline, the cause and what to do next."""

    status: WorkflowStatus
    headline: str
    cause: str = ""
    next_step: str = ""
    reaction: str = "rocket"
    mark: str = ""
    """The sign before the headline, where it is not the status's: of a wait for a person."""
    is_pause: bool = False
    """The budget is reached: nothing went wrong, and a command goes on."""
    is_incomplete: bool = False
    """A file of the change was not analysed, so the scores are no word on all of it."""
    conclusion: Conclusion | None = None
    """How the measuring of a check ended; None for whatever else was done."""


def final_of_ending(
    kind: WorkflowKind,
    ending: Ending,
    *,
    nothing: str = "",
    published: PublishedRecord | None = None,
    assessment: AssessmentRecord | None = None,
) -> Final:
    """Return the final state of a workflow that met no error."""
    if ending is Ending.NOTHING_TO_DO:
        return Final(
            WorkflowStatus.COMPLETED,
            headline="Nothing to do",
            cause=backed(nothing, Evidence()),
            next_step=_NOTHING_NEXT if kind is WorkflowKind.FIX else "",
        )
    if ending is Ending.REFUSED:
        return Final(WorkflowStatus.FAILED, headline="Refused", reaction="confused")
    if kind is WorkflowKind.CHECK and assessment is not None:
        return _checked(assessment)
    headline = _HEADS.get(kind, "Done")
    if kind in CHANGING and published is not None:
        headline = _DELIVERED[Way(published.way)]
    why = published.why if published is not None else ""
    is_incomplete = assessment is not None and assessment.not_analysed_changed > 0
    if is_incomplete:
        made = _DRAFT_MADE if headline == _DELIVERED[Way.DRAFT] else headline
        headline = _NOT_ALL.format(headline=made)
    return Final(
        WorkflowStatus.COMPLETED, headline=headline, cause=why, is_incomplete=is_incomplete
    )


def _checked(assessment: AssessmentRecord) -> Final:
    """Return the final state of a check: its verdict in the words of the check run.

    Whatever is no success says by its reason why; a success says what it does not cover.
    """
    conclusion = Conclusion(assessment.conclusion)
    headline = _VERDICT.format(
        conclusion=conclusion.capitalize(), reason=assessment.conclusion_reason
    )
    is_incomplete = conclusion is Conclusion.SUCCESS and assessment.not_analysed_changed > 0
    if is_incomplete:
        headline = _NOT_ALL.format(headline=headline)
    return Final(
        WorkflowStatus.COMPLETED, headline, is_incomplete=is_incomplete, conclusion=conclusion
    )


def final_of_wait(ending: Ending, story: Story, *, keeps: bool) -> Final:
    """Return the state of a workflow that a person must reply to.

    `keeps` is false where nothing of it is kept, as in a job: who replies begins anew.
    """
    status = WorkflowStatus.WAITING if keeps else WorkflowStatus.COMPLETED
    if ending is Ending.NEEDS_INFORMATION:
        count = len(open_questions(story))
        headline = "A question before anything is planned" if count == 1 else ASKS
        return Final(
            status, headline, next_step=ANSWER if keeps else SAY_MORE, reaction="", mark="❓"
        )
    title = backed(story.route.title, Evidence()) if story.route else ""
    headline = PLANNED.format(title=title)
    return Final(status, headline, next_step=APPROVE if keeps else GO_ON, reaction="", mark="📋")


def final_of_error(error: Exception, *, cancelled_by: str | None = None) -> Final:
    """Return the final state that an error leads to; an unexpected one tells nothing of itself."""
    if isinstance(error, WorkflowCancelled):
        by = f"{cancelled_by} asked for it." if cancelled_by else ""
        return Final(
            WorkflowStatus.CANCELLED, "Cancelled", cause=by, next_step=RETRY, reaction="confused"
        )
    if isinstance(error, BudgetReached):
        return Final(
            WorkflowStatus.FAILED,
            headline=f"Paused: {error.what}",
            cause=_sentence(error.why),
            next_step=_sentence(error.next_step),
            reaction="confused",
            is_pause=True,
        )
    if isinstance(error, DeadlineExceeded):
        headline = "Stopped: the time is used up"
    elif isinstance(error, P2AError):
        headline = f"Failed: {error.what}"
    else:
        return Final(
            WorkflowStatus.FAILED, "Failed", cause=INTERNAL, next_step=RETRY, reaction="confused"
        )
    retry = "" if isinstance(error, NotOnForks) else RETRY
    return Final(
        WorkflowStatus.FAILED,
        headline,
        cause=_sentence(error.why),
        next_step=f"{_sentence(error.next_step)} {retry}".strip(),
        reaction="confused",
    )


def _sentence(text: str) -> str:
    """Return an error's part, which starts in lower case, as a sentence of its own."""
    text = text.strip()
    if not text:
        return ""
    return text[0].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")
