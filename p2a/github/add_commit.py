"""Performs `AddCommit`: one commit on top of a branch that stands exactly where we looked at it."""

from typing import Protocol

from p2a.effects import AddCommit, Performed
from p2a.errors import BranchMoved, EditRefused, GitHubInvalid
from p2a.github.commit import BranchFacts
from p2a.github.publish_branch import (
    BranchGateway,
    Wanted,
    check_changes,
    commit_message,
    is_made_by,
    store_tree,
)
from p2a.github.settle import Settler

MAX_LOOKED = 50
"""Commits on top of ours among which an earlier try's commit is looked for."""


class AddCommitGateway(BranchGateway, Protocol):
    """What is needed of the gateway."""

    def default_branch(self) -> str:
        """Return the repository's default branch."""

    def branch_facts(self, branch: str) -> BranchFacts | None:
        """Return a branch, None when there is no such branch."""

    def forward_ref(self, branch: str, sha: str) -> None:
        """Move a branch forward, never back or aside."""

    def commit_url(self, sha: str) -> str:
        """Return the page of a commit."""


def add_commit(
    gateway: AddCommitGateway,
    effect: AddCommit,
    *,
    workflow_id: str,
    settler: Settler,
    is_retry: bool,
) -> Performed:
    """Add the commit, or adopt the one that an earlier try of this workflow added.

    GitHub moves the branch only when the commit comes after what stands there at that moment, so
    nothing that somebody pushed meanwhile can be lost.

    Raises:
        BranchMoved: somebody pushed to the branch; nothing was changed.
        EditRefused: the branch is the default or a protected one, or a path is not of a work tree.
    """
    check_changes(effect.changes)
    _check_branch(gateway, effect.branch)
    wanted = Wanted(
        branch=effect.branch,
        tree=store_tree(gateway, effect.parent_sha, effect.changes, settler=settler),
        parent=effect.parent_sha,
        workflow_id=workflow_id,
    )
    sha, adopted = settler.settle(
        find=lambda: _find(gateway, wanted),
        make=lambda: _make(gateway, effect, wanted),
        look_first=is_retry,
    )
    return Performed(sha, gateway.commit_url(sha), adopted=adopted)


def _check_branch(gateway: AddCommitGateway, branch: str) -> None:
    facts = gateway.branch_facts(branch)
    if facts is None:
        raise BranchMoved(
            f"the branch {branch} is gone",
            why="somebody deleted or renamed it",
            next_step="give the command again where the work goes on",
        )
    if facts.is_protected or branch == gateway.default_branch():
        raise EditRefused(
            f"the branch {branch!r} is not written",
            why="it is protected, or the repository's default branch",
            next_step="open a pull request into it",
        )


def _make(gateway: AddCommitGateway, effect: AddCommit, wanted: Wanted) -> str:
    if gateway.find_ref(effect.branch) != effect.parent_sha:
        raise _moved(effect)
    message = commit_message(effect.message, wanted.workflow_id)
    sha = gateway.create_commit(message=message, tree=wanted.tree, parent=wanted.parent)
    try:
        gateway.forward_ref(effect.branch, sha)
    except GitHubInvalid as error:
        # Refused because it moved, or for a rule of the repository: the error says which.
        if gateway.find_ref(effect.branch) == effect.parent_sha:
            raise
        raise _moved(effect) from error
    return sha


def _find(gateway: AddCommitGateway, wanted: Wanted) -> str | None:
    """Return our commit where the branch still has it; others may have pushed on top."""
    sha = gateway.find_ref(wanted.branch)
    for _ in range(MAX_LOOKED):
        if sha is None or sha == wanted.parent:
            return None
        commit = gateway.commit(sha)
        if is_made_by(commit, wanted):
            return sha
        sha = commit.parents[0] if commit.parents else None
    return None


def _moved(effect: AddCommit) -> BranchMoved:
    return BranchMoved(
        f"the branch {effect.branch} moved while the change was made",
        why=f"it does not stand at {effect.parent_sha[:12]} any more",
        next_step="the change is kept: nothing of anybody is overwritten",
    )
