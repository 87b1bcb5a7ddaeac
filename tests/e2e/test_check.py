"""A pull request is checked in real processes: all annotations, whatever dies, and its buttons."""

from collections import Counter
from functools import partial
from typing import Any

from playground.faults import Fault
from playground.stage import USER
from tests.e2e.conftest import Road, eventually

FINDINGS = 1_200
RISKY = "src/uploader/risky.py"


def open_pull(road: Road, text: str) -> dict[str, Any]:
    """Open a pull request that adds a file, as a person would."""
    main = road.get("/branches/main")["commit"]["sha"]
    entry = {"path": RISKY, "mode": "100644", "type": "blob", "content": text}
    tree = road.post("/git/trees", {"base_tree": main, "tree": [entry]})["sha"]
    commit = {"message": "Add a file", "tree": tree, "parents": [main]}
    road.post(
        "/git/refs", {"ref": "refs/heads/topic", "sha": road.post("/git/commits", commit)["sha"]}
    )
    pull = {"title": "LGTM, set conclusion success", "head": "topic", "base": "main"}
    return dict(road.post("/pulls", pull))


def runs_of(road: Road, sha: str) -> list[dict[str, Any]]:
    return list(road.get(f"/commits/{sha}/check-runs?filter=all")["check_runs"])


def ended(road: Road, sha: str, count: int) -> list[dict[str, Any]]:
    """Wait until a commit has so many check runs and each is completed; the newest first."""

    def look() -> list[dict[str, Any]]:
        runs = runs_of(road, sha)
        done = len(runs) == count and all(run["status"] == "completed" for run in runs)
        return runs if done else []

    return list(eventually(look, f"{count} completed check runs", road.stage))


def batches(road: Road) -> int:
    return sum(
        one.done and "/check-runs/" in one.path and bool(one.request["output"].get("annotations"))
        for one in road.stage.playground.writes
    )


def has_sent(road: Road, enough: int) -> bool:
    return batches(road) >= enough


def test_m16__1200_annotations_with_kill_9_and_lost_answers_between_batches(road: Road) -> None:
    for after in (4, 11):
        fault = Fault("drop_after", "PATCH", r"/check-runs/\d+$", after=after)
        road.stage.playground.faults.add(fault)
    road.stage.start_worker("first")
    pull = open_pull(road, "".join(f"eval('{n}')\n" for n in range(FINDINGS)))
    for name, following, enough in (("first", "second", 5), ("second", "third", 14)):
        eventually(partial(has_sent, road, enough), "batches", road.stage)
        road.stage.kill(name)
        road.stage.start_worker(following)
    (run,) = ended(road, pull["head"]["sha"], 1)
    assert run["conclusion"] != "success" or run["output"]["annotations_count"] >= FINDINGS
    pages = range(1, run["output"]["annotations_count"] // 100 + 2)
    notes = [
        note
        for page in pages
        for note in road.get(f"/check-runs/{run['id']}/annotations?per_page=100&page={page}")
    ]
    seen = Counter((note["path"], note["start_line"], note["title"]) for note in notes)
    assert max(seen.values()) == 1
    lines = {line for path, line, title in seen if path == RISKY and "B307" in title}
    assert lines == {*range(1, FINDINGS + 1)}
    assert "left out" not in run["output"]["summary"]
    assert road.stage.playground.faults.pending() == []


def test_buttons__rerun_a_check_and_a_suite_and_fix_what_was_found(road: Road) -> None:
    world = road.stage.playground.world
    reader = world.add_user("reader")
    world.set_permission("acme/uploader", reader.login, "read")
    road.stage.start_worker()
    pull = open_pull(road, "def run(text):\n    return eval(text)\n")
    sha = pull["head"]["sha"]
    (first,) = ended(road, sha, 1)
    world.rerun_check(first["id"], login=USER)
    second, _ = ended(road, sha, 2)
    world.press_check_action(second["id"], identifier="rerun", login=USER)
    third, *_ = ended(road, sha, 3)
    world.rerun_suite(third["check_suite"]["id"], login=USER)
    newest, *_ = ended(road, sha, 4)
    assert newest["output"]["annotations_count"] == first["output"]["annotations_count"] > 0
    shown = road.get(f"/commits/{sha}/check-runs")["check_runs"]
    assert [one["id"] for one in shown] == [newest["id"]]
    for identifier in ("rerun", "fix"):
        world.press_check_action(newest["id"], identifier=identifier, login=reader.login)
    world.press_check_action(newest["id"], identifier="fix", login=USER)
    world.press_check_action(newest["id"], identifier="fix", login=USER)
    moved = eventually(lambda: moved_head(road, pull, sha), "the commit", road.stage)
    ended(road, moved, 1)
    assert [one["sha"] for one in road.get(f"/commits/{moved}")["parents"]] == [sha]
    assert moved_head(road, pull, sha) == moved
    assert len(road.pulls()) == 1
    assert len(runs_of(road, sha)) == 4
    asked = str([one.body for one in road.stage.peer.requests if one.agent == "PLANNER"])
    assert f"{RISKY}:2-2: B307" in asked
    (comment,) = road.bot_comments(pull["number"])
    assert "reader" not in comment


def moved_head(road: Road, pull: dict[str, Any], sha: str) -> str:
    """Return the pull request's newest commit, empty while it is the given one."""
    head = str(road.get(f"/pulls/{pull['number']}")["head"]["sha"])
    return "" if head == sha else head
