"""`/p2a fix` on a pull request: a commit, a draft into it, or suggestions, and why."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from p2a.domain import WorkflowKind, WorkflowStatus
from p2a.store.store import Store
from tests.contract.playground_contract import assert_contract
from tests.fakes.pulls import PIECES, open_pull
from tests.fakes.tests_sandbox import FakeSandbox, laboratory
from tests.fakes.workshop import FULL_NAME, Workshop, now, reply, small_script
from tests.worker.conftest import OpenWorkshop

TEXT = "PIECE_SIZE = 1024\n\n\ndef run(x):\n    return x\n\n\ndef stop():\n    return None\n"
README = reply(
    "DOCUMENTER", summary="It tells", edits=[{"path": "NEWS.md", "content": "Bigger.\n"}]
)


def fix(workshop: Workshop, origin: dict[str, Any], **more: Any) -> str:
    place = {"number": origin["number"], "is_pull_request": True, **more}
    return workshop.command(WorkflowKind.FIX, "Make pieces bigger", **place)


def comment_of(workshop: Workshop, origin: dict[str, Any]) -> str:
    comments = workshop.get(f"issues/{origin['number']}/comments")
    (found,) = [one["body"] for one in comments if one["user"]["type"] == "Bot"]
    return str(found)


def head_of(workshop: Workshop, origin: dict[str, Any]) -> dict[str, Any]:
    sha = workshop.get(f"pulls/{origin['number']}")["head"]["sha"]
    return dict(workshop.get(f"git/commits/{sha}"))


def text_at(workshop: Workshop, ref: str, path: str = PIECES) -> str:
    url = f"{workshop.playground.api_url}/repos/{FULL_NAME}/contents/{path}?ref={ref}"
    headers = {
        "Authorization": f"Bearer {workshop.ann.token}",
        "Accept": "application/vnd.github.raw+json",
    }
    return requests.get(url, headers=headers, timeout=30).text


def move(workshop: Workshop, branch: str, files: dict[str, str]) -> str:
    """Push a change on top of a branch, as a person."""
    parent = workshop.get(f"branches/{branch}")["commit"]["sha"]
    entries = [
        {"path": path, "mode": "100644", "type": "blob", "content": text}
        for path, text in files.items()
    ]
    tree = workshop.post("git/trees", {"base_tree": parent, "tree": entries})
    body = {"message": "Move on", "tree": tree["sha"], "parents": [parent]}
    sha = workshop.post("git/commits", body)["sha"]
    url = f"{workshop.playground.api_url}/repos/{FULL_NAME}/git/refs/heads/{branch}"
    headers = {"Authorization": f"Bearer {workshop.ann.token}"}
    requests.patch(url, json={"sha": sha}, headers=headers, timeout=30).raise_for_status()
    return str(sha)


def once_after_the_change(action: Callable[[], object]) -> Callable[[Path], set[str]]:
    """Return a suite that passes; its first run on the changed tree makes something happen."""
    done: list[object] = []

    def failing(tree: Path) -> set[str]:
        if "2048" in (tree / PIECES).read_text(encoding="utf-8") and not done:
            done.append(True)
            action()
        return set()

    return failing


def test_fix__on_a_pull_request_adds_a_commit_to_its_branch(workshop: Workshop) -> None:
    origin = open_pull(workshop, TEXT)
    name = fix(workshop, origin)
    assert workshop.perform(name) is WorkflowStatus.COMPLETED
    head = head_of(workshop, origin)
    assert [one["sha"] for one in head["parents"]] == [origin["head_sha"]]
    assert f"P2A-Workflow: {name}" in head["message"]
    assert text_at(workshop, "topic") == TEXT.replace("1024", "2048")
    assert [one["number"] for one in workshop.get("pulls?state=all")] == [origin["number"]]
    said = comment_of(workshop, origin)
    assert "The change is a commit of this pull request" in said
    assert f"**Commit:** [`{head['sha'][:12]}`]" in said
    assert "Pieces are bigger." in said
    developer = next(one for one in workshop.peer.requests if one.agent == "DEVELOPER")
    assert "What it changes so far" in str(developer.body)
    assert "+def stop():" in str(developer.body)
    assert workshop.get(f"commits/{head['sha']}/check-runs")["check_runs"] == []
    assert_contract(workshop.playground)


def test_fix__killed_after_the_commit_adds_no_second_one(workshop: Workshop) -> None:
    origin = open_pull(workshop, TEXT)
    name = fix(workshop, origin)

    class Killed(BaseException):
        """The worker dies here."""

    class DiesAfterTheCommit(Store):
        def finish_effect(self, lease: Any, key: str, performed: Any) -> None:
            if key.startswith("commit:"):
                raise Killed
            super().finish_effect(lease, key, performed)

    with pytest.raises(Killed):
        workshop.perform(name, store=DiesAfterTheCommit(workshop.store._engine, now))
    ours = head_of(workshop, origin)["sha"]
    move(workshop, "topic", {"more.txt": "on top\n"})
    later = Store(workshop.store._engine, lambda: now() + timedelta(minutes=2))
    again = workshop.perform(name, store=later, clock=lambda: now() + timedelta(minutes=2))
    assert again is WorkflowStatus.COMPLETED
    head = head_of(workshop, origin)
    assert [one["sha"] for one in head["parents"]] == [ours]
    assert f"[`{ours[:12]}`]" in comment_of(workshop, origin)


def test_fix__of_a_branch_that_moved_is_rebased_and_tested_again(workshop: Workshop) -> None:
    origin = open_pull(workshop, TEXT)
    pushed: list[str] = []
    trees: list[str] = []

    def push_more() -> None:
        files = {PIECES: TEXT.replace("return None", "return True")}
        pushed.append(move(workshop, "topic", files))

    failing = once_after_the_change(push_more)

    def seen(tree: Path) -> set[str]:
        trees.append((tree / PIECES).read_text(encoding="utf-8"))
        return failing(tree)

    workshop.laboratory = laboratory(seen)
    name = fix(workshop, origin)
    assert workshop.perform(name) is WorkflowStatus.COMPLETED
    head = head_of(workshop, origin)
    assert [one["sha"] for one in head["parents"]] == pushed
    both = TEXT.replace("1024", "2048").replace("return None", "return True")
    assert text_at(workshop, "topic") == both
    assert both in trees
    said = comment_of(workshop, origin)
    assert f"moved from {origin['head_sha'][:12]} to {pushed[0][:12]} meanwhile" in said


def test_fix__that_conflicts_with_a_moved_branch_is_a_draft_that_names_the_files(
    workshop: Workshop,
) -> None:
    origin = open_pull(workshop, TEXT)
    files = {PIECES: TEXT.replace("1024", "4096")}
    workshop.laboratory = laboratory(once_after_the_change(lambda: move(workshop, "topic", files)))
    name = fix(workshop, origin)
    assert workshop.perform(name) is WorkflowStatus.COMPLETED
    assert text_at(workshop, "topic") == files[PIECES]
    (draft,) = [one for one in workshop.get("pulls") if one["head"]["ref"] == f"p2a/{name}"]
    assert (draft["base"]["ref"], draft["draft"]) == ("topic", True)
    said = comment_of(workshop, origin)
    assert f"conflicts with the change in `{PIECES}`" in said
    assert "merge `topic` there and solve the conflict" in said


def test_fix__that_breaks_tests_is_a_draft_to_look_at(workshop: Workshop) -> None:
    origin = open_pull(workshop, TEXT)
    workshop.laboratory = laboratory(
        lambda tree: {"test_b"} if "2048" in (tree / PIECES).read_text("utf-8") else set()
    )
    name = fix(workshop, origin)
    assert workshop.perform(name) is WorkflowStatus.COMPLETED
    assert head_of(workshop, origin)["sha"] == origin["head_sha"]
    assert "Tests fail that did not fail before" in comment_of(workshop, origin)


def test_fix__of_a_fork_is_offered_as_suggestions_and_a_patch(open_workshop: OpenWorkshop) -> None:
    edit = {"path": PIECES, "old": "1024", "new": "2048"}
    turns = [
        reply("DEVELOPER", 0, calls=[("edit", edit), ("run", {"command": "make"})]),
        reply("DEVELOPER", 1, calls=[("done", {"summary": "Pieces are bigger."})]),
    ]
    workshop = open_workshop(small_script(DOCUMENTER=[README], DEVELOPER=turns))
    sandbox = FakeSandbox(lambda tree: set())
    workshop.laboratory = replace(laboratory(lambda tree: set()), sandbox=sandbox)
    origin = open_pull(workshop, TEXT)
    before = workshop.get("branches")
    name = fix(workshop, origin, is_fork=True)
    assert workshop.perform(name) is WorkflowStatus.COMPLETED
    assert workshop.get("branches") == before
    (review,) = workshop.get(f"pulls/{origin['number']}/reviews")
    assert review["state"] == "COMMENTED"
    (comment,) = workshop.get(f"pulls/{origin['number']}/comments")
    assert (comment["path"], comment["line"]) == (PIECES, 1)
    assert comment["body"] == "```suggestion\nPIECE_SIZE = 2048\n```"
    assert "+++ b/NEWS.md" in review["body"]
    assert "`git apply`" in review["body"]
    assert "somebody else's repository" in review["body"]
    assert sandbox.commands == []
    said = comment_of(workshop, origin)
    assert "The change stands in a review as suggestions" in said
    assert "Tests before: not run: the head is in somebody else's repository" in said
    assert review["html_url"] in said
    assert_contract(workshop.playground)


def test_fix__never_writes_to_the_default_branch(workshop: Workshop) -> None:
    main = workshop.get("branches/main")["commit"]["sha"]
    workshop.post("git/refs", {"ref": "refs/heads/release", "sha": main})
    move(workshop, "main", {"x.txt": "x\n"})
    pull = workshop.post("pulls", {"title": "Out", "head": "main", "base": "release"})
    origin = {"number": pull["number"]}
    name = fix(workshop, origin)
    head = workshop.get("branches/main")["commit"]["sha"]
    assert workshop.perform(name) is WorkflowStatus.COMPLETED
    assert workshop.get("branches/main")["commit"]["sha"] == head
    assert "the default branch or a protected one" in comment_of(workshop, origin)


def mark(workshop: Workshop, origin: dict[str, Any], *, state: str = "closed") -> None:
    url = f"{workshop.playground.api_url}/repos/{FULL_NAME}/pulls/{origin['number']}"
    headers = {"Authorization": f"Bearer {workshop.ann.token}"}
    requests.patch(url, json={"state": state}, headers=headers, timeout=30).raise_for_status()


def test_approve__begins_nothing_for_a_pull_request_that_was_closed(workshop: Workshop) -> None:
    origin = open_pull(workshop, TEXT)
    name = fix(workshop, origin, key=f"plan:{workshop.repository.id}:{origin['number']}")
    assert workshop.perform(name) is WorkflowStatus.WAITING
    mark(workshop, origin)
    place = {"number": origin["number"], "is_pull_request": True}
    approve = workshop.command(WorkflowKind.APPROVE, **place)
    assert workshop.perform(approve) is WorkflowStatus.COMPLETED
    (said,) = [
        one["body"]
        for one in workshop.get(f"issues/{origin['number']}/comments")
        if one["body"].startswith(workshop.store.workflow(approve).marker)
    ]
    assert " is closed, and a change of it would reach nobody." in said
    assert f"The plan of workflow `{name}` still waits; reopen it, or " in said
    assert workshop.store.workflow(name).status is WorkflowStatus.WAITING


def test_fix__of_a_closed_pull_request_says_so(workshop: Workshop) -> None:
    origin = open_pull(workshop, TEXT)
    mark(workshop, origin)
    assert workshop.perform(fix(workshop, origin)) is WorkflowStatus.FAILED
    assert "is closed" in comment_of(workshop, origin)
    assert [one.agent for one in workshop.peer.requests] == []


def test_fix__of_a_pull_request_that_was_closed_meanwhile_adds_nothing(workshop: Workshop) -> None:
    origin = open_pull(workshop, TEXT)
    workshop.laboratory = laboratory(once_after_the_change(lambda: mark(workshop, origin)))
    name = fix(workshop, origin)
    assert workshop.perform(name) is WorkflowStatus.FAILED
    assert workshop.get("branches/topic")["commit"]["sha"] == origin["head_sha"]
    said = comment_of(workshop, origin)
    assert " is closed" in said.splitlines()[1]
    assert "A change of it would reach nobody." in said
    assert "Reopen it, or give the command on an issue." in said
    mark(workshop, origin, state="open")
    assert workshop.store.reopen(name)
    assert workshop.perform(name) is WorkflowStatus.COMPLETED
    assert [one["sha"] for one in head_of(workshop, origin)["parents"]] == [origin["head_sha"]]


def test_fix__of_an_issue_stands_on_the_base_as_it_is_now(workshop: Workshop) -> None:
    pushed: list[str] = []
    workshop.laboratory = laboratory(
        once_after_the_change(lambda: pushed.append(move(workshop, "main", {"more.txt": "more\n"})))
    )
    name = workshop.command(WorkflowKind.FIX, "Make pieces bigger")
    assert workshop.perform(name) is WorkflowStatus.COMPLETED
    (pull,) = workshop.get("pulls")
    commit = workshop.get(f"git/commits/{pull['head']['sha']}")
    assert [one["sha"] for one in commit["parents"]] == pushed
    assert "`main` moved from" in pull["body"]
