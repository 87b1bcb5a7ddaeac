"""Where the models cannot be asked any more: what was done is kept, and a command goes on."""

import math
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from p2a.domain import WorkflowKind, WorkflowStatus
from p2a.model_settings import DailyLimits, ModelSettings, Price
from p2a.store.store import Store
from playground.faults import Fault
from tests.fakes.workshop import Workshop, now, small_script
from tests.worker.conftest import OpenWorkshop

USAGE = {"promptTokenCount": 50_000, "candidatesTokenCount": 2_000}
PRICE = Price(1.0, 10.0)
CALL_USD = 0.07
"""What each call of the script costs at this price."""
CALLS = ["COORDINATOR", "PLANNER", "DEVELOPER", "DEVELOPER", "REVIEWER", "TESTER", "DOCUMENTER"]
CALLS = [*CALLS, "QUALITY"]


def priced(workshop: Workshop, **changes: Any) -> None:
    """Give the models a price, and what else a test changes."""
    models = workshop.settings.models
    values = {"keys": models.keys, "urls": models.urls, "prices": {models.names[0]: PRICE}}
    settings = ModelSettings(**{**values, **changes})
    workshop.settings = replace(workshop.settings, models=settings)


def script(**changes: list[dict[str, Any]]) -> dict[str, Any]:
    whole = small_script(**changes)
    for reply in whole["replies"]:
        reply["usage"] = USAGE
    return whole


def asked(workshop: Workshop) -> list[str]:
    return [request.agent for request in workshop.peer.requests if request.status == 200]


def in_order(agents: list[str]) -> list[str]:
    """Return agents in whose order the two that are asked at the same time are alike."""
    return ["BOTH" if name in {"REVIEWER", "TESTER"} else name for name in agents]


def assert_counted_as_told(workshop: Workshop, name: str) -> None:
    """Hold that tokens and money of the store are those of the peer's log."""
    told = [request.usage for request in workshop.peer.requests if request.usage is not None]
    tasks, calls = workshop.store.tasks(name), workshop.store.calls(name)
    inputs = sum(usage.input_tokens for usage in told)
    outputs = sum(usage.output_tokens for usage in told)
    assert sum(call.input_tokens for call in calls) == inputs
    assert sum(call.output_tokens for call in calls) == outputs
    assert sum(task.input_tokens for task in tasks) == inputs
    assert sum(task.output_tokens for task in tasks) == outputs
    dollars = (inputs * PRICE.input_usd + outputs * PRICE.output_usd) / 1_000_000
    assert round(math.fsum(call.cost_usd or 0.0 for call in calls), 9) == round(dollars, 9)
    assert round(math.fsum(task.cost_usd or 0.0 for task in tasks), 9) == round(dollars, 9)
    assert in_order([call.agent for call in calls]) == in_order(asked(workshop))


@pytest.mark.parametrize("calls", range(len(CALLS) + 1))
def test_budget__ends_at_each_call_gracefully_and_resumes(
    open_workshop: OpenWorkshop, calls: int
) -> None:
    workshop = open_workshop(script())
    priced(workshop)
    budget = max(calls * CALL_USD, 0.0001)
    name = workshop.command(WorkflowKind.FIX, "make the pieces bigger", budget_usd=budget)
    status = workshop.perform(name)
    assert in_order(asked(workshop)) == in_order(CALLS[:calls])
    if calls < len(CALLS):
        assert status is WorkflowStatus.FAILED
        assert workshop.store.workflow(name).result["ending"] == "budget-reached"
        (comment,) = workshop.bot_comments()
        assert "⏸️ Paused: the budget is reached" in comment
        assert "/p2a resume" in comment
        pulls = workshop.get("pulls?state=all")
        assert len(pulls) == (1 if calls > 2 else 0)  # from the developer's first answer on
        for pull in pulls:
            assert pull["draft"]
            assert pull["title"].startswith("[partial] ")
            assert "This change is not finished" in pull["body"]
            assert pull["html_url"] in comment
        for artifact in ("ccg.html", "ccg.json", "quality.json", "report.json"):
            assert workshop.store.artifact(name, artifact) is not None
        if calls == 0:  # what fails after it is not what resume is about
            late = workshop.command(WorkflowKind.ASK, "Why?")
            workshop.store.request_cancel(late, by="ann")
            workshop.perform(late)
        key = f"resume:{workshop.repository.id}:7"
        resume = workshop.command(WorkflowKind.RETRY, budget_usd=10.0, key=key)
        assert workshop.perform(resume) is WorkflowStatus.COMPLETED
        assert workshop.perform(name) is WorkflowStatus.COMPLETED
    assert workshop.store.workflow(name).status is WorkflowStatus.COMPLETED
    assert in_order(asked(workshop)) == in_order(CALLS)
    assert sorted(asked(workshop)) == sorted(CALLS)  # nothing was asked twice
    finished = [
        pull
        for pull in workshop.get("pulls?state=all")
        if not pull["title"].startswith("[partial] ")
    ]
    assert [pull["head"]["ref"] for pull in finished] == [f"p2a/{name}"]
    assert_counted_as_told(workshop, name)


