"""Repositories, in GitHub's three sizes; no I/O."""

from typing import Any

from playground.records import Repository
from playground.shapes import user
from playground.shapes.links import node_id
from playground.shapes.moment import iso
from playground.shapes.permission import flags
from playground.shapes.view import View

BELOW = {
    "archive_url": "{archive_format}{/ref}",
    "assignees_url": "assignees{/user}",
    "blobs_url": "git/blobs{/sha}",
    "branches_url": "branches{/branch}",
    "collaborators_url": "collaborators{/collaborator}",
    "comments_url": "comments{/number}",
    "commits_url": "commits{/sha}",
    "compare_url": "compare/{base}...{head}",
    "contents_url": "contents/{+path}",
    "contributors_url": "contributors",
    "deployments_url": "deployments",
    "downloads_url": "downloads",
    "events_url": "events",
    "forks_url": "forks",
    "git_commits_url": "git/commits{/sha}",
    "git_refs_url": "git/refs{/sha}",
    "git_tags_url": "git/tags{/sha}",
    "hooks_url": "hooks",
    "issue_comment_url": "issues/comments{/number}",
    "issue_events_url": "issues/events{/number}",
    "issues_url": "issues{/number}",
    "keys_url": "keys{/key_id}",
    "labels_url": "labels{/name}",
    "languages_url": "languages",
    "merges_url": "merges",
    "milestones_url": "milestones{/number}",
    "notifications_url": "notifications{?since,all,participating}",
    "pulls_url": "pulls{/number}",
    "releases_url": "releases{/id}",
    "stargazers_url": "stargazers",
    "statuses_url": "statuses/{sha}",
    "subscribers_url": "subscribers",
    "subscription_url": "subscription",
    "tags_url": "tags",
    "teams_url": "teams",
    "trees_url": "git/trees{/sha}",
}
"""The addresses below a repository."""


def minimal(repository: Repository, view: View, *, permission: str | None = None) -> dict[str, Any]:
    """Return a repository as it stands within check suites and lists.

    `permission` is the caller's level: None leaves the flags out.
    """
    document = _core(repository, view) | _settings(repository, view)
    if permission is not None:
        document["permissions"] = flags(permission)
    return document


def repository(
    repository: Repository, view: View, *, permission: str | None = None
) -> dict[str, Any]:
    """Return a repository as it stands within pull requests, tokens and webhooks."""
    return minimal(repository, view, permission=permission) | {"license": None}


def full(repository: Repository, view: View, *, permission: str | None = None) -> dict[str, Any]:
    """Return a repository as the answer to a question for it alone."""
    document = minimal(repository, view, permission=permission) | {
        "license": None,
        "allow_squash_merge": True,
        "allow_merge_commit": True,
        "allow_rebase_merge": True,
        "allow_auto_merge": False,
        "delete_branch_on_merge": False,
        "allow_update_branch": False,
        "temp_clone_token": None,
        "subscribers_count": 0,
        "network_count": _forks(repository, view),
    }
    parent = view.records.repositories.get(repository.parent_id)
    if parent is not None:
        document["parent"] = document["source"] = minimal(parent, view) | {"license": None}
    return document


def _core(repository: Repository, view: View) -> dict[str, Any]:
    full_name = view.full_name(repository)
    links = view.links
    return {
        "id": repository.id,
        "node_id": node_id("R", repository.id),
        "name": repository.name,
        "full_name": full_name,
        "private": repository.private,
        "owner": user.simple(view.account(repository.owner_id), view),
        "html_url": links.html(full_name),
        "description": repository.description,
        "fork": repository.parent_id is not None,
        "url": links.api(f"repos/{full_name}"),
        **{name: links.pattern(f"repos/{full_name}/{end}") for name, end in BELOW.items()},
        "git_url": f"git://{links.host()}/{full_name}.git",
        "ssh_url": f"git@{links.host()}:{full_name}.git",
        "clone_url": links.clone(full_name),
        "svn_url": links.html(full_name),
        "mirror_url": None,
        "homepage": None,
    }


def _settings(repository: Repository, view: View) -> dict[str, Any]:
    forks = _forks(repository, view)
    open_issues = len(view.records.issues.where(repository_id=repository.id, state="open"))
    return {
        "size": 0,
        "language": None,
        "default_branch": repository.default_branch,
        "has_issues": repository.has_issues,
        "has_projects": False,
        "has_wiki": False,
        "has_pages": False,
        "has_downloads": False,
        "has_discussions": False,
        "archived": repository.archived,
        "disabled": False,
        "visibility": "private" if repository.private else "public",
        "is_template": False,
        "topics": [],
        "allow_forking": True,
        "web_commit_signoff_required": False,
        "forks": forks,
        "forks_count": forks,
        "open_issues": open_issues,
        "open_issues_count": open_issues,
        "watchers": 0,
        "watchers_count": 0,
        "stargazers_count": 0,
        "created_at": iso(repository.created_at),
        "updated_at": iso(repository.updated_at),
        "pushed_at": iso(repository.pushed_at or repository.created_at),
    }


def _forks(repository: Repository, view: View) -> int:
    return len(view.records.repositories.where(parent_id=repository.id))
