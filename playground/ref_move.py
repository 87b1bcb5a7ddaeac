"""What follows from a moved reference: the push event, pull requests and check suites."""

from dataclasses import dataclass, replace

from playground import check_suites
from playground.git_commit import NO_OBJECT
from playground.git_facts import store_of
from playground.git_store import LogQuery
from playground.records import Pull
from playground.state import State

BRANCHES = "refs/heads/"
COMMITS_IN_PUSH = 2048
"""GitHub lists no more commits in a push event."""


@dataclass(frozen=True, slots=True)
class RefMove:
    """A reference that somebody moved, made (`before` is zeros) or deleted (`after` is zeros)."""

    repository_id: int
    ref: str
    before: str
    after: str
    sender_id: int

    @property
    def branch(self) -> str | None:
        """Return the branch's name, None for any other reference."""
        return self.ref.removeprefix(BRANCHES) if self.ref.startswith(BRANCHES) else None


def follow(state: State, move: RefMove) -> None:
    """Bring the records up to date with a reference that has moved and tell of it."""
    with state.lock:
        repository = state.repositories.need(move.repository_id)
        now = state.now()
        state.repositories.put(replace(repository, pushed_at=now, updated_at=now))
        _tell_push(state, move)
        if move.branch is None:
            return
        if move.after != NO_OBJECT:
            suite = check_suites.Wanted(
                repository_id=repository.id,
                head_sha=move.after,
                head_branch=move.branch,
                before=move.before,
                sender_id=move.sender_id,
            )
            check_suites.request(state, suite)
        _move_pulls(state, move)


def pull_ref(number: int) -> str:
    """Return the reference at which the base repository keeps a pull request's head."""
    return f"refs/pull/{number}/head"


def _tell_push(state: State, move: RefMove) -> None:
    store = store_of(state, move.repository_id)
    created, deleted = move.before == NO_OBJECT, move.after == NO_OBJECT
    commits: list[str] = []
    forced = False
    if not deleted and not created:
        forced = not store.is_ancestor(move.before, move.after)
        commits = store.log(LogQuery(start=move.after, exclude=move.before))
    elif created and move.branch is not None:
        repository = state.repositories.need(move.repository_id)
        trunk = store.branch(repository.default_branch)
        commits = store.log(LogQuery(start=move.after, exclude=trunk))
    newest = store.commits(commits[:COMMITS_IN_PUSH])
    state.emit(
        "push",
        None,
        move.repository_id,
        sender_id=move.sender_id,
        ref=move.ref,
        before=move.before,
        after=move.after,
        created=created,
        deleted=deleted,
        forced=forced,
        commits=tuple(reversed(newest)),
        head_commit=None if deleted else store.commit(move.after),
    )


def _move_pulls(state: State, move: RefMove) -> None:
    for pull in state.pulls.all():
        issue = state.issues.need(pull.issue_id)
        if issue.state != "open":
            continue
        if pull.head_repository_id == move.repository_id and pull.head_ref == move.branch:
            _move_head(state, pull, move)
        elif pull.repository_id == move.repository_id and pull.base_ref == move.branch:
            _move_base(state, pull, move)


def _move_head(state: State, pull: Pull, move: RefMove) -> None:
    if move.after == NO_OBJECT:
        close(state, pull, sender_id=move.sender_id)
        return
    base = store_of(state, pull.repository_id)
    base.borrow(store_of(state, move.repository_id), move.after)
    base.mirror_ref(pull_ref(pull.number), move.after)
    tip = base.branch(pull.base_ref) or pull.base_sha
    moved = state.pulls.put(replace(pull, head_sha=move.after, base_sha=tip))
    state.issues.put(replace(state.issues.need(pull.issue_id), updated_at=state.now()))
    state.emit(
        "pull_request",
        "synchronize",
        pull.repository_id,
        sender_id=move.sender_id,
        pull_request=moved,
        before=pull.head_sha,
        after=move.after,
    )


def _move_base(state: State, pull: Pull, move: RefMove) -> None:
    if move.after == NO_OBJECT:
        close(state, pull, sender_id=move.sender_id)
        return
    if store_of(state, pull.repository_id).is_ancestor(pull.head_sha, move.after):
        merged = replace(
            pull,
            base_sha=move.before,
            merged_at=state.now(),
            merged_by_id=move.sender_id,
            merge_commit_sha=move.after,
        )
        close(state, state.pulls.put(merged), sender_id=move.sender_id)


def close(state: State, pull: Pull, *, sender_id: int) -> None:
    """Close a pull request and tell of it."""
    now = state.now()
    issue = state.issues.need(pull.issue_id)
    closed = replace(issue, state="closed", closed_at=now, closed_by_id=sender_id, updated_at=now)
    state.issues.put(closed)
    state.emit(
        "pull_request",
        "closed",
        pull.repository_id,
        sender_id=sender_id,
        pull_request=pull,
    )
