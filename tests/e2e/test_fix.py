"""A comment becomes a checked draft pull request, once, whatever dies on the way."""

import os
import re
import signal
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from p2a.domain import Dimension
from playground.demo import files_of, links_in
from playground.faults import Fault
from playground.trace import ONE_OF_EACH, Trace, trace
from tests.e2e.conftest import Road, eventually
from tests.fakes.postgres import running_postgres
from tests.fakes.redis_server import RedisServer


def made(road: Road) -> object:
    return trace(road.stage.playground.writes, actor="p2a[bot]")


def test_fix__a_comment_becomes_a_checked_draft_pull_request(road: Road) -> None:
    road.stage.start_worker()
    assert road.end_of(road.ask()) == "rocket"
    [pull] = road.pulls()
    assert pull["draft"] is True
    assert re.fullmatch(r"p2a/[0-9a-f]{16}", pull["head"]["ref"])
    assert pull["user"]["login"] == "p2a[bot]"
    assert "Fixes #1" in pull["body"]
    [commit] = road.get(f"/pulls/{pull['number']}/commits")
    assert commit["commit"]["verification"]["verified"] is True
    [comment] = road.bot_comments()
    assert pull["html_url"] in comment
    [run] = road.get(f"/commits/{pull['head']['sha']}/check-runs")["check_runs"]
    assert run["status"] == "completed"
    said = f"{pull['body']} {run['output']['summary']} {run['output']['text']}"
    files = files_of(said)
    report = files["report.json"]
    scores, reasons = report["assessment"]["scores"], report["assessment"]["reasons"]
    assert set(scores) == {*Dimension, "overall"}
    assert all(scores[name] is not None or reasons[name] for name in scores)
    assert 0 <= report["assessment"]["overall"] <= 100
    assert (report["tests_before"]["passed"], report["tests_before"]["failed"]) == (9, 0)
    assert (report["tests_after"]["passed"], report["tests_after"]["failed"]) == (13, 0)
    assert report["tests_after"]["backend"] == "bubblewrap"
    assert len(files["ccg.json"]["nodes"]) > 10
    assert {"calls", "contains", "imports"} <= {edge["type"] for edge in files["ccg.json"]["edges"]}
    page = httpx.get(links_in(said)["ccg.html"]).raise_for_status()
    assert "<title>acme/uploader #1</title>" in page.text
    assert page.headers["content-security-policy"].endswith("; sandbox allow-scripts")
    assert made(road) == ONE_OF_EACH


def test_plan__waits_without_a_worker_until_it_is_approved(road: Road) -> None:
    road.stage.start_worker()
    road.ask("/p2a plan add retry to the uploader")

    def comment() -> str:
        return "".join(road.bot_comments()[:1])

    eventually(lambda: "### 📋 The plan: " in comment(), "the plan", road.stage)
    assert "Touches: `uploader.client.Uploader`" in comment()
    assert road.pulls() == []
    road.stage.stop("worker")
    road.stage.start_worker()
    approve = road.post("/issues/1/comments", {"body": "/p2a approve"})["id"]
    assert road.end_of(int(approve)) == "rocket"
    eventually(lambda: "### ✅ " in comment(), "the end of the change", road.stage)
    assert sum(one.agent == "PLANNER" for one in road.stage.peer.requests) == 1
    assert len(road.pulls()) == 1


def test_fix__the_same_road_on_postgresql_and_redis(
    make_road: Callable[..., Road], tmp_path: Path
) -> None:
    redis = RedisServer(tmp_path)
    redis.start()
    try:
        with running_postgres() as database:
            road = make_road(P2A_DATABASE_URL=database, P2A_REDIS_URL=redis.url)
            road.stage.start_bot()
            road.stage.start_worker()
            assert road.end_of(road.ask()) == "rocket"
            assert made(road) == ONE_OF_EACH
            assert not (road.stage.data_dir / "p2a.db").exists()
            assert not (road.stage.data_dir / "queue").exists()
            road.close()
    finally:
        redis.kill()


def asked(agent: str, *, times: int = 1) -> Callable[[Road], bool]:
    """Return the moment at which the model was asked so often by an agent."""

    def is_reached(road: Road) -> bool:
        return sum(one.agent == agent for one in road.stage.peer.requests) >= times

    return is_reached


def wrote(method: str, path: str) -> Callable[[Road], bool]:
    """Return the moment at which the App's write was done."""

    def is_reached(road: Road) -> bool:
        writes = road.stage.playground.writes
        return any(
            one.method == method
            and one.done
            and one.actor == "p2a[bot]"
            and re.search(path, one.path)
            for one in writes
        )

    return is_reached


