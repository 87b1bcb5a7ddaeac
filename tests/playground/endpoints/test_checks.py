"""Check runs and suites: appended annotations, limits, Apps only, and the buttons."""

from datetime import UTC, datetime
from typing import Any

import pytest
from github import GithubException

from tests.fakes.town import BASE, FULL_NAME, Town


def annotation(line: int) -> dict[str, Any]:
    return {
        "path": "README.md",
        "start_line": line,
        "end_line": line,
        "annotation_level": "warning",
        "message": f"line {line}",
    }


def test_run__created_updated_completed(town: Town) -> None:
    repository = town.repository(town.app_token)
    run = repository.create_check_run("p2a", town.head, status="in_progress", external_id="w-1")
    assert (run.status, run.external_id) == ("in_progress", "w-1")
    assert run.raw_data["conclusion"] is None
    run.edit(
        conclusion="success",
        output={"title": "Fine", "summary": "All well", "text": "# More"},
        actions=[{"label": "Fix this", "description": "Let it", "identifier": "fix"}],
    )
    read = repository.get_check_run(run.id)
    assert (read.status, read.conclusion, read.output.title) == ("completed", "success", "Fine")
    assert read.completed_at is not None
    assert read.app.slug == "p2a"
    suite = repository.get_check_suite(run.raw_data["check_suite"]["id"])
    assert (suite.status, suite.conclusion) == ("completed", "success")
    assert town.told == [
        ("check_run", "created"),
        ("check_run", "completed"),
        ("check_suite", "completed"),
    ]


def test_run__annotations_are_appended_fifty_at_a_time(town: Town) -> None:
    repository = town.repository(town.app_token)
    output: dict[str, Any] = {"title": "t", "summary": "s"}
    first = [annotation(line) for line in range(1, 51)]
    run = repository.create_check_run("p2a", town.head, output=output | {"annotations": first})
    for start in (51, 101):
        more = [annotation(line) for line in range(start, start + 25)]
        run.edit(output=output | {"annotations": more})
    assert repository.get_check_run(run.id).output.annotations_count == 100
    lines = [one.start_line for one in run.get_annotations()]
    assert lines == [*range(1, 76), *range(101, 126)]
    too_many = [annotation(line) for line in range(51)]
    answer = town.http(town.app_token).patch(
        f"{BASE}/check-runs/{run.id}", json={"output": output | {"annotations": too_many}}
    )
    assert answer.status_code == 422
    assert "No more than 50 items are allowed; 51 were supplied." in answer.json()["message"]
    assert repository.get_check_run(run.id).output.annotations_count == 100


OUTPUT = {"title": "t", "summary": "s"}
ACTION = {"label": "l", "description": "d", "identifier": "i"}


@pytest.mark.parametrize(
    "body",
    [
        {"status": "completed"},
        {"status": "done"},
        {"conclusion": "stale"},
        {"conclusion": "great"},
        {"output": {"title": "t"}},
        {"output": {"summary": "s"}},
        {"output": OUTPUT | {"summary": "x" * 65_536}},
        {"output": OUTPUT | {"text": "x" * 65_536}},
        {"output": OUTPUT | {"annotations": [annotation(1) | {"annotation_level": "error"}]}},
        {"output": OUTPUT | {"annotations": [annotation(1) | {"message": "x" * 65_537}]}},
        {"output": OUTPUT | {"annotations": [annotation(1) | {"end_line": 2, "start_column": 1}]}},
        {"output": OUTPUT | {"annotations": [annotation(2) | {"end_line": 1}]}},
        {"output": OUTPUT | {"annotations": [{"path": "x"}]}},
        {"output": OUTPUT | {"annotations": [annotation(1) | {"title": "x" * 256}]}},
        {"actions": [ACTION] * 4},
        {"actions": [ACTION | {"label": "x" * 21}]},
        {"actions": [ACTION | {"description": "x" * 41}]},
        {"actions": [ACTION | {"identifier": "x" * 21}]},
        {"started_at": "yesterday"},
    ],
)
def test_run__limits(still_town: Town, body: dict[str, Any]) -> None:
    town = still_town
    answer = town.http(town.app_token).post(
        f"{BASE}/check-runs", json={"name": "p2a", "head_sha": town.head} | body
    )
    assert answer.status_code == 422
    assert not town.playground.world.check_runs.all()


def test_run__the_limits_themselves_are_allowed(town: Town) -> None:
    body = {
        "name": "p2a",
        "head_sha": town.head,
        "output": {"title": "t", "summary": "x" * 65_535, "text": "ä" * 65_535},
        "actions": [{"label": "x" * 20, "description": "y" * 40, "identifier": "z" * 20}] * 3,
    }
    assert town.http(town.app_token).post(f"{BASE}/check-runs", json=body).status_code == 201


