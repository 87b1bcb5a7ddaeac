"""Which workflow `/p2a retry` and `/p2a resume` go on with, and how `/p2a status` shows them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from p2a.domain import Origin, Repository, Workflow, WorkflowKind, WorkflowStatus
from tests.fakes.workshop import Workshop
from worker.going_on import to_go_on, told_in_order

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
REPOSITORY = Repository(1, "octo", "repo")
FAILED, CANCELLED = WorkflowStatus.FAILED, WorkflowStatus.CANCELLED
RUNNING, COMPLETED = WorkflowStatus.RUNNING, WorkflowStatus.COMPLETED
REFUSED, FAULT = (FAILED, "refused"), (FAILED, "FAILED")
PAUSED = (FAILED, "budget-reached")
STOPPED, DONE = (CANCELLED, "CANCELLED"), (COMPLETED, "completed")


def workflow(name: str, status: WorkflowStatus, ending: str) -> Workflow:
    origin = Origin(f"comment:1:{name}", REPOSITORY, 1, 7, False, "ann", 1)
    facts: dict[str, Any] = {"title": "", "body": "", "prompt": "", "attempt": 1}
    return Workflow(
        id=name,
        kind=WorkflowKind.FIX,
        origin=origin,
        status=status,
        created_at=NOON,
        updated_at=NOON,
        result={"ending": ending},
        **facts,
    )


def listed(*ends: tuple[WorkflowStatus, str]) -> list[Workflow]:
    return [workflow(str(place), *end) for place, end in enumerate(ends)]


@pytest.mark.parametrize(
    ("ends", "found"),
    [
        ([REFUSED, FAULT, STOPPED], "1"),
        ([REFUSED, REFUSED, STOPPED], "2"),
        ([DONE, REFUSED], None),
        ([(RUNNING, "FAILED"), DONE], None),
        ([], None),
    ],
)
def test_to_go_on__is_the_newest_that_stopped_and_never_a_refused_one(
    ends: list[tuple[WorkflowStatus, str]], found: str | None
) -> None:
    taken_up = to_go_on(listed(*ends))
    assert (taken_up.id if taken_up else None) == found


@pytest.mark.parametrize(
    ("ends", "found"),
    [
        ([REFUSED, FAULT, STOPPED, PAUSED, PAUSED], "3"),
        ([(RUNNING, "budget-reached"), FAULT], "1"),
        ([REFUSED, STOPPED, FAULT], "1"),
        ([DONE], None),
    ],
)
def test_to_go_on__resume_takes_the_newest_that_is_paused_first(
    ends: list[tuple[WorkflowStatus, str]], found: str | None
) -> None:
    taken_up = to_go_on(listed(*ends), wants_paused=True)
    assert (taken_up.id if taken_up else None) == found


def test_told_in_order__what_was_refused_comes_last() -> None:
    assert [one.id for one in told_in_order(listed(REFUSED, FAULT, REFUSED, DONE))] == list("1302")


def test_retry__goes_on_past_the_refused_command_of_a_stranger(workshop: Workshop) -> None:
    mine = workshop.command(WorkflowKind.FIX, "make the pieces bigger")
    workshop.store.request_cancel(mine, by="ann")
    assert workshop.perform(mine) is CANCELLED
    theirs = workshop.command(WorkflowKind.FIX, "mine first", by=workshop.bob)
    assert workshop.perform(theirs) is FAILED
    workshop.perform(workshop.command(WorkflowKind.RETRY))
    assert workshop.store.workflow(theirs).status is FAILED
    assert workshop.store.workflow(mine).status is WorkflowStatus.PENDING
    workshop.perform(workshop.command(WorkflowKind.STATUS))
    rows = [line for line in workshop.bot_comments()[-1].splitlines() if line.startswith("| fix")]
    assert rows == [
        f"| fix | pending |  | `{mine}` |",
        f"| fix | refused | its author may not write here | `{theirs}` |",
    ]