MOMENTS = {
    "the progress comment stands": wrote("POST", r"/comments$"),
    "the developer works": asked("DEVELOPER", times=3),
    "the tester was asked": asked("TESTER"),
    "the branch stands": wrote("POST", r"/git/refs$"),
    "the pull request stands": wrote("POST", r"/pulls$"),
    "the check run stands": wrote("POST", r"/check-runs$"),
}


@pytest.mark.parametrize("moment", MOMENTS, ids=lambda name: name.replace(" ", "-"))
def test_fix__survives_kill_9_of_the_worker(road: Road, moment: str) -> None:
    road.stage.start_worker("first")
    comment_id = road.ask()
    eventually(lambda: MOMENTS[moment](road), moment, road.stage)
    road.stage.kill("first")
    road.stage.start_worker("second")
    assert road.end_of(comment_id) == "rocket"
    assert made(road) == ONE_OF_EACH


LOST_ANSWERS = [
    ("POST", r"/issues/1/comments$"),
    ("POST", r"/git/trees$"),
    ("POST", r"/git/commits$"),
    ("POST", r"/git/refs$"),
    ("POST", r"/pulls$"),
    ("POST", r"/check-runs$"),
    ("PATCH", r"/check-runs/\d+$"),
    ("PATCH", r"/issues/comments/\d+$"),
]


def test_fix__every_write_s_answer_is_lost_once(road: Road) -> None:
    for number, (method, path) in enumerate(LOST_ANSWERS):
        # The user's own comment is the first of its path.
        after = 1 if number == 0 else 0
        road.stage.playground.faults.add(Fault("drop_after", method, path, after=after))
    road.stage.start_worker()
    assert road.end_of(road.ask()) == "rocket"
    assert made(road) == ONE_OF_EACH


def test_fix__a_paused_worker_that_lost_its_lease_writes_nothing_more(road: Road) -> None:
    road.stage.start_worker("first")
    comment_id = road.ask()
    eventually(lambda: asked("DEVELOPER")(road), "the developer works", road.stage)
    pause(road, "first", signal.SIGSTOP)
    road.stage.start_worker("second")
    assert road.end_of(comment_id) == "rocket"
    before = len(road.stage.playground.writes)
    pause(road, "first", signal.SIGCONT)
    road.stage.stop("first")
    assert [one for one in road.stage.playground.writes[before:] if one.done] == []
    assert made(road) == ONE_OF_EACH


def pause(road: Road, name: str, how: signal.Signals) -> None:
    """Send a signal to a process and all its children."""
    os.killpg(road.stage.processes[name].pid, how)


def test_c01__a_reader_is_refused_once_and_nothing_is_spent(road: Road) -> None:
    world = road.stage.playground.world
    reader = world.add_user("reader")
    world.set_permission("acme/uploader", "reader", "read")
    road.stage.start_worker()
    headers = {"Authorization": f"Bearer {reader.token}"}
    road.post("/issues", {"title": "Uploads fail"})
    base = str(road.client.base_url)
    with httpx.Client(base_url=base, headers=headers) as stranger:
        for _ in range(2):
            said = stranger.post("/issues/1/comments", json={"body": "/p2a fix it"})
            comment_id = said.raise_for_status().json()["id"]
            assert road.end_of(comment_id) == "confused"
    assert len(road.bot_comments()) == 1
    assert "write" in road.bot_comments()[0]
    assert road.stage.peer.requests == ()
    assert not (road.stage.data_dir / "cache").exists()
    assert road.pulls() == []


def test_c03__a_permission_that_cannot_be_asked_is_no_permission(road: Road) -> None:
    faults = road.stage.playground.faults
    faults.add(Fault("status", "GET", r"/collaborators/mona/permission$", status=500, times=99))
    road.stage.start_worker()
    assert road.end_of(road.ask()) == "confused"
    assert road.pulls() == []
    assert road.stage.peer.requests == ()
    assert "could not" in road.bot_comments()[0].lower()


def test_c10__no_loop_over_our_own_comments(road: Road) -> None:
    road.stage.start_worker()
    assert road.end_of(road.ask("/p2a help")) == "rocket"
    [answer] = road.bot_comments()
    assert "/p2a fix" in answer
    assert road.stage.playground.webhooks.settle()
    assert made(road) == Trace(branches=0, pulls=0, comments=1, checks=0, completed_checks=0)
