"""The progress comment, rendered from the stored tasks; no I/O but reading our own templates."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from p2a.domain import Task, TaskStatus, Workflow, WorkflowKind, WorkflowStatus
from quality.render.wording import icon_of
from worker.coordinator import Signal, chain_of, without
from worker.cost import total
from worker.evidence import Evidence
from worker.final import Final
from worker.pages import Pages
from worker.step_label import label_of
from worker.story import SIGNAL, Story, open_questions, stage_of

TEMPLATE = "progress.md.j2"

_HEADS = {
    WorkflowStatus.COMPLETED: "✅",
    WorkflowStatus.FAILED: "❌",
    WorkflowStatus.CANCELLED: "🚫",
}
INCOMPLETE = "⚠️"
UNABLE = "- [ ] ⚠️"
"""An agent could not do its task, and the work went on without it."""
_SIGNS = {
    TaskStatus.COMPLETED: "- [x]",
    TaskStatus.RUNNING: "- [ ] ⏳",
    TaskStatus.FAILED: "- [ ] ❌",
    TaskStatus.CANCELLED: "- [ ] 🚫",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the checklist."""

    sign: str
    label: str
    seconds: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A link that a text ends with."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Progress:
    """What the comment is about at one moment."""

    workflow: Workflow
    story: Story
    now: datetime
    final: Final | None = None
    links: tuple[Link, ...] = field(default=())
    pause: str = ""
    """Why nothing happens just now, and when it goes on."""


def render_progress(progress: Progress, pages: Pages) -> str:
    """Return the comment's text."""
    workflow, final, story = progress.workflow, progress.final, progress.story
    started = workflow.started_at or workflow.created_at
    values = {
        "workflow": workflow,
        "story": story,
        "final": final,
        "head": _head(final),
        "questions": open_questions(story),
        "pause": progress.pause,
        "rows": _rows(progress),
        "elapsed": shown_seconds((progress.now - started).total_seconds()),
        "cost": total(story.tasks),
        "links": progress.links,
        "evidence": Evidence.of(story, tree=story.published.tree if story.published else ""),
    }
    return pages.render(TEMPLATE, values)


def shown_seconds(seconds: float) -> str:
    """Return a duration as people read it."""
    if seconds < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def _head(final: Final | None) -> str:
    if final is None:
        return "⏳"
    if final.mark:
        return final.mark
    if final.is_incomplete:
        return INCOMPLETE
    if final.conclusion is not None:
        return icon_of(final.conclusion)
    return "⏸️" if final.is_pause else _HEADS[final.status]


def _rows(progress: Progress) -> list[Row]:
    tasks = sorted(progress.story.tasks, key=lambda task: task.order)
    base = progress.story.base
    is_fork = base is not None and base.is_fork
    rows = [
        _row(task, progress.workflow.kind, final=progress.final, is_fork=is_fork) for task in tasks
    ]
    if progress.final is not None:
        return rows
    begun = {stage_of(task.name) for task in tasks}
    kind = progress.workflow.kind
    chain = without(chain_of(kind), progress.story.team.off)
    ahead = [stage for stage in chain if stage not in begun]
    return rows + [Row("- [ ]", label_of(stage, kind, is_fork=is_fork)) for stage in ahead]


def _row(task: Task, kind: WorkflowKind, *, final: Final | None, is_fork: bool) -> Row:
    label = label_of(stage_of(task.name), kind, task.result, is_fork=is_fork)
    _, _, count = task.name.partition("-")
    if count:
        label = f"{label} (round {count})"
    # The step that writes a final text still runs then: it ends as the workflow does.
    status = task.status
    if final is not None and (status is TaskStatus.RUNNING or _is_done(final)):
        status = TaskStatus(final.status.value)
    sign = _SIGNS.get(status, "- [ ]")
    if task.result.get(SIGNAL) == Signal.UNABLE:
        sign = UNABLE
    return Row(sign, label, _taken(task))


def _is_done(final: Final) -> bool:
    return final.status is WorkflowStatus.COMPLETED


def _taken(task: Task) -> str:
    if task.started_at is None or task.completed_at is None:
        return ""
    return shown_seconds((task.completed_at - task.started_at).total_seconds())


def order_of(tasks: Sequence[Task]) -> int:
    """Return the place of a new task after these."""
    return max((task.order for task in tasks), default=0) + 1
