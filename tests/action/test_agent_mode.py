"""The chain in a job, with the job's token, against a GitHub on this machine."""

import json
from pathlib import Path
from typing import Any

import pytest

from playground.faults import Fault
from tests.action.conftest import MODEL_KEY, Hub
from tests.fakes.action_job import ActionJob


@pytest.fixture
def job(tmp_path: Path, hub: Hub) -> ActionJob:
    """Return a job without a checkout, as the workflow to copy has it."""
    given = {
        **hub.environ,
        "P2A_INPUT_MODE": "agent",
        "P2A_INPUT_TOKEN": hub.token(),
        "P2A_INPUT_MODEL_KEY": MODEL_KEY,
        "P2A_SANDBOX": "none",
    }
    return ActionJob(tmp_path, given)


def read(path: str) -> Any:
    return json.loads(Path(path).read_text(encoding="utf-8"))


def test_agent__a_comment_becomes_a_draft_pull_request_once(hub: Hub, job: ActionJob) -> None:
    number = hub.open_issue()
    event = hub.comment(number, "/p2a send bigger pieces")
    ended = job.run("issue_comment", event)
    assert ended.exit_code == 0, ended.log
    [pull] = hub.get("/pulls?state=all")
    assert pull["draft"]
    assert pull["user"]["login"] == "github-actions[bot]"
    outputs = ended.outputs
    assert outputs["pull-request"] == pull["html_url"]
    assert outputs["branch"] == pull["head"]["ref"]
    assert int(outputs["input-tokens"]) > 0
    assert float(outputs["cost"]) >= 0
    assert 0 <= float(outputs["overall"]) <= 100
    report, graph = (read(outputs[name]) for name in ("report", "graph"))
    assert report["published"]["pull_url"] == pull["html_url"]
    assert len(graph["nodes"]) > 10
    assert pull["html_url"] in ended.summary
    assert "Overall" in ended.summary
    [comment] = hub.bot_comments(number)
    assert "https://github.com/octo/uploader/actions/runs/7" in comment
    [run] = hub.get(f"/commits/{pull['head']['sha']}/check-runs")["check_runs"]
    assert run["conclusion"] == outputs["conclusion"]
    _again(hub, job, event, number=number, pull=pull)


def _again(hub: Hub, job: ActionJob, event: Any, *, number: int, pull: Any) -> None:
    """Run the job a second time: nothing is paid and nothing is made twice (case A16)."""
    asked = len(hub.peer.requests)
    ended = job.run("issue_comment", event, GITHUB_RUN_ATTEMPT="2")
    assert ended.exit_code == 0, ended.log
    assert ended.outputs["pull-request"] == pull["html_url"]
    assert len(hub.peer.requests) == asked
    assert len(hub.bot_comments(number)) == 1
    assert len(hub.get("/pulls?state=all")) == 1


def test_agent__a_fix_of_a_pull_request_is_one_commit_in_two_attempts(
    hub: Hub, job: ActionJob
) -> None:
    main = hub.get("/branches/main")["commit"]["sha"]
    entry = {"path": "notes.txt", "mode": "100644", "type": "blob", "content": "a note\n"}
    tree = hub.post("/git/trees", {"base_tree": main, "tree": [entry]})["sha"]
    body = {"message": "Add a note", "tree": tree, "parents": [main]}
    sha = hub.post("/git/commits", body)["sha"]
    hub.post("/git/refs", {"ref": "refs/heads/topic", "sha": sha})
    pull = hub.post("/pulls", {"title": "Note it", "head": "topic", "base": "main"})
    event = hub.comment(pull["number"], "/p2a send bigger pieces")
    first = job.run("issue_comment", event)
    assert first.exit_code == 0, first.log
    head = hub.get("/branches/topic")["commit"]
    assert [one["sha"] for one in head["parents"]] == [pull["head"]["sha"]]
    assert first.outputs["pull-request"] == head["html_url"]
    # No event of a push by the job's token starts a check, so the job wrote it.
    [run] = hub.get(f"/commits/{head['sha']}/check-runs")["check_runs"]
    assert run["conclusion"] == first.outputs["conclusion"]
    asked = len(hub.peer.requests)
    second = job.run("issue_comment", event, GITHUB_RUN_ATTEMPT="2")
    assert second.outputs["pull-request"] == head["html_url"]
    assert len(hub.peer.requests) == asked
    assert hub.get("/branches/topic")["commit"]["sha"] == head["sha"]


