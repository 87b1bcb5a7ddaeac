"""The check run of a step, against a GitHub on this machine."""

from pathlib import Path
from typing import Any

import pytest

from tests.action.conftest import Hub
from tests.fakes.action_job import ActionJob, Ended
from tests.fakes.git_client import git


@pytest.fixture
def job(tmp_path: Path, hub: Hub) -> ActionJob:
    """Return a job with the repository checked out at the branch that GitHub has."""
    job = ActionJob(tmp_path, {**hub.environ, "P2A_INPUT_CHECK_RUN": "true"})
    git("clone", "-q", hub.town.git_url(hub.token()), str(job.checkout), cwd=tmp_path)
    return job


def event(hub: Hub, *, head: int) -> dict[str, Any]:
    """Return the event of a job on a pull request to repository 1 from that of the id `head`."""
    sha = hub.town.head
    ends = {"head": {"sha": sha, "repo": {"id": head}}, "base": {"sha": sha, "repo": {"id": 1}}}
    return {"pull_request": {"number": 1, **ends}}


def runs(hub: Hub) -> list[Any]:
    return list(hub.get(f"/commits/{hub.town.head}/check-runs?filter=all")["check_runs"])


def see(hub: Hub, job: ActionJob, **environ: str) -> Ended:
    """Run the step without a base, so that everything is a finding of it."""
    plain = {"after": hub.town.head}
    return job.run("push", plain, **{"P2A_INPUT_TOKEN": hub.token(), **environ})


def test_check_run__holds_every_annotation_and_the_log_none(hub: Hub, job: ActionJob) -> None:
    ended = see(hub, job)
    assert ended.exit_code == 0, ended.log
    [run] = runs(hub)
    assert (run["name"], run["status"]) == ("p2a", "completed")
    assert run["conclusion"] == ended.outputs["conclusion"]
    assert run["output"]["annotations_count"] == int(ended.outputs["findings"]) > 0
    assert run["details_url"] == "https://github.com/octo/uploader/actions/runs/7"
    assert not any(" file=" in line for line in ended.commands)


def test_a16__another_attempt_and_another_job_of_the_matrix_update_the_same(
    hub: Hub, job: ActionJob
) -> None:
    first = see(hub, job)
    second = see(hub, job, GITHUB_RUN_ATTEMPT="2", P2A_INPUT_MINIMUM="100")
    assert (first.exit_code, second.exit_code) == (0, 1)
    [run] = runs(hub)
    assert run["conclusion"] == "failure"
    assert run["output"]["annotations_count"] == int(first.outputs["findings"])
    third = see(hub, job, P2A_INPUT_PATH="src")
    assert third.exit_code == 0, third.log
    assert {one["name"] for one in runs(hub)} == {"p2a", "p2a (src)"}


@pytest.mark.parametrize("head", [1, 2], ids=["the repository's own", "a fork's"])
def test_a08__a_token_that_may_not_is_named_and_the_result_stays(
    hub: Hub, job: ActionJob, head: int
) -> None:
    token = hub.token(contents="read")
    ended = job.run("pull_request", event(hub, head=head), P2A_INPUT_TOKEN=token)
    assert ended.exit_code == 0, ended.log
    assert "the job's token lacks `checks: write`" in ended.summary
    assert ended.summary.startswith("### ")
    assert "Overall" in ended.summary
    assert runs(hub) == []


def test_a01__github_away_changes_no_conclusion(hub: Hub, job: ActionJob) -> None:
    ended = see(hub, job, P2A_GITHUB_URL="http://127.0.0.1:9")
    assert ended.exit_code == 0, ended.log
    assert "the check run was not written: could not find the GitHub App" in ended.summary
