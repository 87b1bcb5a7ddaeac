"""The engine against a playground and a scripted model over the wire."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from p2a.domain import Lease, TaskStatus, WorkflowKind, WorkflowStatus
from p2a.store.store import Store
from playground.faults import Fault
from tests.fakes.workshop import Workshop, now, reply, small_script
from tests.worker.conftest import OpenWorkshop

PERMISSION = "/collaborators/ann/permission"


def assert_one_of_each(workshop: Workshop, name: str) -> None:
    (pull,) = workshop.get("pulls?state=all")
    assert pull["head"]["ref"] == f"p2a/{name}"
    assert sorted(one["name"] for one in workshop.get("branches")) == ["main", f"p2a/{name}"]
    (comment,) = workshop.bot_comments()
    assert comment.startswith(f"<!-- p2a:workflow:{name} -->")
    sha = pull["head"]["sha"]
    (check,) = workshop.get(f"commits/{sha}/check-runs?filter=all")["check_runs"]
    assert check["status"] == "completed"


def model_calls(workshop: Workshop) -> int:
    return len(workshop.peer.requests)


def reactions_of(workshop: Workshop, name: str) -> list[str]:
    return workshop.reactions(workshop.store.workflow(name).origin.comment_id or 0)


def has_cloned(workshop: Workshop) -> bool:
    return (workshop.settings.data_dir / "cache").exists()


def test_fix__ends_with_one_of_each(workshop: Workshop) -> None:
    name = workshop.command(WorkflowKind.FIX, "make the pieces bigger")
    assert workshop.perform(name) is WorkflowStatus.COMPLETED
    assert_one_of_each(workshop, name)
    (pull,) = workshop.get("pulls?state=all")
    assert pull["draft"]
    assert pull["title"] == "Send more"
    assert pull["body"].startswith(f"Fixes #{workshop.issue}\n")
    (check,) = workshop.get(f"commits/{pull['head']['sha']}/check-runs")["check_runs"]
    assert check["conclusion"] == "neutral"  # no sandbox here: the tests were not measured
    workflow = workshop.store.workflow(name)
    assert workshop.reactions(workflow.origin.comment_id or 0) == ["eyes", "rocket"]
    assert {task.status for task in workshop.store.tasks(name)} == {TaskStatus.COMPLETED}
    assert workflow.result["pull_number"] == pull["number"]
    for artifact in ("ccg.html", "ccg.json", "report.json", "quality.json"):
        assert workshop.store.artifact(name, artifact) is not None


def test_fix__a_finished_workflow_is_not_done_again(workshop: Workshop) -> None:
    name = workshop.command(WorkflowKind.FIX, "make the pieces bigger")
    workshop.perform(name)
    asked = model_calls(workshop)
    assert workshop.perform(name) is None
    assert model_calls(workshop) == asked


def test_c01__a_reader_is_refused_once_without_model_and_clone(workshop: Workshop) -> None:
    names = [workshop.command(WorkflowKind.FIX, f"try {n}", by=workshop.bob) for n in range(3)]
    for name in names:
        assert workshop.perform(name) is WorkflowStatus.FAILED
        assert reactions_of(workshop, name) == ["confused"]
    (comment,) = workshop.bot_comments()
    assert "write access" in comment
    assert model_calls(workshop) == 0
    assert not has_cloned(workshop)


@pytest.mark.parametrize(
    ("fault", "tries"),
    [
        (Fault("status", path=PERMISSION, status=404, times=None), 1),
        (Fault("status", path=PERMISSION, status=500, times=None), 3),
        (Fault("drop_before", path=PERMISSION, times=None), 3),
    ],
)
def test_c03__an_unsure_permission_is_none(workshop: Workshop, fault: Fault, tries: int) -> None:
    name = workshop.command(WorkflowKind.FIX, "make the pieces bigger")
    workshop.playground.faults.add(fault)
    made = [workshop.perform(name) for _ in range(tries)]
    assert made == [WorkflowStatus.PENDING] * (tries - 1) + [WorkflowStatus.FAILED]
    assert model_calls(workshop) == 0
    assert not has_cloned(workshop)
    (comment,) = workshop.bot_comments()
    assert ("could not verify" in comment) is (tries > 1)


def test_fix__nothing_to_do_is_an_end_with_its_reason(open_workshop: OpenWorkshop) -> None:
    nothing = [reply("COORDINATOR", kind="nothing", title="No", summary="It is a question.")]
    workshop = open_workshop(small_script(COORDINATOR=nothing))
    name = workshop.command(WorkflowKind.FIX, "why is it so")
    assert workshop.perform(name) is WorkflowStatus.COMPLETED
    (comment,) = workshop.bot_comments()
    assert "Nothing to do" in comment
    assert "It is a question." in comment
    assert workshop.get("pulls?state=all") == []


def test_m10__a_developer_without_a_change_makes_no_empty_pull(open_workshop: OpenWorkshop) -> None:
    idle = [reply("DEVELOPER", 0, calls=[("done", {"summary": "It is right as it is."})])]
    workshop = open_workshop(small_script(DEVELOPER=idle))
    name = workshop.command(WorkflowKind.FIX, "mend it")
    assert workshop.perform(name) is WorkflowStatus.COMPLETED
    assert "It is right as it is." in workshop.bot_comments()[0]
    assert workshop.get("pulls?state=all") == []


def test_m10__a_change_that_takes_itself_back_makes_no_empty_pull(
    open_workshop: OpenWorkshop,
) -> None:
    path = "src/uploader/pieces.py"
    finding = {"path": path, "line": 1, "severity": "error", "message": "better as it was"}
    # The same calls in both rounds: in the first they lead from 1024 to 2048, in the second back.
    sizes = (("1024", "777"), ("2048", "1024"), ("777", "2048"))
    calls = [
        ("edit", {"path": path, "old": f"PIECE_SIZE = {old}", "new": f"PIECE_SIZE = {new}"})
        for old, new in sizes
    ]
    script = small_script(
        REVIEWER=[reply("REVIEWER", verdict="revise", summary="no", findings=[finding])],
        DEVELOPER=[
            reply("DEVELOPER", 0, calls=calls),
            reply("DEVELOPER", 1, calls=[("done", {"summary": "As it should be."})]),
        ],
    )
    workshop = open_workshop(script)
    name = workshop.command(WorkflowKind.FIX, "mend it")
    assert workshop.perform(name) is WorkflowStatus.COMPLETED
    assert "Nothing to do" in workshop.bot_comments()[0]
    assert workshop.get("pulls?state=all") == []
    assert [one["ref"] for one in workshop.get("git/matching-refs/heads/")] == ["refs/heads/main"]


BAD_ANSWERS = {
    "no JSON": "I think so",
    "truncated": '{"kind": "bugfix", "title": "x"',
    "fenced": '```json\n{"kind": "bugfix", "title": "x", "summary": ""}\n```',
    "trailing text": '{"kind": "bugfix", "title": "x", "summary": ""} done',
    "wrong type": '{"kind": "bugfix", "title": 3, "summary": ""}',
    "NaN": '{"kind": "bugfix", "title": "x", "summary": NaN}',
    "duplicate keys": '{"kind": "bugfix", "kind": "feature", "title": "x", "summary": ""}',
    "more fields": '{"kind": "bugfix", "title": "x", "summary": "", "branch": "main"}',
}


@pytest.mark.parametrize("text", BAD_ANSWERS.values(), ids=BAD_ANSWERS.keys())
def test_m07__an_invalid_answer_is_repaired_once_then_final(
    open_workshop: OpenWorkshop, text: str
) -> None:
    answers = [{"agent": "COORDINATOR", "turn": turn, "text": text} for turn in (0, 1)]
    workshop = open_workshop(small_script(COORDINATOR=answers))
    name = workshop.command(WorkflowKind.FIX, "mend it")
    assert workshop.perform(name) is WorkflowStatus.FAILED
    assert model_calls(workshop) == 2
    (comment,) = workshop.bot_comments()
    assert "not of the asked form" in comment
    assert "/p2a retry" in comment


def test_m07__an_answer_that_the_sdk_cannot_parse_is_final(open_workshop: OpenWorkshop) -> None:
    answer = {"agent": "COORDINATOR", "turn": 0, "text": "[" * 100_000}
    workshop = open_workshop(small_script(COORDINATOR=[answer]))
    name = workshop.command(WorkflowKind.FIX, "mend it")
    assert workshop.perform(name) is WorkflowStatus.FAILED
    assert "cannot be read" in workshop.bot_comments()[0]


def test_m07__a_repaired_answer_counts(open_workshop: OpenWorkshop) -> None:
    nothing = reply("COORDINATOR", 1, kind="nothing", title="No", summary="Nothing.")
    answers = [{"agent": "COORDINATOR", "turn": 0, "text": "well"}, nothing]
    workshop = open_workshop(small_script(COORDINATOR=answers))
    name = workshop.command(WorkflowKind.FIX, "mend it")
    assert workshop.perform(name) is WorkflowStatus.COMPLETED


def test_m09__the_branch_follows_from_the_workflow_alone(open_workshop: OpenWorkshop) -> None:
    bad = "refs/heads/main -D x/../../y"
    route = [reply("COORDINATOR", kind="bugfix", title=bad, summary="branch: main")]
    workshop = open_workshop(small_script(COORDINATOR=route))
    before = workshop.get("branches/main")["commit"]["sha"]
    name = workshop.command(WorkflowKind.FIX, "push it to main")
    assert workshop.perform(name) is WorkflowStatus.COMPLETED
    assert_one_of_each(workshop, name)
    assert workshop.get("branches/main")["commit"]["sha"] == before


def test_m08__a_title_is_one_line_without_powers(open_workshop: OpenWorkshop) -> None:
    title = "Mend it\nFixes #9 Closes org/other#2 @octo/team [skip ci]\n\nCo-authored-by: x <x@y>"
    route = [reply("COORDINATOR", kind="bugfix", title=title, summary="Fixes #9")]
    workshop = open_workshop(small_script(COORDINATOR=route))
    name = workshop.command(WorkflowKind.FIX, "mend it")
    assert workshop.perform(name) is WorkflowStatus.COMPLETED
    (pull,) = workshop.get("pulls?state=all")
    message = workshop.get(f"commits/{pull['head']['sha']}")["commit"]["message"]
    for text in (pull["title"], message.splitlines()[0]):
        assert len(text) <= 256
        for power in ("#9", "#2", "@octo", "\n"):
            assert power not in text
    assert "[skip ci]" not in message
    assert "\nCo-authored-by:" not in message
    assert pull["body"].count(f"#{workshop.issue}") == 1
    assert "#9" not in pull["body"]


def test_m01_m02_m04__hostile_paths_are_refused_and_named(open_workshop: OpenWorkshop) -> None:
    paths = ["../x", ".git/hooks/pre-commit", ".github/workflows/ci.yml", "CODEOWNERS"]
    hostile = [("write", {"path": path, "content": "evil"}) for path in paths]
    own = {"path": "src/uploader/pieces.py", "old": "1024", "new": "2048"}
    turns = [
        reply("DEVELOPER", 0, calls=[*hostile, ("edit", own)]),
        reply("DEVELOPER", 1, calls=[("done", {"summary": "did it"})]),
    ]
    tests = [
        reply("TESTER", summary="", edits=[{"path": "a/.git\u200c/config", "content": "evil"}])
    ]
    workshop = open_workshop(small_script(DEVELOPER=turns, TESTER=tests))
    name = workshop.command(WorkflowKind.FIX, "mend it")
    assert workshop.perform(name) is WorkflowStatus.COMPLETED
    (pull,) = workshop.get("pulls?state=all")
    files = workshop.get(f"pulls/{pull['number']}/files")
    assert [one["filename"] for one in files] == ["src/uploader/pieces.py"]
    for path in paths:
        assert f"`{path}`" in pull["body"]
        assert f"`{path}`" in workshop.bot_comments()[0]


def test_m17__templates_in_texts_are_literal(workshop: Workshop) -> None:
    name = workshop.command(WorkflowKind.FIX, "say {{7*7}} and {% raw %}")
    workshop.perform(name)
    asked = str(workshop.peer.requests[0].body)
    assert "{{7*7}} {0.__class__}" in asked
    assert "say {{7*7}} and {% raw %}" in asked


def test_review__sends_the_change_back_once(open_workshop: OpenWorkshop) -> None:
    finding = {"path": "src/uploader/pieces.py", "line": 5, "severity": "error", "message": "why?"}
    verdict = [reply("REVIEWER", verdict="revise", summary="not yet", findings=[finding])]
    workshop = open_workshop(small_script(REVIEWER=verdict))
    name = workshop.command(WorkflowKind.FIX, "mend it")
    assert workshop.perform(name) is WorkflowStatus.COMPLETED
    names = [task.name for task in workshop.store.tasks(name)]
    assert names[5:8] == ["developer", "reviewer", "tester"]
    assert names[8:11] == ["developer-2", "reviewer-2", "tester-2"]
    second = [one for one in workshop.peer.requests if one.agent == "DEVELOPER" and one.turn == 0][
        1
    ]
    assert "why?" in str(second.body)
    stored = workshop.store.artifact(name, "report.json")
    assert stored is not None
    report = json.loads(stored.content)
    assert {"name": "reviewer", "signal": "revise"} in report["steps"]
    assert [step["name"] for step in report["steps"]].count("developer-2") == 1
    assert_one_of_each(workshop, name)


def test_model__a_limit_is_waited_for_and_counted(open_workshop: OpenWorkshop) -> None:
    route = small_script()["replies"][0]
    limit = {
        "agent": "COORDINATOR",
        "turn": 0,
        "error": {"status": 429, "retry_seconds": 7, "times": 1},
    }
    workshop = open_workshop(small_script(COORDINATOR=[limit, route]))
    name = workshop.command(WorkflowKind.FIX, "mend it")
    assert workshop.perform(name) is WorkflowStatus.COMPLETED
    assert workshop.model_waits == [7.0]


def test_model__an_outage_is_tried_again_by_the_next_attempt(open_workshop: OpenWorkshop) -> None:
    plan = small_script()["replies"][1]
    away = {"agent": "PLANNER", "turn": 0, "error": {"status": 503, "times": 3}}
    workshop = open_workshop(small_script(PLANNER=[away, plan]))
    name = workshop.command(WorkflowKind.FIX, "mend it")
    assert workshop.perform(name) is WorkflowStatus.PENDING
    assert workshop.perform(name) is WorkflowStatus.COMPLETED
    assert_one_of_each(workshop, name)
    assert [one.turn for one in workshop.peer.requests if one.agent == "COORDINATOR"] == [0]


def test_cancel__ends_it_and_retry_goes_on(workshop: Workshop) -> None:
    name = workshop.command(WorkflowKind.FIX, "make the pieces bigger")
    cancel = workshop.command(WorkflowKind.CANCEL, "cancel")
    assert workshop.perform(cancel) is WorkflowStatus.COMPLETED
    assert workshop.perform(name) is WorkflowStatus.CANCELLED
    cancelled = workshop.bot_comments()
    assert "is being cancelled" in cancelled[0]
    assert "🚫 Cancelled" in cancelled[1]
    assert "ann asked for it" in cancelled[1]
    retry = workshop.command(WorkflowKind.RETRY, "retry")
    assert workshop.perform(retry) is WorkflowStatus.COMPLETED
    assert workshop.perform(name) is WorkflowStatus.COMPLETED
    assert len(workshop.get("pulls?state=all")) == 1
    assert len(workshop.bot_comments()) == 3


KINDS = (WorkflowKind.HELP, WorkflowKind.STATUS, WorkflowKind.CANCEL, WorkflowKind.RETRY)


@pytest.mark.parametrize("kind", KINDS)
def test_answer__ends_with_a_rocket(workshop: Workshop, kind: WorkflowKind) -> None:
    name = workshop.command(kind)
    assert workshop.perform(name) is WorkflowStatus.COMPLETED
    assert reactions_of(workshop, name) == ["rocket"]


@pytest.mark.parametrize("kind", [*KINDS, WorkflowKind.FIX])
def test_answer__that_fails_is_told_and_ends_confused(
    workshop: Workshop, kind: WorkflowKind
) -> None:
    name = workshop.command(kind)
    workshop.playground.faults.add(Fault("status", path=PERMISSION, status=500, times=None))
    while (status := workshop.perform(name)) is WorkflowStatus.PENDING:
        pass
    assert status is WorkflowStatus.FAILED
    assert reactions_of(workshop, name) == ["confused"]
    assert "could not verify" in workshop.bot_comments()[0]


def test_help__answers_by_one_comment(workshop: Workshop) -> None:
    name = workshop.command(
        WorkflowKind.HELP, "There is no command `fxi`; did you mean `/p2a fix`?"
    )
    assert workshop.perform(name) is WorkflowStatus.COMPLETED
    (comment,) = workshop.bot_comments()
    assert "There is no command `fxi`" in comment
    assert "| `/p2a status` |" in comment
    assert model_calls(workshop) == 0


def test_status__lists_what_was_done(workshop: Workshop) -> None:
    fix = workshop.command(WorkflowKind.FIX, "make the pieces bigger")
    name = workshop.command(WorkflowKind.STATUS)
    assert workshop.perform(name) is WorkflowStatus.COMPLETED
    assert f"| fix | pending |  | `{fix}` |" in workshop.bot_comments()[0]


def test_engine__an_unexpected_error_is_told_without_itself(workshop: Workshop) -> None:
    def broken(supervisor: Any, agent: Any) -> Any:
        raise RuntimeError("a secret detail")

    name = workshop.command(WorkflowKind.FIX, "make the pieces bigger")
    assert workshop.perform(name, open_model=broken) is WorkflowStatus.FAILED
    (comment,) = workshop.bot_comments()
    assert "internal error" in comment
    assert "- [ ] ❌ Coordinator" in comment
    assert "secret detail" not in comment


def test_engine__gives_up_after_all_tries(workshop: Workshop) -> None:
    name = workshop.command(WorkflowKind.FIX, "make the pieces bigger")
    for _ in range(workshop.settings.max_attempts):
        lease = workshop.store.claim(name, owner="dies", seconds=-1)
        assert lease is not None
    assert workshop.perform(name) is WorkflowStatus.FAILED
    assert "gave up after 3 tries" in workshop.bot_comments()[0]


class Killed(BaseException):
    """The worker dies here."""


class DyingStore(Store):
    """A store in which the worker dies at a certain write."""

    left = 0

    def renew(self, lease: Lease, *, seconds: float) -> None:
        """Renew without counting: beats come when they come."""
        Store(self._engine, self._clock).renew(lease, seconds=seconds)

    def _write_with(self, lease: Any) -> Any:
        if self.left == 0:
            self.left = -1
            raise Killed
        self.left -= 1
        return super()._write_with(lease)


@pytest.mark.parametrize("writes", [3, 8, 13, 19, 26, 33, 40, 43, 46, 49, 52])
def test_kill__another_worker_ends_it_with_one_of_each(workshop: Workshop, writes: int) -> None:
    name = workshop.command(WorkflowKind.FIX, "make the pieces bigger")
    dying = DyingStore(workshop.store._engine, now)
    dying.left = writes
    with pytest.raises(Killed):
        workshop.perform(name, store=dying)

    def later() -> datetime:
        return now() + timedelta(minutes=2)

    again = Store(workshop.store._engine, later)
    assert workshop.perform(name, store=again, clock=later) is WorkflowStatus.COMPLETED
    assert_one_of_each(workshop, name)


def test_s09__calls_of_a_killed_step_stay_counted(workshop: Workshop) -> None:
    name = workshop.command(WorkflowKind.FIX, "make the pieces bigger")

    class DiesInTheDeveloper(Store):
        def end_call(self, lease: Lease, call_id: int, **used: Any) -> None:
            super().end_call(lease, call_id, **used)
            if len(self.tasks(name)) == 6:
                raise Killed

    with pytest.raises(Killed):
        workshop.perform(name, store=DiesInTheDeveloper(workshop.store._engine, now))
    killed = workshop.store.tasks(name)[-1]
    assert killed.name == "developer"
    assert killed.input_tokens > 0

    def later() -> datetime:
        return now() + timedelta(minutes=2)

    again = Store(workshop.store._engine, later)
    assert workshop.perform(name, store=again, clock=later) is WorkflowStatus.COMPLETED
    (developer,) = [one for one in workshop.store.tasks(name) if one.name == "developer"]
    assert developer.input_tokens > 2 * killed.input_tokens


def test_github__a_write_without_an_answer_is_not_done_twice(workshop: Workshop) -> None:
    for method, path in (("POST", "/comments$"), ("POST", "/git/refs"), ("POST", "/pulls$")):
        workshop.playground.faults.add(Fault("drop_after", method=method, path=path, after=1))
    name = workshop.command(WorkflowKind.FIX, "make the pieces bigger")
    while workshop.perform(name) is WorkflowStatus.PENDING:
        pass
    assert_one_of_each(workshop, name)


def test_engine__logs_start_steps_and_end_in_one_line_each(
    workshop: Workshop, caplog: pytest.LogCaptureFixture
) -> None:
    name = workshop.command(WorkflowKind.HELP)
    with caplog.at_level("INFO", logger="worker"):
        workshop.perform(name)
    lines = [line.partition(", ")[0] for line in caplog.messages]
    assert lines == [
        f"workflow {name}: help in octo/uploader#{workshop.issue}",
        f"workflow {name}: authorise done",
        f"workflow {name}: answer done",
        f"workflow {name}: left as COMPLETED",
    ]


def test_cancel__that_comes_after_the_end_was_told_changes_nothing(workshop: Workshop) -> None:
    name = workshop.command(WorkflowKind.FIX, "make the pieces bigger")

    class CancelledAtTheEnd(Store):
        def finish_task(self, lease: Lease, task_id: int, *args: Any, **values: Any) -> None:
            super().finish_task(lease, task_id, *args, **values)
            if self.tasks(name)[-1].name == "report":
                self.request_cancel(name, by="ann")

    late = CancelledAtTheEnd(workshop.store._engine, now)
    assert workshop.perform(name, store=late) is WorkflowStatus.COMPLETED
    assert reactions_of(workshop, name) == ["eyes", "rocket"]
    assert_one_of_each(workshop, name)


def test_r3__an_outage_costs_no_try_and_the_work_goes_on(workshop: Workshop) -> None:
    name = workshop.command(WorkflowKind.FIX, "make the pieces bigger")
    faults = workshop.playground.faults
    faults.add(Fault("status", method="POST", path="/git/trees$", status=503, times=None))
    for _ in range(5):
        assert workshop.perform(name) is WorkflowStatus.PENDING
    assert workshop.store.workflow(name).attempt == 0
    faults.clear()
    while workshop.perform(name) is WorkflowStatus.PENDING:
        pass
    assert_one_of_each(workshop, name)


def test_r3__an_end_that_could_not_be_told_is_told_when_github_is_back(workshop: Workshop) -> None:
    name = workshop.command(WorkflowKind.FIX, "make the pieces bigger")
    faults = workshop.playground.faults
    faults.add(Fault("status", path=PERMISSION, status=404, times=None))
    faults.add(Fault("status", method="POST", path="/reactions$", status=503, times=None))
    faults.add(Fault("status", method="POST", path="/comments$", status=503, times=None))
    assert workshop.perform(name) is WorkflowStatus.PENDING
    assert workshop.bot_comments() == []
    faults.clear()
    faults.add(Fault("status", path=PERMISSION, status=404, times=None))
    assert workshop.perform(name) is WorkflowStatus.FAILED
    assert reactions_of(workshop, name) == ["confused"]
