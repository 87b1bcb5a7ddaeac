"""Pull requests, in GitHub's three sizes; no I/O."""

from typing import Any

from playground.records import Issue, Pull, Repository
from playground.shapes import issue as issues
from playground.shapes import repository as repositories
from playground.shapes import user
from playground.shapes.links import node_id
from playground.shapes.moment import iso
from playground.shapes.view import PullNumbers, View


def simple(pull: Pull, view: View) -> dict[str, Any]:
    """Return a pull request as it stands in lists."""
    issue = view.records.issues.need(pull.issue_id)
    links = _links(pull, view)
    assignees = issues.people(issue.assignee_ids, view)
    html = links["html"]
    return {
        "url": links["self"],
        "id": pull.id,
        "node_id": node_id("PR", pull.id),
        "html_url": html,
        "diff_url": f"{html}.diff",
        "patch_url": f"{html}.patch",
        "issue_url": links["issue"],
        "number": pull.number,
        "state": issue.state,
        "locked": issue.locked,
        "title": issue.title,
        "user": user.simple(view.account(issue.author_id), view),
        "body": issue.body,
        "created_at": iso(issue.created_at),
        "updated_at": iso(issue.updated_at),
        "closed_at": iso(issue.closed_at),
        "merged_at": iso(pull.merged_at),
        "merge_commit_sha": pull.merge_commit_sha,
        "assignee": assignees[0] if assignees else None,
        "assignees": assignees,
        "requested_reviewers": issues.people(pull.requested_reviewer_ids, view),
        "requested_teams": [],
        "labels": _labels(issue, view),
        "milestone": None,
        "draft": pull.draft,
        **{
            f"{name}_url": links[name]
            for name in ("commits", "review_comments", "review_comment", "comments", "statuses")
        },
        "head": _head(pull, view),
        "base": _end(pull.base_ref, pull.base_sha, view.repository(pull.repository_id), view),
        "_links": {name: {"href": address} for name, address in links.items()},
        "author_association": view.association(issue.author_id, pull.repository_id),
        "auto_merge": None,
        "active_lock_reason": None,
    }


def full(pull: Pull, view: View) -> dict[str, Any]:
    """Return a pull request as the answer to a question for it alone."""
    numbers = view.git.pull_numbers(pull)
    merger = view.records.accounts.get(pull.merged_by_id)
    return simple(pull, view) | {
        "merged": pull.merged_at is not None,
        "mergeable": numbers.mergeable,
        "rebaseable": numbers.mergeable,
        "mergeable_state": _mergeable_state(numbers, draft=pull.draft),
        "merged_by": None if merger is None else user.simple(merger, view),
        "comments": len(view.records.comments.where(issue_id=pull.issue_id)),
        "review_comments": len(view.records.review_comments.where(pull_id=pull.id)),
        "maintainer_can_modify": pull.maintainer_can_modify,
        "commits": numbers.commits,
        "additions": numbers.additions,
        "deletions": numbers.deletions,
        "changed_files": numbers.changed_files,
    }


def minimal(pull: Pull, view: View) -> dict[str, Any]:
    """Return a pull request as it stands within checks."""
    base = view.repository(pull.repository_id)
    head = view.records.repositories.get(pull.head_repository_id) or base
    return {
        "url": view.below(base.id).api(f"pulls/{pull.number}"),
        "id": pull.id,
        "number": pull.number,
        "head": {"ref": pull.head_ref, "sha": pull.head_sha, "repo": _tiny(head, view)},
        "base": {"ref": pull.base_ref, "sha": pull.base_sha, "repo": _tiny(base, view)},
    }


def of_head(repository_id: int, sha: str, view: View) -> list[dict[str, Any]]:
    """Return the open pull requests of a repository's own branches whose head is that commit."""
    found = view.records.pulls.where(
        repository_id=repository_id, head_repository_id=repository_id, head_sha=sha
    )
    return [
        minimal(pull, view)
        for pull in found
        if view.records.issues.need(pull.issue_id).state == "open"
    ]


def _mergeable_state(numbers: PullNumbers, *, draft: bool) -> str:
    if numbers.mergeable is None:
        return "unknown"
    if not numbers.mergeable:
        return "dirty"
    return "draft" if draft else "clean"


def _links(pull: Pull, view: View) -> dict[str, str]:
    below = view.below(pull.repository_id)
    url = below.api(f"pulls/{pull.number}")
    issue = below.api(f"issues/{pull.number}")
    return {
        "self": url,
        "html": below.html(f"pull/{pull.number}"),
        "issue": issue,
        "comments": f"{issue}/comments",
        "review_comments": f"{url}/comments",
        "review_comment": below.api("pulls/comments") + "{/number}",
        "commits": f"{url}/commits",
        "statuses": below.api(f"statuses/{pull.head_sha}"),
    }


def _labels(issue: Issue, view: View) -> list[dict[str, Any]]:
    # The description of a list's pull request allows no label without a description.
    return [one | {"description": one["description"] or ""} for one in issues.labels(issue, view)]


def _head(pull: Pull, view: View) -> dict[str, Any]:
    repository = view.records.repositories.get(pull.head_repository_id)
    if repository is None:
        return {
            "label": f"unknown:{pull.head_ref}",
            "ref": pull.head_ref,
            "sha": pull.head_sha,
            "user": None,
            "repo": None,
        }
    return _end(pull.head_ref, pull.head_sha, repository, view)


def _end(ref: str, sha: str, repository: Repository, view: View) -> dict[str, Any]:
    owner = view.account(repository.owner_id)
    return {
        "label": f"{owner.login}:{ref}",
        "ref": ref,
        "sha": sha,
        "user": user.simple(owner, view),
        "repo": repositories.repository(repository, view),
    }


def _tiny(repository: Repository, view: View) -> dict[str, Any]:
    return {
        "id": repository.id,
        "url": view.below(repository.id).api(),
        "name": repository.name,
    }
