"""When each step of a workflow ran, as values and as a picture; no I/O."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from p2a.domain import Task
from worker.story import finished

NEVER = datetime.min.replace(tzinfo=UTC)
IDLE = timedelta(seconds=5)
"""A longer time in which nothing ran is left out: the workflow waited then."""
SHORTEST = timedelta(milliseconds=50)
"""What is shorter would not be seen in a picture."""


@dataclass(frozen=True, slots=True)
class Span:
    """A step and its time, in seconds since the first one began, without what nobody ran in."""

    name: str
    agent: str
    started_at: datetime
    start: float
    end: float
    beside: tuple[str, ...] = ()
    """Steps that ran at the same time, at least in part."""


def spans_of(tasks: Sequence[Task]) -> tuple[Span, ...]:
    """Return when each finished step ran, its last try alone, in the order of their begin."""
    ran = [task for task in finished(tasks) if task.started_at and task.completed_at]
    ran.sort(key=lambda task: (_times(task), task.order))
    found: list[Span] = []
    origin = latest = _times(ran[0])[0] if ran else NEVER
    for task in ran:
        start, end = _times(task)
        if start - latest > IDLE:
            origin += start - latest
        latest = max(latest, end)
        found.append(
            Span(
                name=task.name,
                agent=task.agent.value.lower(),
                started_at=start,
                start=round((start - origin).total_seconds(), 3),
                end=round((end - origin).total_seconds(), 3),
                beside=tuple(one.name for one in ran if one is not task and _overlap(one, task)),
            )
        )
    return tuple(found)


def _times(task: Task) -> tuple[datetime, datetime]:
    start = task.started_at or task.completed_at or NEVER
    return start, task.completed_at or start


def _overlap(one: Task, other: Task) -> bool:
    (start, end), (begin, stop) = _times(one), _times(other)
    return start < stop and begin < end


def render_gantt(spans: Sequence[Span]) -> str:
    """Return the spans as a Mermaid gantt chart, empty where there are none."""
    if not spans:
        return ""
    return "\n".join(
        ["gantt", "    dateFormat x", "    axisFormat %M:%S", *(_row(span) for span in spans)]
    )


def _row(span: Span) -> str:
    start = round(span.start * 1000)
    end = max(round(span.end * 1000), start + round(SHORTEST.total_seconds() * 1000))
    mark = "active, " if span.beside else ""
    return f"    {span.name.replace('-', ' ')} :{mark}{start}, {end}"
