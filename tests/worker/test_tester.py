"""The tester's step: what its tests prove, flaky ones, affected ones first, and what it may write."""

from pathlib import Path

from p2a.domain import WorkflowKind, WorkflowStatus
from tests.fakes.pulls import PIECES
from tests.fakes.tests_sandbox import FakeSandbox, laboratory
from tests.fakes.workshop import reply, small_script
from tests.worker.conftest import OpenWorkshop
from worker.laboratory import open_laboratory
from worker.story import Story, story_of

NEW = "tests/test_it.py"
THREE = "def test_a(): ...\n\ndef test_b(): ...\n\ndef test_c(): ...\n"


def is_changed(tree: Path) -> bool:
    return "2048" in (tree / PIECES).read_text(encoding="utf-8")


def script(*edits: tuple[str, str]) -> dict[str, object]:
    written = [{"path": path, "content": content} for path, content in edits]
    return small_script(TESTER=[reply("TESTER", summary="tests", edits=written)])


def test_tester__proves_by_running_base_and_head(open_workshop: OpenWorkshop) -> None:
    content = (
        "from uploader import pieces\n\n\n"
        "def test_size():\n    assert pieces.PIECE_SIZE == 2048\n\n\n"
        "def test_is_there():\n    assert pieces.PIECE_SIZE\n"
    )
    workshop = open_workshop(script(("tests/test_size.py", content), (PIECES, "broken")))
    workshop.laboratory = open_laboratory(workshop.settings)
    name = workshop.command(WorkflowKind.FIX, "mend it")
    assert workshop.perform(name) is WorkflowStatus.COMPLETED
    story: Story = story_of(workshop.store.tasks(name))
    assert story.proof is not None
    assert story.proof.proving == ["tests.test_size::test_size"]
    assert story.proof.passing_before == ["tests.test_size::test_is_there"]
    assert story.proof.before is not None
    assert (story.proof.before.passed, story.proof.before.failed) == (1, 1)
    assert story.proof.tree != story.proof.before.tree
    assert [item.reason for item in story.refusals] == ["the tester writes files of tests alone"]
    assert story.assessment is not None
    assert (story.assessment.changed_covered, story.assessment.changed_statements) == (1, 1)
    (pull,) = workshop.get("pulls?state=all")
    said = "2 new tests: 1 failing before, passing after; 1 passing before as well, no proof."
    assert f"**Proof:** {said}" in pull["body"]
    assert "`tests.test_size::test_is_there` passes without the change as well" in pull["body"]
    assert "Coverage of the changed lines: 1 of 1 statement ran in the tests." in pull["body"]


def test_tester__names_flaky_tests_and_does_not_send_them_back(open_workshop: OpenWorkshop) -> None:
    runs: dict[Path, int] = {}

    def failing(tree: Path) -> set[str]:
        if not is_changed(tree):
            return {"test_a", "test_b"} if (tree / NEW).exists() else set()
        # Each run has a copy of its own: the first fails, the second passes, and so on.
        return set() if runs.setdefault(tree, len(runs)) % 2 else {"test_b"}

    workshop = open_workshop(script((NEW, THREE)))
    workshop.laboratory = laboratory(failing)
    name = workshop.command(WorkflowKind.FIX, "mend it")
    assert workshop.perform(name) is WorkflowStatus.COMPLETED
    assert "developer-2" not in [task.name for task in workshop.store.tasks(name)]
    (pull,) = workshop.get("pulls?state=all")
    assert "`tests.test_it::test_b` (flaky: it passed when its file was run again" in pull["body"]
    assert "3 new tests: 1 failing before, passing after; 1 passing before" in pull["body"]
    assert "; 1 flaky." in pull["body"]


def test_tester__stops_at_affected_tests_that_fail(open_workshop: OpenWorkshop) -> None:
    workshop = open_workshop(script((NEW, "from uploader.pieces import split\n\n" + THREE)))
    workshop.laboratory = laboratory(lambda tree: {"test_b"} if is_changed(tree) else set())
    sandbox = workshop.laboratory.sandbox
    assert isinstance(sandbox, FakeSandbox)
    name = workshop.command(WorkflowKind.FIX, "mend it")
    assert workshop.perform(name) is WorkflowStatus.COMPLETED
    (tester,) = [task for task in workshop.store.tasks(name) if task.name == "tester"]
    assert tester.result["suite"]["scope"] == "affected tests"
    again = [one for one in workshop.peer.requests if (one.agent, one.turn) == ("DEVELOPER", 0)][1]
    assert "(affected tests only)" in str(again.body)
