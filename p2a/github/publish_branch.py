"""Performs `PublishBranch`: blobs, a tree, a commit that GitHub signs, and a new branch."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from p2a import inert
from p2a.domain import BRANCH_PREFIX
from p2a.effects import FileChange, Performed, PublishBranch
from p2a.errors import EditRefused, GitHubInvalid
from p2a.github.commit import Commit, TreeEntry
from p2a.github.settle import Settler

TRAILER = "P2A-Workflow"
MAX_INLINE = 256 * 1024
"""Bytes of a file that goes inline into the tree's request; a larger one becomes a blob first."""
MAX_INLINE_TOTAL = 4 * 1024 * 1024
"""Bytes of all files that go inline together."""
_SUFFIX = re.compile(r"(?:-[A-Za-z0-9]{1,20})?\Z")


class BranchGateway(Protocol):
    """What is needed of the gateway."""

    def find_ref(self, branch: str) -> str | None:
        """Return the commit that a branch points to."""

    def commit(self, sha: str) -> Commit:
        """Return a commit."""

    def create_blob(self, content: bytes) -> str:
        """Store bytes."""

    def create_tree(self, *, base_tree: str, entries: Sequence[TreeEntry]) -> str:
        """Store a tree."""

    def create_commit(self, *, message: str, tree: str, parent: str) -> str:
        """Store a commit."""

    def create_ref(self, branch: str, sha: str) -> None:
        """Make a new branch."""

    def branch_url(self, branch: str) -> str:
        """Return the page of a branch."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the branch must hold to be ours: this very tree on this very commit, and our trailer."""

    branch: str
    tree: str
    parent: str
    workflow_id: str


def publish_branch(
    gateway: BranchGateway,
    effect: PublishBranch,
    *,
    workflow_id: str,
    settler: Settler,
    is_retry: bool,
) -> Performed:
    """Make the branch, or adopt the one that an earlier try of this workflow made.

    Raises:
        EditRefused: the branch is not this workflow's, or a path is not one of a work tree.
    """
    _check_branch(effect.branch, workflow_id)
    check_changes(effect.changes)
    # The tree first: storing it again gives the same one, and by it our own commit is known.
    wanted = Wanted(
        branch=effect.branch,
        tree=store_tree(gateway, effect.base_sha, effect.changes, settler=settler),
        parent=effect.base_sha,
        workflow_id=workflow_id,
    )
    adopted = _our_commit(gateway, wanted) if is_retry else None
    if adopted is not None:
        return Performed(adopted, gateway.branch_url(effect.branch), adopted=True)
    settler.before_write()
    message = commit_message(effect.message, workflow_id)
    sha = gateway.create_commit(message=message, tree=wanted.tree, parent=wanted.parent)
    head, was_there = settler.settle(
        find=lambda: _our_commit(gateway, wanted),
        make=lambda: _make_ref(gateway, wanted, sha),
        look_first=False,
    )
    return Performed(head, gateway.branch_url(effect.branch), was_there or head != sha)


def commit_message(message: str, workflow_id: str) -> str:
    """Return the message with our trailer, by which the commit is known as this workflow's."""
    trailer = f"{TRAILER}: {workflow_id}"
    text = inert.clean(message).rstrip()
    return text if has_trailer(text, workflow_id) else f"{text}\n\n{trailer}"


def has_trailer(message: str, workflow_id: str) -> bool:
    """Tell whether a commit's message says that it is of this workflow."""
    return f"{TRAILER}: {workflow_id}" in message.rstrip().rpartition("\n\n")[2].split("\n")


def _check_branch(branch: str, workflow_id: str) -> None:
    own = BRANCH_PREFIX + workflow_id
    if not branch.startswith(own) or not _SUFFIX.match(branch.removeprefix(own)):
        raise EditRefused(
            f"the branch {branch!r} is not written",
            why=f"this workflow may write {own} and nothing else",
            next_step="report this: a branch's name never comes from a model or a person",
        )


def check_changes(changes: Sequence[FileChange]) -> None:
    """Return when these are changes of files of a work tree.

    Raises:
        EditRefused: there are none, or a path is not one of a work tree.
    """
    if not changes:
        raise EditRefused(
            "there is nothing to publish",
            why="the change holds no file",
            next_step="look into the report for why nothing was changed",
        )
    for change in changes:
        _check_path(change.path)


def _check_path(path: str) -> None:
    parts = path.split("/")
    bad = any(part in {"", ".", ".."} or part.lower() == ".git" for part in parts)
    if bad or "\0" in path or len(path) > 4096:
        raise EditRefused(
            f"the path {path[:200]!r} is not published",
            why="it does not name a file of the work tree",
            next_step="report this: such a path should have been refused at the edit",
        )


def store_tree(
    gateway: BranchGateway, base_sha: str, changes: Sequence[FileChange], *, settler: Settler
) -> str:
    """Store the tree of a commit with some paths changed and return its id."""
    base = gateway.commit(base_sha)
    entries: list[TreeEntry] = []
    inline = 0
    for change in changes:
        settler.before_write()
        entry = _entry(gateway, change, may_inline=MAX_INLINE_TOTAL - inline)
        inline += len((entry.text or "").encode())
        entries.append(entry)
    settler.before_write()
    return gateway.create_tree(base_tree=base.tree, entries=entries)


def _entry(gateway: BranchGateway, change: FileChange, *, may_inline: int) -> TreeEntry:
    if change.content is None:
        return TreeEntry(change.path)
    text = _text(change.content)
    if text is not None and len(change.content) <= min(MAX_INLINE, may_inline):
        return TreeEntry(change.path, executable=change.executable, text=text)
    sha = gateway.create_blob(change.content)
    return TreeEntry(change.path, executable=change.executable, sha=sha)


def _text(content: bytes) -> str | None:
    """Return the content as text when JSON carries it without loss."""
    if b"\0" in content:
        return None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return None


def is_made_by(commit: Commit, wanted: Wanted) -> bool:
    """Tell whether a commit is the one that a workflow made: the trailer alone proves nothing."""
    is_same = commit.tree == wanted.tree and commit.parents == (wanted.parent,)
    return is_same and has_trailer(commit.message, wanted.workflow_id)


def _make_ref(gateway: BranchGateway, wanted: Wanted, sha: str) -> str:
    try:
        gateway.create_ref(wanted.branch, sha)
    except GitHubInvalid:
        there = _our_commit(gateway, wanted)
        if there is None:
            raise
        return there
    return sha


def _our_commit(gateway: BranchGateway, wanted: Wanted) -> str | None:
    """Return the branch's commit when an earlier try of ours made it, None without a branch.

    Anybody can write the trailer, so the content has to be the one that we would publish.
    """
    sha = gateway.find_ref(wanted.branch)
    if sha is None:
        return None
    commit = gateway.commit(sha)
    if not is_made_by(commit, wanted):
        raise EditRefused(
            f"the branch {wanted.branch} exists and is not ours",
            why=f"its last commit {sha[:12]} is not the change that this workflow made",
            next_step="rename or delete that branch, then retry; we never move a branch",
        )
    return sha
