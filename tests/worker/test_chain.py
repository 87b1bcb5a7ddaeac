"""Chains with tests that run: evidence in the texts, and the way back to the developer."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from p2a.domain import WorkflowKind, WorkflowStatus
from p2a.store.store import Store
from tests.fakes.pool_process import eventually
from tests.fakes.pulls import PIECES, open_pull, push
from tests.fakes.report_sandbox import is_canary
from tests.fakes.tests_sandbox import FakeSandbox, laboratory
from tests.fakes.workshop import Workshop, now, reply, small_script
from tests.worker.conftest import OpenWorkshop
from worker.laboratory import open_laboratory
from worker.story import story_of


def text_of(tree: Path) -> str:
    return (tree / PIECES).read_text(encoding="utf-8")


def never(tree: Path) -> set[str]:
    return set()


def when_changed(tree: Path) -> set[str]:
    return {"test_b"} if "2048" in text_of(tree) else set()


def test_fix__green_tests_are_told_with_their_record(open_workshop: OpenWorkshop) -> None:
    workshop = open_workshop()
    workshop.laboratory = laboratory(never)
    name = workshop.command(WorkflowKind.FIX, "mend it")
    assert workshop.perform(name) is WorkflowStatus.COMPLETED
    (pull,) = workshop.get("pulls?state=all")
    assert "| 3 passed in 0.1 s | 3 passed in 0.1 s |" in pull["body"]
    assert "| src/uploader/pieces.py | changed | +1 \u22121 |" in pull["body"]
    assert "did not run on the tree" not in pull["body"]
    assert "```mermaid\nflowchart" in pull["body"]
    assert "```sh\npython -m coverage run -m pytest\n```" in pull["body"]
    assert "--junitxml" not in pull["body"]
    (check,) = workshop.get(f"commits/{pull['head']['sha']}/check-runs")["check_runs"]
    assert check["conclusion"] in {"success", "neutral"}


def test_fix__tests_that_got_worse_go_back_once_and_fail_the_check(
    open_workshop: OpenWorkshop,
) -> None:
    workshop = open_workshop()
    workshop.laboratory = laboratory(when_changed)
    name = workshop.command(WorkflowKind.FIX, "mend it")
    assert workshop.perform(name) is WorkflowStatus.COMPLETED
    names = [task.name for task in workshop.store.tasks(name)]
    assert names[7:10] == ["tester", "developer-2", "documenter"]
    again = [one for one in workshop.peer.requests if (one.agent, one.turn) == ("DEVELOPER", 0)][1]
    assert "tests.test_it::test_b" in str(again.body).replace("/", ".").replace(".py", "")
    (pull,) = workshop.get("pulls?state=all")
    assert "2 passed, 1 failed" in pull["body"]
    (check,) = workshop.get(f"commits/{pull['head']['sha']}/check-runs")["check_runs"]
    assert check["conclusion"] == "failure"


RUN = "KEY=AKIAQYLPMN5HFIQR7XYA pytest -q"


def test_fix__the_developers_commands_run_on_a_copy(open_workshop: OpenWorkshop) -> None:
    edit = {"path": PIECES, "old": "1024", "new": "2048"}
    turns = [
        reply("DEVELOPER", 0, calls=[("edit", edit), ("run", {"command": RUN})]),
        reply("DEVELOPER", 1, calls=[("done", {"summary": "did it"})]),
    ]
    workshop = open_workshop(small_script(DEVELOPER=turns))
    sandbox = FakeSandbox(never)
    workshop.laboratory = laboratory(never)
    workshop.laboratory = type(workshop.laboratory)(sandbox, workshop.laboratory.python)
    name = workshop.command(WorkflowKind.FIX, "mend it")
    assert workshop.perform(name) is WorkflowStatus.COMPLETED
    shells = [one for one in sandbox.commands if one.argv[0] == "/bin/sh"]
    (ran,) = [one for one in shells if not is_canary(one)]
    work = workshop.settings.data_dir / "work"
    assert all(work not in mount.source.parents for mount in ran.mounts)
    told = str([one for one in workshop.peer.requests if one.turn == 1][-1].body)
    assert "exit code 0 after 0.1 s" in told
    story = story_of(workshop.store.tasks(name))
    (record,) = story.commands
    assert (record.exit_code, record.backend, record.line()) == (
        0,
        "fake",
        "exit code 0 after 0.1 s",
    )
    assert "AKIA" not in record.command + record.output
    assert record.command.startswith("KEY=*** pytest")
    assert len(record.tree) == 40
    (pull,) = workshop.get("pulls?state=all")
    assert "`KEY=*** pytest -q`: exit code 0 after 0.1 s" in pull["body"]


def test_check__measures_a_pull_request_without_a_model(workshop: Workshop) -> None:
    workshop.laboratory = laboratory(never)
    name = workshop.command(WorkflowKind.CHECK, **open_pull(workshop))
    assert workshop.perform(name) is WorkflowStatus.COMPLETED
    assert len(workshop.peer.requests) == 0
    assert workshop.bot_comments() == []
    head = workshop.store.workflow(name).origin.head_sha
    (check,) = workshop.get(f"commits/{head}/check-runs?filter=all")["check_runs"]
    assert check["status"] == "completed"
    assert check["output"]["annotations_count"] > 0
    notes = workshop.get(f"check-runs/{check['id']}/annotations")
    assert {note["path"] for note in notes} == {PIECES}


def always(tree: Path) -> set[str]:
    return {"test_b"}


def in_the_head(tree: Path) -> set[str]:
    return {"test_b", "test_c"} if "eval(x)" in text_of(tree) else {"test_b"}


def test_fix__tests_that_failed_before_are_no_failure_and_no_success(
    open_workshop: OpenWorkshop,
) -> None:
    workshop = open_workshop()
    workshop.laboratory = laboratory(always)
    name = workshop.command(WorkflowKind.FIX, "mend it")
    assert workshop.perform(name) is WorkflowStatus.COMPLETED
    assert "developer-2" not in [task.name for task in workshop.store.tasks(name)]
    (pull,) = workshop.get("pulls?state=all")
    (check,) = workshop.get(f"commits/{pull['head']['sha']}/check-runs")["check_runs"]
    assert check["conclusion"] == "neutral"
    assert "1 failing test failed before the change as well" in check["output"]["summary"]


@pytest.mark.parametrize(
    ("failing", "conclusion", "said"),
    [
        (always, "neutral", "1 failing test failed before the change as well"),
        (in_the_head, "failure", "2 of 3 tests did not pass"),
    ],
)
def test_check__compares_failing_tests_with_the_base(
    workshop: Workshop, failing: Callable[[Path], set[str]], conclusion: str, said: str
) -> None:
    workshop.laboratory = laboratory(failing)
    name = workshop.command(WorkflowKind.CHECK, **open_pull(workshop))
    assert workshop.perform(name) is WorkflowStatus.COMPLETED
    head = workshop.store.workflow(name).origin.head_sha
    (check,) = workshop.get(f"commits/{head}/check-runs")["check_runs"]
    assert check["conclusion"] == conclusion
    assert said in check["output"]["summary"]
    assert "before the change: 2 passed, 1 failed" in check["output"]["summary"]


def skipped_in_the_head(tree: Path) -> set[str]:
    return {"test_b"} if "eval(x)" in text_of(tree) else set()


def test_m13__a_check_sees_that_fewer_tests_ran_and_names_those_that_stand(
    workshop: Workshop,
) -> None:
    push(workshop, "main", files={"tests/test_it.py": "def test_b():\n    assert 1 < 2\n"})
    workshop.laboratory = laboratory(never, skipped_in_the_head)
    name = workshop.command(WorkflowKind.CHECK, **open_pull(workshop))
    assert workshop.perform(name) is WorkflowStatus.COMPLETED
    head = workshop.store.workflow(name).origin.head_sha
    (check,) = workshop.get(f"commits/{head}/check-runs")["check_runs"]
    assert check["conclusion"] == "neutral"
    assert "only 2 tests ran, 3 before the change" in check["output"]["summary"]
    lost = "tests/test_it.py::test_b passed before and does not run any more"
    assert lost in check["output"]["summary"]


def test_check__does_not_run_the_tests_of_a_fork(workshop: Workshop) -> None:
    sandbox = FakeSandbox(never)
    fake = laboratory(never)
    workshop.laboratory = type(fake)(sandbox, fake.python)
    name = workshop.command(WorkflowKind.CHECK, **open_pull(workshop), is_fork=True)
    assert workshop.perform(name) is WorkflowStatus.COMPLETED
    assert sandbox.commands == []
    head = workshop.store.workflow(name).origin.head_sha
    (check,) = workshop.get(f"commits/{head}/check-runs")["check_runs"]
    assert "somebody else's repository" in check["output"]["summary"]
    assert check["conclusion"] == "neutral"


def test_s11__a_check_that_fails_inside_is_completed_and_no_success(workshop: Workshop) -> None:
    origin = open_pull(workshop)
    name = workshop.command(WorkflowKind.CHECK, **{**origin, "base_sha": "0" * 40})
    while (status := workshop.perform(name)) is WorkflowStatus.PENDING:
        pass
    assert status is WorkflowStatus.FAILED
    (check,) = workshop.get(f"commits/{origin['head_sha']}/check-runs")["check_runs"]
    assert (check["status"], check["conclusion"]) == ("completed", "neutral")


def test_graph__answers_with_counts_and_a_picture(workshop: Workshop) -> None:
    origin = open_pull(workshop)
    comment = workshop.post(f"issues/{origin['number']}/comments", {"body": "/p2a graph"})
    values = {**origin, "comment_id": comment["id"], "head_sha": None, "base_sha": None}
    name = workshop.command(WorkflowKind.GRAPH, **values)
    assert workshop.perform(name) is WorkflowStatus.COMPLETED
    comments = workshop.get(f"issues/{origin['number']}/comments")
    (ours,) = [one["body"] for one in comments if one["user"]["type"] == "Bot"]
    assert "```mermaid\nflowchart LR" in ours
    stored = workshop.store.graph(name)
    assert stored is not None
    assert f"{len(stored.nodes)} nodes, {len(stored.edges)} edges" in ours


@pytest.mark.parametrize("moment", ["coordinator", "developer", "quality"])
def test_cancel__in_the_middle_stops_before_anything_is_published(
    workshop: Workshop, moment: str
) -> None:
    name = workshop.command(WorkflowKind.FIX, "mend it")
    store = workshop.store
    real = store.start_task

    def start_task(*args: Any, **values: Any) -> Any:
        if values["name"] == moment:
            store.request_cancel(name, by="ann")
        return real(*args, **values)

    store.start_task = start_task  # type: ignore[method-assign]
    assert workshop.perform(name) is WorkflowStatus.CANCELLED
    assert workshop.get("pulls?state=all") == []
    (comment,) = workshop.bot_comments()
    assert "🚫 Cancelled" in comment


def take_over(workshop: Workshop, name: str) -> None:
    """Claim the workflow as another worker would, long after this one fell silent."""
    other = Store(workshop.store._engine, lambda: now() + timedelta(hours=1))
    assert other.claim(name, owner="other", seconds=60) is not None


def cancel(workshop: Workshop, name: str) -> None:
    workshop.store.request_cancel(name, by="ann")


@pytest.mark.parametrize(
    ("happens", "left"), [(cancel, WorkflowStatus.CANCELLED), (take_over, None)]
)
def test_r09__a_long_suite_is_ended_at_once(
    open_workshop: OpenWorkshop,
    happens: Callable[[Workshop, str], None],
    left: WorkflowStatus | None,
) -> None:
    workshop = open_workshop(lease_seconds=3)
    workshop.laboratory = open_laboratory(workshop.settings)
    push(workshop, "slow", "import time\n\ntime.sleep(600)\n")
    name = workshop.command(WorkflowKind.FIX, "mend it", base_ref="slow")

    def wait_and_happen() -> None:
        eventually(lambda: any("checked out" in e.message for e in workshop.store.progress(name)))
        happens(workshop, name)

    thread = threading.Thread(target=wait_and_happen)
    thread.start()
    begun = time.monotonic()
    assert workshop.perform(name) is left
    thread.join()
    assert time.monotonic() - begun < 120  # far from the ten minutes that it sleeps
    assert ("🚫" in workshop.bot_comments()[0]) is (left is WorkflowStatus.CANCELLED)


def test_r09__a_thinking_model_is_hung_up_on(open_workshop: OpenWorkshop) -> None:
    slow = [{**small_script()["replies"][0], "delay": 100}]
    workshop = open_workshop(small_script(COORDINATOR=slow))
    name = workshop.command(WorkflowKind.FIX, "mend it")

    def wait_and_cancel() -> None:
        eventually(lambda: any(one.name == "coordinator" for one in workshop.store.tasks(name)))
        cancel(workshop, name)

    thread = threading.Thread(target=wait_and_cancel)
    thread.start()
    begun = time.monotonic()
    assert workshop.perform(name) is WorkflowStatus.CANCELLED
    thread.join()
    assert time.monotonic() - begun < 60


@pytest.mark.parametrize("has_edit", [True, False])
def test_fix__a_call_that_fails_again_and_again_ends_the_talk(
    open_workshop: OpenWorkshop, *, has_edit: bool
) -> None:
    edit = ("edit", {"path": PIECES, "old": "1024", "new": "2048"})
    wrong = ("edit", {"path": PIECES, "old": "not there at all", "new": "x"})
    turns = [reply("DEVELOPER", turn, calls=[wrong]) for turn in range(1, 6)]
    first = reply("DEVELOPER", 0, calls=[edit if has_edit else wrong])
    workshop = open_workshop(small_script(DEVELOPER=[first, *turns]))
    name = workshop.command(WorkflowKind.FIX, "mend it")
    status = workshop.perform(name)
    asked = [one for one in workshop.peer.requests if one.agent == "DEVELOPER"]
    assert "has failed 3 times with this very error" in str(asked[-1].body)
    if not has_edit:
        assert status is WorkflowStatus.FAILED
        assert "he same call failed 5 times with the same error" in workshop.bot_comments()[0]
        return
    assert status is WorkflowStatus.COMPLETED
    (pull,) = workshop.get("pulls?state=all")
    assert (
        "made the same failing call again and again; the change may be incomplete" in pull["body"]
    )
