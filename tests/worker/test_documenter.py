"""The documenter's step: what it is told, and that it writes documents and docstrings alone."""

from p2a.domain import WorkflowKind, WorkflowStatus
from tests.fakes.pulls import PIECES
from tests.fakes.workshop import reply, small_script
from tests.worker.conftest import OpenWorkshop
from worker.story import story_of

DRIFTED = '''\
def count(data, piece_size=PIECE_SIZE):
    """Return how many pieces there are.

    Args:
        data: the bytes.
        size: of a piece.
    """
    return -(-len(data) // piece_size)
'''


def test_documenter__is_told_what_is_untrue_and_writes_no_code(open_workshop: OpenWorkshop) -> None:
    old = "def count(data, size=PIECE_SIZE):\n    return -(-len(data) // size)\n"
    client = "src/uploader/client.py"
    renamed = {"path": client, "old": "    def upload(self", "new": "    def upload_file(self"}
    turns = [
        reply(
            "DEVELOPER", 0, calls=[("edit", {"path": PIECES, "old": old, "new": DRIFTED}), ("edit", renamed)]
        ),
        reply("DEVELOPER", 1, calls=[("done", {"summary": "Renamed."})]),
    ]  # fmt: skip
    edits = [
        {"path": "README.md", "content": "# uploader\n\nCall `upload_file`.\n"},
        {"path": PIECES, "content": "PIECE_SIZE = 1\n"},
        {"path": "docs/conf.py", "content": "x = 1\n"},
    ]
    documenter = [reply("DOCUMENTER", summary="told", edits=edits)]
    workshop = open_workshop(small_script(DEVELOPER=turns, DOCUMENTER=documenter))
    name = workshop.command(WorkflowKind.FIX, "rename it")
    assert workshop.perform(name) is WorkflowStatus.COMPLETED
    (asked,) = [one for one in workshop.peer.requests if one.agent == "DOCUMENTER"]
    prompt = asked.body["contents"][0]["parts"][0]["text"]
    assert (
        "README.md:9: names Uploader.upload, which is removed: receipt = uploader.upload" in prompt
    )
    drifted = (
        f"{PIECES}:24: the docstring of count describes size, which is not among its parameters"
    )
    assert drifted in prompt
    story = story_of(workshop.store.tasks(name))
    assert {change.path for change in story.changes} == {"README.md", PIECES, client}
    assert [item.path for item in story.refusals] == [PIECES, "docs/conf.py"]
