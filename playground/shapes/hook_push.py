"""The payloads of `push` and `status`, which have a form of their own; no I/O."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from playground.git_commit import GitCommit, Person
from playground.records import Account, CommitStatus, Repository
from playground.shapes import commit as commits
from playground.shapes import repository as repositories
from playground.shapes import status as statuses
from playground.shapes.view import View


def push(
    parts: Mapping[str, Any], repository: Repository, view: View, *, sender: Account
) -> dict[str, Any]:
    """Return what a moved reference comes to; `parts` are those of the event."""
    below = view.below(repository.id)
    before, after = parts["before"], parts["after"]
    head = parts.get("head_commit")
    return {
        "ref": parts["ref"],
        "before": before,
        "after": after,
        "repository": _repository(repository, view),
        "pusher": {"name": sender.login, "email": sender.email},
        "created": parts["created"],
        "deleted": parts["deleted"],
        "forced": parts["forced"],
        "base_ref": parts.get("base_ref"),
        "compare": below.html(f"compare/{before[:12]}...{after[:12]}"),
        "commits": [_commit(one, repository, view) for one in parts["commits"]],
        "head_commit": None if head is None else _commit(head, repository, view),
    }


def status(status: CommitStatus, view: View) -> dict[str, Any]:
    """Return a commit's new status; raises LookupError when git has no such commit."""
    repository = view.repository(status.repository_id)
    commit = view.git.commit(repository.id, status.sha)
    if commit is None:
        raise LookupError(f"no commit {status.sha} for status {status.id}")
    return statuses.short(status, view) | {
        "sha": status.sha,
        "name": view.full_name(repository),
        "commit": commits.commit(commit, repository, view),
        "branches": [],
    }


def _repository(repository: Repository, view: View) -> dict[str, Any]:
    # Only here are two of the times numbers, and has the owner a name.
    owner = view.account(repository.owner_id)
    document = repositories.repository(repository, view)
    return document | {
        "owner": document["owner"] | {"name": owner.login, "email": owner.email},
        "created_at": _seconds(repository.created_at),
        "pushed_at": _seconds(repository.pushed_at or repository.created_at),
        "stargazers": 0,
        "master_branch": repository.default_branch,
    }


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def _commit(commit: GitCommit, repository: Repository, view: View) -> dict[str, Any]:
    return {
        "id": commit.sha,
        "tree_id": commit.tree,
        "distinct": True,
        "message": commit.message,
        "timestamp": commit.committer.date.isoformat(timespec="seconds"),
        "url": view.below(repository.id).html(f"commit/{commit.sha}"),
        "author": _person(commit.author, view),
        "committer": _person(commit.committer, view),
    }


def _person(person: Person, view: View) -> dict[str, Any]:
    account = commits.account_of(person, view)
    document = {"name": person.name, "email": person.email}
    return document if account is None else document | {"username": account.login}