def test_run__only_apps_write_and_only_their_own(town: Town) -> None:
    body = {"name": "p2a", "head_sha": town.head}
    for token in (town.owner.token, town.writer.token):
        answer = town.http(token).post(f"{BASE}/check-runs", json=body)
        assert answer.status_code == 403
        assert answer.json()["message"] == "You must authenticate via a GitHub App."
    run = town.repository(town.app_token).create_check_run("p2a", town.head)
    world = town.playground.world
    other = world.add_app("other")
    town.app, town.installation_id = other, world.install(other, FULL_NAME)
    answer = town.http(town.app_token).patch(f"{BASE}/check-runs/{run.id}", json={"name": "x"})
    assert answer.status_code == 403
    assert "can only be modified by the GitHub App that created it" in answer.json()["message"]


def test_run__unknown_commit_and_unknown_run(town: Town) -> None:
    http = town.http(town.app_token)
    answer = http.post(f"{BASE}/check-runs", json={"name": "p2a", "head_sha": "1" * 40})
    assert answer.json()["message"] == f"No commit found for SHA: {'1' * 40}"
    assert http.get(f"{BASE}/check-runs/12").status_code == 404
    assert http.get(f"{BASE}/check-runs/abc").status_code == 404


def test_runs__listed_by_commit_and_suite(town: Town) -> None:
    repository = town.repository(town.app_token)
    old = repository.create_check_run("p2a", town.head, conclusion="failure")
    new = repository.create_check_run("p2a", town.head, status="in_progress")
    other = repository.create_check_run("lint", town.head, conclusion="success")
    commit = repository.get_commit("main")
    assert [run.id for run in commit.get_check_runs()] == [other.id, new.id]
    assert [run.id for run in commit.get_check_runs(check_name="p2a", filter="all")] == [
        new.id,
        old.id,
    ]
    assert [run.id for run in commit.get_check_runs(status="completed")] == [other.id]
    [suite] = commit.get_check_suites()
    assert suite.status == "in_progress"
    assert {run.id for run in suite.get_check_runs()} == {new.id, other.id}
    assert [s.id for s in commit.get_check_suites(app_id=town.app.id)] == [suite.id]
    assert list(commit.get_check_suites(check_name="nope")) == []


def test_buttons__tell_the_owning_app_alone(town: Town) -> None:
    repository = town.repository(town.app_token)
    actions = [{"label": "Fix", "description": "Fix it", "identifier": "fix"}]
    run = repository.create_check_run("p2a", town.head, conclusion="failure", actions=actions)
    town.told.clear()
    world, suite_id = town.playground.world, run.raw_data["check_suite"]["id"]
    world.rerun_check(run.id, login="mona")
    world.press_check_action(run.id, identifier="fix", login="mona")
    with pytest.raises(LookupError):
        world.press_check_action(run.id, identifier="nope", login="mona")
    with pytest.raises(LookupError):
        world.rerun_check(run.id, login="nobody")
    world.rerun_suite(suite_id, login="mona")
    assert {event.only_app_id for event in town.events} == {town.app.id}
    pressed = town.payloads_of("check_run")[-1]
    assert pressed["requested_action"] == {"identifier": "fix"}
    assert pressed["sender"]["login"] == "mona"
    assert town.told == [
        ("check_run", "rerequested"),
        ("check_run", "requested_action"),
        ("check_suite", "rerequested"),
    ]


def test_rerequest__over_rest(town: Town) -> None:
    repository = town.repository(town.app_token)
    run = repository.create_check_run("p2a", town.head, conclusion="failure")
    http = town.http(town.app_token)
    suite_id = run.raw_data["check_suite"]["id"]
    town.told.clear()
    assert http.post(f"{BASE}/check-runs/{run.id}/rerequest").status_code == 201
    assert http.post(f"{BASE}/check-suites/{suite_id}/rerequest").status_code == 201
    assert town.told == [("check_run", "rerequested"), ("check_suite", "rerequested")]


def test_run__a_completed_run_can_be_reopened(town: Town) -> None:
    repository = town.repository(town.app_token)
    at = datetime(2026, 11, 1, tzinfo=UTC)
    run = repository.create_check_run("p2a", town.head, conclusion="neutral", completed_at=at)
    assert run.completed_at == at
    run.edit(status="in_progress")
    reopened = repository.get_check_run(run.id).raw_data
    assert (reopened["status"], reopened["conclusion"], reopened["completed_at"]) == (
        "in_progress",
        None,
        None,
    )
    with pytest.raises(GithubException):
        run.edit(status="completed")


def test_suite__made_once_for_a_commit(town: Town) -> None:
    http = town.http(town.app_token)
    body = {"head_sha": town.head}
    made = http.post(f"{BASE}/check-suites", json=body)
    again = http.post(f"{BASE}/check-suites", json=body)
    assert (made.status_code, again.status_code) == (201, 200)
    assert made.json()["id"] == again.json()["id"]
    unknown = http.post(f"{BASE}/check-suites", json={"head_sha": "1" * 40})
    assert unknown.status_code == 422
    by_user = town.http(town.writer.token).post(f"{BASE}/check-suites", json=body)
    assert by_user.status_code == 403
    assert http.get(f"{BASE}/check-suites/12").status_code == 404
    assert http.get(f"{BASE}/check-suites/12/check-runs").status_code == 404
