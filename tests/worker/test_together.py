"""Reviewer and tester at the same time on one frozen change."""

import json
import threading
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from p2a.domain import AgentType, Lease, TaskStatus, WorkflowKind, WorkflowStatus
from p2a.errors import LeaseLost
from p2a.store.store import Store
from tests.fakes.workshop import Workshop, now, reply, small_script
from tests.worker.conftest import OpenWorkshop
from worker.errors import BudgetReached
from worker.model.interface import Conversation, Message, Model, Reply, Supervisor, ToolSpec
from worker.till import Till

PATIENCE = 60.0
"""Seconds after which a meeting that does not come about fails its test."""
TEST_FILE = {"path": "tests/test_more.py", "content": "def test_more() -> None:\n    assert True\n"}


class Meeting:
    """A model that asks only when its meeting's other models are about to ask as well."""

    def __init__(self, model: Model, barrier: threading.Barrier) -> None:
        self.model = model
        self.barrier = barrier

    @property
    def name(self) -> str:
        return self.model.name

    def start(
        self,
        system: str,
        *,
        tools: Sequence[ToolSpec] = (),
        schema: Mapping[str, Any] | None = None,
    ) -> Conversation:
        self._talk = self.model.start(system, tools=tools, schema=schema)
        return self

    def resume(
        self,
        saved: str,
        *,
        tools: Sequence[ToolSpec] = (),
        schema: Mapping[str, Any] | None = None,
    ) -> Conversation | None:
        return None

    def send(self, message: Message) -> Reply:
        self.barrier.wait(PATIENCE)
        return self._talk.send(message)

    def saved(self) -> str:
        return self._talk.saved()

    def close(self) -> None:
        self.model.close()


def test_drive__reviewer_and_tester_are_asked_at_the_same_time(
    open_workshop: OpenWorkshop,
) -> None:
    tests = [reply("TESTER", summary="more", edits=[TEST_FILE])]
    workshop = open_workshop(small_script(TESTER=tests))
    barrier = threading.Barrier(2)

    def meeting(supervisor: Supervisor, agent: AgentType) -> Model:
        model = workshop.open_model(supervisor, agent)
        together = agent in {AgentType.REVIEWER, AgentType.TESTER}
        return Meeting(model, barrier) if together else model

    name = workshop.command(WorkflowKind.FIX, "make the pieces bigger")
    assert workshop.perform(name, open_model=meeting) is WorkflowStatus.COMPLETED
    tasks = {task.name: task for task in workshop.store.tasks(name)}
    reviewer, tester = tasks["reviewer"], tasks["tester"]
    assert reviewer.started_at
    assert reviewer.completed_at
    assert tester.started_at
    assert tester.completed_at
    assert tester.started_at < reviewer.completed_at
    assert reviewer.started_at < tester.completed_at
    assert (reviewer.depends_on, tester.depends_on) == (("developer",), ("developer",))
    assert tasks["documenter"].depends_on == ("reviewer", "tester")
    assert (reviewer.input_tokens > 0, tester.input_tokens > 0) == (True, True)
    (pull,) = workshop.get("pulls?state=all")
    assert "    reviewer :active, " in pull["body"]
    assert "    tester :active, " in pull["body"]
    stored = workshop.store.artifact(name, "report.json")
    assert stored is not None
    beside = {one["name"]: one["beside"] for one in json.loads(stored.content)["timeline"]}
    assert (beside["reviewer"], beside["tester"]) == (["tester"], ["reviewer"])
    files = [one["filename"] for one in workshop.get(f"pulls/{pull['number']}/files")]
    assert files == ["src/uploader/pieces.py", "tests/test_more.py"]


class Killed(BaseException):
    """The worker dies here."""


@pytest.mark.parametrize("dies", ["reviewer", "tester"])
def test_drive__a_crash_of_one_half_asks_the_other_no_second_time(
    workshop: Workshop, dies: str
) -> None:
    name = workshop.command(WorkflowKind.FIX, "make the pieces bigger")

    class DiesAtTheEnd(Store):
        def finish_task(self, lease: Lease, task_id: int, *args: Any, **values: Any) -> None:
            if any(task.id == task_id and task.name == dies for task in self.tasks(name)):
                raise Killed
            super().finish_task(lease, task_id, *args, **values)

    with pytest.raises(Killed):
        workshop.perform(name, store=DiesAtTheEnd(workshop.store._engine, now))
    states = {task.name: task.status for task in workshop.store.tasks(name)}
    other = {"reviewer": "tester", "tester": "reviewer"}[dies]
    assert (states[dies], states[other]) == (TaskStatus.RUNNING, TaskStatus.COMPLETED)
    lease = Lease(name, "test", workshop.store.turn(name))
    workshop.store.release(lease)
    assert workshop.perform(name) is WorkflowStatus.COMPLETED
    asked = [one.agent for one in workshop.peer.requests]
    assert (asked.count(dies.upper()), asked.count(other.upper())) == (2, 1)


def test_drive__a_cancel_ends_both(workshop: Workshop) -> None:
    name = workshop.command(WorkflowKind.FIX, "make the pieces bigger")

    def cancel() -> None:
        workshop.store.request_cancel(name, by="ann")

    barrier = threading.Barrier(2, action=cancel)

    def meeting(supervisor: Supervisor, agent: AgentType) -> Model:
        model = workshop.open_model(supervisor, agent)
        together = agent in {AgentType.REVIEWER, AgentType.TESTER}
        return Meeting(model, barrier) if together else model

    assert workshop.perform(name, open_model=meeting) is WorkflowStatus.CANCELLED
    agents = [one.agent for one in workshop.peer.requests]
    assert "REVIEWER" not in agents
    assert "TESTER" not in agents
    (comment,) = workshop.bot_comments()
    assert "🚫 Cancelled" in comment


@pytest.mark.parametrize("agent", ["REVIEWER", "TESTER", "DOCUMENTER"])
def test_drive__goes_on_without_an_agent_that_cannot_do_its_task(
    open_workshop: OpenWorkshop, agent: str
) -> None:
    nonsense = [{"agent": agent, "turn": turn, "text": "I cannot."} for turn in (0, 1)]
    workshop = open_workshop(small_script(**{agent: nonsense}))
    name = workshop.command(WorkflowKind.FIX, "make the pieces bigger")
    assert workshop.perform(name) is WorkflowStatus.COMPLETED
    said = f"Note: The {agent.lower()} could not do its task, so nobody did it: it is not JSON"
    (pull,) = workshop.get("pulls?state=all")
    (comment,) = workshop.bot_comments()
    assert said in pull["body"]
    assert said in comment
    assert f"- [ ] ⚠️ {agent.capitalize()}: " in comment


def test_till__lets_a_call_wait_for_the_money_of_another() -> None:
    till, spent = Till(), []

    def begin(others: int) -> int:
        if others:
            raise BudgetReached("the budget is reached")
        return 7

    def settle(seconds: float) -> None:
        spent.append(seconds)
        till.end()

    assert till.begin(begin, wait=settle) == 7
    assert spent == []
    assert till.begin(begin, wait=settle) == 7
    assert len(spent) == 1


def test_till__says_that_nothing_is_left_where_no_other_call_is_under_way() -> None:
    def begin(others: int) -> int:
        raise BudgetReached("the budget is reached")

    with pytest.raises(BudgetReached):
        Till().begin(begin, wait=lambda seconds: None)


def test_till__ends_the_steps_of_other_threads() -> None:
    till = Till()
    till.check()
    till.stop()
    with pytest.raises(LeaseLost):
        till.check()
