"""Whether a change of a pull request would still reach somebody."""

from dataclasses import replace
from typing import cast

import pytest

from p2a.errors import GitFailed
from p2a.github.commit import BranchFacts
from p2a.github.pull import Pull
from worker.github_site import Questions
from worker.reach import check_reach

PULL = Pull(
    number=7,
    url="",
    state="open",
    is_draft=False,
    is_merged=False,
    head_sha="a" * 40,
    head_ref="topic",
    head_repository_id=1,
    base_sha="b" * 40,
    base_ref="main",
    is_ours=False,
)


class Branches:
    """A repository that has these branches."""

    def __init__(self, *names: str) -> None:
        self._names = names

    def branch_facts(self, branch: str) -> BranchFacts | None:
        return BranchFacts("a" * 40, is_protected=False) if branch in self._names else None


def reached(pull: Pull, *names: str, is_fork: bool = False) -> None:
    check_reach(cast("Questions", Branches(*names)), pull, is_fork=is_fork)


def test_check_reach__an_open_one_with_its_branch_is_reached() -> None:
    reached(PULL, "topic")
    reached(PULL, is_fork=True)  # its branch is not here


@pytest.mark.parametrize(
    ("pull", "said"),
    [
        (PULL, "the branch 'topic' of the pull request #7 was deleted"),
        (replace(PULL, state="closed"), "the pull request #7 is closed"),
        (replace(PULL, state="closed", is_merged=True), "the pull request #7 is merged"),
    ],
)
def test_check_reach__says_what_is_gone(pull: Pull, said: str) -> None:
    with pytest.raises(GitFailed, match=said) as caught:
        reached(pull, "main")
    assert "would reach nobody" in caught.value.why
    assert "give the command on an issue" in caught.value.next_step
