"""Commits: as git objects, as a repository's history shows them, and in short; no I/O."""

from collections.abc import Sequence
from typing import Any

from playground.git_commit import GitCommit, Person
from playground.git_diff import FileChange
from playground.records import Account, Repository
from playground.shapes import pull_file, user
from playground.shapes.links import RepositoryLinks, node_id
from playground.shapes.moment import iso
from playground.shapes.view import View

NO_REPLY = "@users.noreply."
"""Within an address that GitHub gives to an account: `ID+LOGIN@users.noreply.HOST`."""


def commit(
    commit: GitCommit,
    repository: Repository,
    view: View,
    *,
    files: Sequence[FileChange] | None = None,
) -> dict[str, Any]:
    """Return a commit of a repository's history; `files` add the statistics."""
    below = view.below(repository.id)
    url = below.api(f"commits/{commit.sha}")
    document = {
        "sha": commit.sha,
        "node_id": node_id("C", commit.sha),
        "commit": {
            "author": person(commit.author),
            "committer": person(commit.committer),
            "message": commit.message,
            "tree": _tree(commit, below),
            "url": below.api(f"git/commits/{commit.sha}"),
            "comment_count": 0,
            "verification": verification(commit, repository, view),
        },
        "url": url,
        "html_url": below.html(f"commit/{commit.sha}"),
        "comments_url": f"{url}/comments",
        "author": _account(commit.author, view),
        "committer": _account(commit.committer, view),
        "parents": [
            {
                "sha": sha,
                "url": below.api(f"commits/{sha}"),
                "html_url": below.html(f"commit/{sha}"),
            }
            for sha in commit.parents
        ],
    }
    if files is not None:
        document["stats"] = {
            "total": sum(file.changes for file in files),
            "additions": sum(file.additions for file in files),
            "deletions": sum(file.deletions for file in files),
        }
        document["files"] = [
            pull_file.file(file, repository, view, ref=commit.sha) for file in files
        ]
    return document


def git_commit(commit: GitCommit, repository: Repository, view: View) -> dict[str, Any]:
    """Return a commit as an object of the Git Data API."""
    below = view.below(repository.id)
    return {
        "sha": commit.sha,
        "node_id": node_id("C", commit.sha),
        "url": below.api(f"git/commits/{commit.sha}"),
        "html_url": below.html(f"commit/{commit.sha}"),
        "author": person(commit.author),
        "committer": person(commit.committer),
        "tree": _tree(commit, below),
        "message": commit.message,
        "parents": [
            {
                "sha": sha,
                "url": below.api(f"git/commits/{sha}"),
                "html_url": below.html(f"commit/{sha}"),
            }
            for sha in commit.parents
        ],
        "verification": verification(commit, repository, view),
    }


def simple(commit: GitCommit) -> dict[str, Any]:
    """Return a commit as it stands within a check suite."""
    return {
        "id": commit.sha,
        "tree_id": commit.tree,
        "message": commit.message,
        "timestamp": iso(commit.committer.date),
        "author": {"name": commit.author.name, "email": commit.author.email},
        "committer": {"name": commit.committer.name, "email": commit.committer.email},
    }


def person(person: Person) -> dict[str, Any]:
    """Return who made a commit and when."""
    return {"name": person.name, "email": person.email, "date": iso(person.date)}


def verification(commit: GitCommit, repository: Repository, view: View) -> dict[str, Any]:
    """Return whether the commit's signature holds."""
    verified = view.git.verified(repository.id, commit)
    signed = "valid" if verified else "unknown_key"
    return {
        "verified": verified,
        "reason": "unsigned" if commit.signature is None else signed,
        "signature": commit.signature,
        "payload": commit.payload,
        "verified_at": iso(commit.committer.date) if verified else None,
    }


def account_of(person: Person, view: View) -> Account | None:
    """Return the account that a commit's address belongs to."""
    if not person.email:
        return None
    local, mark, _ = person.email.partition(NO_REPLY)
    if mark:
        login = local.rpartition("+")[2]
        return view.records.accounts.first(login=login)
    return view.records.accounts.first(email=person.email)


def _account(person: Person, view: View) -> dict[str, Any] | None:
    found = account_of(person, view)
    return None if found is None else user.simple(found, view)


def _tree(commit: GitCommit, below: RepositoryLinks) -> dict[str, Any]:
    return {"sha": commit.tree, "url": below.api(f"git/trees/{commit.tree}")}