def test_budget__of_one_call_resumes_call_by_call(open_workshop: OpenWorkshop) -> None:
    workshop = open_workshop(script())
    priced(workshop, budget_usd=CALL_USD)
    name = workshop.command(WorkflowKind.FIX, "make the pieces bigger")
    for made in range(1, len(CALLS)):
        assert workshop.perform(name) is WorkflowStatus.FAILED
        assert in_order(asked(workshop)) == in_order(CALLS[:made])
        assert workshop.store.reopen(name)
    assert workshop.perform(name) is WorkflowStatus.COMPLETED
    # The same edits were kept once, however often the work stopped after them.
    titles = [pull["title"] for pull in workshop.get("pulls?state=all")]
    assert sorted(title.startswith("[partial] ") for title in titles) == [False, True]
    assert_counted_as_told(workshop, name)


@pytest.mark.parametrize(
    ("daily", "said"),
    [
        (DailyLimits(repository_calls=3), "limit of this repository"),
        (DailyLimits(actor_calls=3), "limit of the user"),
        (DailyLimits(repository_usd=3 * CALL_USD), "limit of this repository"),
        (DailyLimits(actor_usd=3 * CALL_USD), "limit of the user"),
    ],
)
def test_daily_limits__count_failed_calls_and_other_workflows(
    open_workshop: OpenWorkshop, daily: DailyLimits, said: str
) -> None:
    away = {"agent": "COORDINATOR", "turn": 0, "error": {"status": 500, "times": 1}}
    whole = script()
    workshop = open_workshop({**whole, "replies": [away, *whole["replies"]]})
    priced(workshop, daily=daily)
    first = workshop.command(WorkflowKind.FIX, "one")
    assert workshop.perform(first) is WorkflowStatus.FAILED
    made = len(workshop.store.calls(first))
    if daily.repository_calls or daily.actor_calls:
        assert made == 3  # the one that failed is one of them
    second = workshop.command(WorkflowKind.FIX, "two")
    assert workshop.perform(second) is WorkflowStatus.FAILED
    if daily.repository_calls or daily.actor_calls:
        assert workshop.store.calls(second) == []
    assert any(said in comment for comment in workshop.bot_comments())


def test_budget__cannot_be_held_without_a_price(open_workshop: OpenWorkshop) -> None:
    workshop = open_workshop(script())
    priced(workshop, names=("gemini/my-own-tune",), prices={}, budget_usd=1.0)
    name = workshop.command(WorkflowKind.FIX, "make the pieces bigger")
    assert workshop.perform(name) is WorkflowStatus.FAILED
    assert "P2A_MODEL_PRICES" in workshop.bot_comments()[0]
    assert workshop.peer.requests == ()


