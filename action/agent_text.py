"""How a command ended, as text for the job's summary and its log; reads only our own templates."""

from collections.abc import Sequence
from datetime import datetime

from p2a.domain import ProgressEntry, Workflow, WorkflowStatus
from p2a.inert import console
from worker.coordinator import Ending
from worker.final import Final, final_of_ending, final_of_wait
from worker.pages import Pages
from worker.progress import Progress, render_progress
from worker.story import Story


def render_summary(workflow: Workflow, story: Story, *, now: datetime) -> str:
    """Return the progress comment's last state as Markdown, and the whole check below it."""
    final = final_of(workflow, story)
    text = render_progress(Progress(workflow, story, now, final=final), Pages())
    return "\n\n".join([text, story.assessment.details]) if story.assessment else text


def final_of(workflow: Workflow, story: Story) -> Final:
    """Return the final state of a stored workflow."""
    ending = workflow.result.get("ending", "")
    if workflow.status is WorkflowStatus.COMPLETED:
        known = Ending(ending) if ending in set(Ending) else Ending.COMPLETED
        if known.waits:
            return final_of_wait(known, story, keeps=False)
        return final_of_ending(
            workflow.kind,
            known,
            nothing=story.nothing,
            published=story.published,
            assessment=story.assessment,
        )
    headline, _, rest = (workflow.error_message or "Not ended").partition(". ")
    is_cancelled = workflow.status is WorkflowStatus.CANCELLED
    status = WorkflowStatus.CANCELLED if is_cancelled else WorkflowStatus.FAILED
    return Final(status, headline, cause=rest)


def render_log(entries: Sequence[ProgressEntry]) -> str:
    """Return the progress log, a line for each entry."""
    return "".join(f"{entry.level:<7} {console(entry.message)}\n" for entry in entries)