def test_a16__an_attempt_after_a_failure_takes_over_what_stands(hub: Hub, job: ActionJob) -> None:
    number = hub.open_issue()
    event = hub.label(number, "p2a")
    # So GitHub answers where Actions may not open pull requests by the repository's settings.
    hub.town.playground.faults.add(Fault("status", "POST", r"/pulls$", status=403))
    first = job.run("issues", event)
    assert first.exit_code == 1
    assert first.outputs["conclusion"] == "failure"
    assert "could not open the pull request: GitHub answered 403" in first.log
    second = job.run("issues", event, GITHUB_RUN_ATTEMPT="2")
    assert second.exit_code == 0, second.log
    assert len(hub.get("/pulls?state=all")) == 1
    [comment] = hub.bot_comments(number)
    assert "### ✅" in comment


def test_agent__a_stranger_gets_nothing(hub: Hub, job: ActionJob) -> None:
    number = hub.open_issue()
    event = hub.comment(number, "/p2a send bigger pieces", by=hub.town.reader)
    ended = job.run("issue_comment", event)
    assert (ended.exit_code, ended.outputs["conclusion"]) == (0, "neutral")
    assert "rita may not write to this repository" in ended.log
    assert hub.peer.requests == ()
    assert hub.get("/pulls?state=all") == []
    [refusal] = hub.bot_comments(number)
    assert "write" in refusal


def test_agent__a_permission_that_cannot_be_asked_is_no_permission(
    hub: Hub, job: ActionJob
) -> None:
    event = hub.comment(hub.open_issue(), "/p2a send bigger pieces")
    path = r"/collaborators/mona/permission$"
    hub.town.playground.faults.add(Fault("status", "GET", path, status=403, times=99))
    ended = job.run("issue_comment", event)
    assert (ended.exit_code, ended.outputs["conclusion"]) == (1, "failure")
    assert hub.peer.requests == ()
    assert hub.get("/pulls?state=all") == []


@pytest.mark.parametrize("text", ["Thank you!", "> /p2a quoted", "`/p2a in code`"])
def test_agent__a_comment_without_a_command_starts_nothing(
    hub: Hub, job: ActionJob, text: str
) -> None:
    number = hub.open_issue()
    ended = job.run("issue_comment", hub.comment(number, text))
    assert (ended.exit_code, ended.outputs["conclusion"]) == (0, "neutral")
    assert "nothing was started: the comment holds no command" in ended.log
    assert hub.bot_comments(number) == []


def test_agent__what_only_a_server_can_do_is_answered(hub: Hub, job: ActionJob) -> None:
    number = hub.open_issue()
    ended = job.run("issue_comment", hub.comment(number, "/p2a cancel"))
    assert ended.exit_code == 0, ended.log
    [answer] = hub.bot_comments(number)
    assert "belongs to the bot's server" in answer


@pytest.mark.parametrize("name", ["pull_request_target", "workflow_run"])
def test_a02__the_chain_does_not_run_beside_anybody_s_code(
    hub: Hub, job: ActionJob, name: str
) -> None:
    ended = job.run(name, hub.comment(hub.open_issue(), "/p2a send bigger pieces"))
    assert ended.exit_code == 3
    assert f"the mode agent does not run in a {name} job" in ended.commands[0]
    assert hub.peer.requests == ()


@pytest.mark.parametrize(
    ("given", "needed", "code"),
    [
        ({"contents": "read"}, "pull_requests=read", 5),
        ({"contents": "read", "pull_requests": "read"}, "issues=write", 1),
    ],
)
def test_a08__a_permission_that_the_token_lacks_is_named(
    hub: Hub, job: ActionJob, given: dict[str, str], needed: str, code: int
) -> None:
    event = hub.comment(hub.open_issue(), "/p2a send bigger pieces")
    ended = job.run("issue_comment", event, P2A_INPUT_TOKEN=hub.token(**given))
    assert ended.exit_code == code
    assert ended.outputs["conclusion"] != "success"
    assert needed in ended.log
    assert hub.peer.requests == ()


@pytest.mark.parametrize("token", ["", "not-a-token"])
def test_a08__a_token_that_is_none(hub: Hub, job: ActionJob, token: str) -> None:
    event = hub.comment(hub.open_issue(), "/p2a send bigger pieces")
    ended = job.run("issue_comment", event, P2A_INPUT_TOKEN=token)
    assert ended.exit_code == (5 if token else 3)
    assert ended.outputs["conclusion"] == "neutral"
    assert hub.peer.requests == ()


def test_a12__an_event_of_another_form(hub: Hub, job: ActionJob) -> None:
    event = {**hub.comment(hub.open_issue(), "/p2a x"), "comment": {"id": "x"}}
    ended = job.run("issue_comment", event)
    assert ended.exit_code == 3
    assert "it is not of the form of issue_comment" in ended.commands[0]