@pytest.mark.parametrize("said", ["GEMINI_API_KEY is not set", "did not accept the key"])
def test_q27__without_a_key_the_measured_parts_are_delivered(
    open_workshop: OpenWorkshop, said: str
) -> None:
    refused = {"agent": "COORDINATOR", "turn": 0, "error": {"status": 403}}
    workshop = open_workshop(small_script(COORDINATOR=[refused]))
    if "not set" in said:
        priced(workshop, keys={})
    name = workshop.command(WorkflowKind.FIX, "make the pieces bigger")
    assert workshop.perform(name) is WorkflowStatus.FAILED
    (comment,) = workshop.bot_comments()
    assert said in comment
    assert "test-key" not in comment
    assert "| Code quality |" in comment
    assert "Code context graph: " in comment
    for artifact in ("ccg.html", "ccg.json", "quality.json", "report.json"):
        assert workshop.store.artifact(name, artifact) is not None
    assert workshop.get("pulls?state=all") == []


def test_q26__a_quota_of_the_day_parks_the_workflow(open_workshop: OpenWorkshop) -> None:
    plan = small_script()["replies"][1]
    limit = {"status": 429, "message": "requests per day", "times": 1}
    workshop = open_workshop(
        small_script(PLANNER=[{"agent": "PLANNER", "turn": 0, "error": limit}, plan])
    )
    name = workshop.command(WorkflowKind.FIX, "make the pieces bigger")
    assert workshop.perform(name) is WorkflowStatus.PENDING
    parked = workshop.store.workflow(name)
    assert parked.resume_at is not None
    assert (parked.attempt, parked.started_at) == (0, None)
    (comment,) = workshop.bot_comments()
    assert f"resumes {parked.resume_at:%H:%M} UTC" in comment
    assert "Working on it" in comment
    assert workshop.perform(name) is None
    due = parked.resume_at + timedelta(seconds=1)

    def later() -> datetime:
        return due + (now() - begun)

    begun = now()
    again = Store(workshop.store._engine, later)
    assert workshop.perform(name, store=again, clock=later) is WorkflowStatus.COMPLETED
    assert "resumes" not in workshop.bot_comments()[0]


def test_q26__a_limit_that_lasts_too_long_is_an_end(open_workshop: OpenWorkshop) -> None:
    limit = {"status": 429, "retry_seconds": 10 * 86_400}
    workshop = open_workshop(
        small_script(PLANNER=[{"agent": "PLANNER", "turn": 0, "error": limit}])
    )
    name = workshop.command(WorkflowKind.FIX, "make the pieces bigger")
    assert workshop.perform(name) is WorkflowStatus.FAILED
    assert "limit is reached" in workshop.bot_comments()[0]


def test_retry__of_a_refused_talk_begins_anew_on_the_edits(open_workshop: OpenWorkshop) -> None:
    first, second = small_script()["replies"][2:4]
    refused = {"agent": "DEVELOPER", "turn": 1, "error": {"status": 400, "times": 1}}
    # The talk that begins anew finds the edit done, so that only `done` is left to say.
    workshop = open_workshop(small_script(DEVELOPER=[first, refused, second]))
    name = workshop.command(WorkflowKind.FIX, "make the pieces bigger")
    assert workshop.perform(name) is WorkflowStatus.FAILED
    assert workshop.store.reopen(name)
    assert workshop.perform(name) is WorkflowStatus.COMPLETED
    turns = [one.turn for one in workshop.peer.requests if one.agent == "DEVELOPER"]
    assert turns == [0, 1, 0, 1]
    again = [one for one in workshop.peer.requests if one.agent == "DEVELOPER"][2]
    assert "An earlier try stopped in the middle of it" in str(again.body)
    assert "+PIECE_SIZE = 2048" in str(again.body)


def test_landing__waits_for_github_and_opens_one_draft(open_workshop: OpenWorkshop) -> None:
    workshop = open_workshop(script())
    priced(workshop, budget_usd=4 * CALL_USD)
    name = workshop.command(WorkflowKind.FIX, "make the pieces bigger")
    workshop.playground.faults.add(
        Fault("status", path="/pulls", method="POST", status=503, times=9)
    )
    statuses = [workshop.perform(name)]
    while statuses[-1] is WorkflowStatus.PENDING:
        statuses.append(workshop.perform(name))
    assert statuses[0] is WorkflowStatus.PENDING
    assert statuses[-1] is WorkflowStatus.FAILED
    assert len(workshop.get("pulls?state=all")) == 1
    assert "Paused: the budget is reached" in workshop.bot_comments()[0]
    assert asked(workshop) == CALLS[:4]
