"""`/p2a test` and `/p2a docs`: what a pull request lacks, added to its branch."""

from pathlib import Path
from typing import Any

import pytest

from p2a.checkout import Checkout
from p2a.domain import WorkflowKind, WorkflowStatus
from p2a.git import Git, find_git
from tests.contract.playground_contract import assert_contract
from tests.fakes.pulls import open_pull
from tests.fakes.tests_sandbox import laboratory
from tests.fakes.upstream import Upstream
from tests.fakes.workshop import Workshop, reply, small_script
from tests.worker.conftest import OpenWorkshop
from tests.worker.test_pull_fix import TEXT, comment_of, head_of, text_at
from worker import excerpts
from worker.work_tree import WorkTree

TEST = {"path": "tests/test_run.py", "content": "def test_run():\n    assert True\n"}
NEWS = {"path": "NEWS.md", "content": "It can stop.\n"}


def written(workshop: Workshop, kind: WorkflowKind, origin: dict[str, Any]) -> str:
    place: dict[str, Any] = {"number": origin["number"], "is_pull_request": True}
    name = workshop.command(kind, **place)
    assert workshop.perform(name) is WorkflowStatus.COMPLETED
    return name


@pytest.mark.parametrize(
    ("kind", "agent", "edit"),
    [(WorkflowKind.TEST, "TESTER", TEST), (WorkflowKind.DOCS, "DOCUMENTER", NEWS)],
)
def test_additions__are_one_commit_by_one_agent(
    open_workshop: OpenWorkshop, kind: WorkflowKind, agent: str, edit: dict[str, str]
) -> None:
    script = small_script(**{agent: [reply(agent, summary="It was missing.", edits=[edit])]})
    workshop = open_workshop(script)
    workshop.laboratory = laboratory(lambda tree: set())
    origin = open_pull(workshop, TEXT)
    written(workshop, kind, origin)
    head = head_of(workshop, origin)
    assert [one["sha"] for one in head["parents"]] == [origin["head_sha"]]
    assert text_at(workshop, "topic", edit["path"]) == edit["content"]
    assert [one.agent for one in workshop.peer.requests] == [agent]
    asked = str(workshop.peer.requests[0].body)
    assert "+def stop():" in asked
    said = comment_of(workshop, origin)
    assert "The change is a commit of this pull request" in said
    assert "It was missing." in said
    assert "Tests after: 3 passed" in said
    assert_contract(workshop.playground)


def test_tree__of_additions_shows_the_pull_request_as_the_change(tmp_path: Path) -> None:
    upstream = Upstream(tmp_path / "upstream")
    git = Git(find_git(), upstream.git_dir)
    base = upstream.commit({"src/run.py": "x = 1\n", "tests/test_run.py": "pass\n"})
    head = upstream.commit({"src/run.py": "x = 2\n"})
    checkout = Checkout.create(tmp_path / "work", source=git, commit=head)
    tree = WorkTree(checkout, pull_base=base, shows_pull=True)
    assert "-x = 1\n+x = 2" in tree.diff()
    assert list(excerpts.tests_near(tree.workspace)) == ["tests/test_run.py"]
    assert tree.copy("beside").diff() == tree.diff()
    before = tree.base_tree(tmp_path / "before")
    assert before.workspace.read_text("src/run.py") == "x = 1\n"


def test_test__tests_that_fail_come_as_a_draft(open_workshop: OpenWorkshop) -> None:
    script = small_script(TESTER=[reply("TESTER", summary="It fails.", edits=[TEST])])
    workshop = open_workshop(script)
    workshop.laboratory = laboratory(
        lambda tree: {"test_b"} if (tree / TEST["path"]).exists() else set()
    )
    origin = open_pull(workshop, TEXT)
    name = written(workshop, WorkflowKind.TEST, origin)
    assert head_of(workshop, origin)["sha"] == origin["head_sha"]
    (draft,) = [one for one in workshop.get("pulls") if one["head"]["ref"] == f"p2a/{name}"]
    assert draft["base"]["ref"] == "topic"
    assert "Tests fail that did not fail before" in comment_of(workshop, origin)


def test_test__that_finds_nothing_to_write_says_so(workshop: Workshop) -> None:
    origin = open_pull(workshop, TEXT)
    written(workshop, WorkflowKind.TEST, origin)
    said = comment_of(workshop, origin)
    assert "Nothing was found to write: no tests needed" in said
    assert head_of(workshop, origin)["sha"] == origin["head_sha"]


def test_docs__on_a_fork_says_what_to_do_instead(workshop: Workshop) -> None:
    origin = open_pull(workshop, TEXT)
    place: dict[str, Any] = {
        "number": origin["number"],
        "is_pull_request": True,
        "is_fork": True,
    }
    name = workshop.command(WorkflowKind.DOCS, **place)
    assert workshop.perform(name) is WorkflowStatus.FAILED
    said = comment_of(workshop, origin)
    assert "does nothing on a pull request from a fork" in said
    assert "`/p2a fix TEXT`, which offers suggestions" in said
    assert "/p2a retry" not in said
    assert [one.agent for one in workshop.peer.requests] == []
