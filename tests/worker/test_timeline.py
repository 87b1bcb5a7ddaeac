"""When the steps of a workflow ran."""

from datetime import timedelta

from p2a.domain import AgentType, Task, TaskStatus
from tests.fakes.workflows import NOON
from worker.timeline import render_gantt, spans_of


def task(name: str, order: int, start: float, end: float | None) -> Task:
    return Task(
        id=order,
        workflow_id="0" * 16,
        name=name,
        agent=AgentType[name.partition("-")[0].upper()],
        description="",
        order=order,
        status=TaskStatus.RUNNING if end is None else TaskStatus.COMPLETED,
        attempt=1,
        progress_percentage=0,
        started_at=NOON + timedelta(seconds=start),
        completed_at=None if end is None else NOON + timedelta(seconds=end),
    )


TASKS = [
    task("planner", 1, 0, 4),
    task("developer", 2, 3_604, 3_610),
    task("reviewer", 3, 3_610, 3_616),
    task("tester", 4, 3_611, 3_620),
    task("developer-2", 5, 3_620, 3_620.01),
    task("quality", 6, 3_630, None),
]


def test_spans__show_what_ran_at_the_same_time_and_leave_waits_out() -> None:
    spans = spans_of(TASKS)
    assert [(one.name, one.start, one.end, one.beside) for one in spans] == [
        ("planner", 0.0, 4.0, ()),
        ("developer", 4.0, 10.0, ()),
        ("reviewer", 10.0, 16.0, ("tester",)),
        ("tester", 11.0, 20.0, ("reviewer",)),
        ("developer-2", 20.0, 20.01, ()),
    ]
    assert spans[2].started_at == NOON + timedelta(seconds=3_610)


def test_gantt__has_a_row_for_each_step() -> None:
    assert render_gantt(spans_of(TASKS)).splitlines() == [
        "gantt",
        "    dateFormat x",
        "    axisFormat %M:%S",
        "    planner :0, 4000",
        "    developer :4000, 10000",
        "    reviewer :active, 10000, 16000",
        "    tester :active, 11000, 20000",
        "    developer 2 :20000, 20050",
    ]


def test_gantt__of_nothing_is_nothing() -> None:
    assert spans_of([]) == ()
    assert render_gantt([]) == ""
