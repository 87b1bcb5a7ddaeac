"""What a second attempt of a job finds on a pull request, so that nothing is paid twice."""

from dataclasses import dataclass, replace

import pytest

from action.made import made_on_pull
from p2a.domain import NewWorkflow, Origin, Repository, WorkflowKind
from p2a.github.commit import Commit
from p2a.github.pull import Pull
from p2a.github.review import Review
from tests.fakes.github_gateway import BASE, FakeGateway, a_pull

WANTED = NewWorkflow(
    kind=WorkflowKind.FIX,
    origin=Origin(
        key="comment:1:7",
        repository=Repository(1, "octo", "uploader"),
        installation_id=0,
        number=3,
        is_pull_request=True,
        user="ann",
        user_id=5,
    ),
    title="",
    body="",
    prompt="",
)
OURS = f"Mend\n\nP2A-Workflow: {WANTED.id}"


@dataclass
class Hub(FakeGateway):
    """A hub with one pull request, whose head is `head`."""

    head: str = "c" * 40

    def pull(self, number: int) -> Pull:
        return replace(a_pull("topic"), head_sha=self.head)


@pytest.mark.parametrize(
    ("messages", "found"),
    [
        (["theirs"], ""),
        (["theirs", OURS], f"http://hub/commit/{1:040d}"),
        ([f"{OURS}0", "theirs"], ""),
    ],
)
def test_made_on_pull__is_a_commit_of_this_workflow_also_below_others(
    messages: list[str], found: str
) -> None:
    hub = Hub()
    shas = [f"{n:040d}" for n in range(len(messages))]
    for number, (sha, message) in enumerate(zip(shas, messages, strict=True)):
        parent = shas[number + 1] if number + 1 < len(shas) else BASE
        hub.commits[sha] = Commit(sha, "t" * 40, (parent,), message)
    hub.head = shas[0]
    assert made_on_pull(hub, WANTED) == found


def test_made_on_pull__stops_at_a_merge_and_finds_suggestions() -> None:
    hub = Hub()
    hub.commits[hub.head] = Commit(hub.head, "t" * 40, (BASE, "d" * 40), "Merge")
    assert made_on_pull(hub, WANTED) == ""
    hub.reviews.append(Review(1, f"<!-- p2a:suggestions:{WANTED.id} -->\nx", "http://hub/r"))
    assert made_on_pull(hub, WANTED) == "http://hub/r"
