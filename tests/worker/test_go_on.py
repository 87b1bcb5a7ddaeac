"""`/p2a retry` and `/p2a resume`: what they take up, and when they begin nothing."""

from typing import Any

import pytest
import requests

from p2a.domain import Lease, WorkflowKind, WorkflowStatus
from p2a.store.store import Store
from tests.fakes.pulls import open_pull
from tests.fakes.workshop import FULL_NAME, Workshop, now


class Killed(BaseException):
    """The worker dies here."""


def mark(workshop: Workshop, number: int, state: str) -> None:
    """Close or reopen a pull request as a person."""
    url = f"{workshop.playground.api_url}/repos/{FULL_NAME}/pulls/{number}"
    headers = {"Authorization": f"Bearer {workshop.ann.token}"}
    requests.patch(url, json={"state": state}, headers=headers, timeout=30).raise_for_status()


def stopped(workshop: Workshop, **place: Any) -> str:
    """Return a workflow that was cancelled when its plan was made."""
    key = f"plan:{workshop.repository.id}:7"
    name = workshop.command(WorkflowKind.FIX, "make the pieces bigger", key=key, **place)
    assert workshop.perform(name) is WorkflowStatus.WAITING
    assert workshop.store.request_cancel(name, by="ann")
    assert workshop.perform(name) is WorkflowStatus.CANCELLED
    return name


def said_by(workshop: Workshop, name: str) -> str:
    marker = workshop.store.workflow(name).marker
    (said,) = [one for one in workshop.bot_comments() if one.startswith(marker)]
    return said


def test_go_on__begins_nothing_whose_change_would_reach_nobody(workshop: Workshop) -> None:
    origin = open_pull(workshop)
    workshop.issue = number = origin["number"]
    place = {"number": number, "is_pull_request": True}
    name = stopped(workshop, **place)
    mark(workshop, number, "closed")
    retry = workshop.command(WorkflowKind.RETRY, **place)
    assert workshop.perform(retry) is WorkflowStatus.COMPLETED
    told = said_by(workshop, retry)
    assert " is closed, and a change of it would reach nobody. " in told
    assert f"Workflow `{name}` stays as it is; reopen it, or " in told
    assert workshop.store.workflow(name).status is WorkflowStatus.CANCELLED
    mark(workshop, number, "open")
    again = workshop.command(WorkflowKind.RETRY, **place)
    assert workshop.perform(again) is WorkflowStatus.COMPLETED
    assert f"Workflow `{name}` goes on" in said_by(workshop, again)
    assert workshop.store.workflow(name).status is WorkflowStatus.PENDING


def test_go_on__what_changes_nothing_goes_on_where_it_is_closed(workshop: Workshop) -> None:
    origin = open_pull(workshop)
    workshop.issue = number = origin["number"]
    place = {"number": number, "is_pull_request": True}
    name = workshop.command(WorkflowKind.GRAPH, **place)
    workshop.store.request_cancel(name, by="ann")
    assert workshop.perform(name) is WorkflowStatus.CANCELLED
    mark(workshop, number, "closed")
    assert workshop.perform(workshop.command(WorkflowKind.RETRY, **place))
    assert workshop.store.workflow(name).status is WorkflowStatus.PENDING


def test_go_on__after_a_crash_it_is_the_same_workflow_and_not_the_next(workshop: Workshop) -> None:
    older, newer = (
        workshop.command(WorkflowKind.FIX, text) for text in ("bigger pieces", "smaller pieces")
    )
    for name in (older, newer):
        workshop.store.request_cancel(name, by="ann")
        assert workshop.perform(name) is WorkflowStatus.CANCELLED
    retry = workshop.command(WorkflowKind.RETRY)

    class DiesOnceReopened(Store):
        def reopen(self, workflow_id: str, *, budget_usd: float | None = None) -> bool:
            super().reopen(workflow_id, budget_usd=budget_usd)
            raise Killed

    with pytest.raises(Killed):
        workshop.perform(retry, store=DiesOnceReopened(workshop.store._engine, now))
    workshop.store.release(Lease(retry, "test", workshop.store.turn(retry)))
    assert workshop.perform(retry) is WorkflowStatus.COMPLETED
    assert f"Workflow `{newer}` goes on" in said_by(workshop, retry)
    states = [workshop.store.workflow(name).status for name in (older, newer)]
    assert states == [WorkflowStatus.CANCELLED, WorkflowStatus.PENDING]
