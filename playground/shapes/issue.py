"""Issues, and pull requests seen as issues; no I/O."""

from typing import Any

from playground.records import Issue
from playground.shapes import label, user
from playground.shapes.app import performed
from playground.shapes.links import node_id
from playground.shapes.moment import iso
from playground.shapes.reaction import rollup
from playground.shapes.view import View


def issue(issue: Issue, view: View) -> dict[str, Any]:
    """Return an issue; that of a pull request has the key `pull_request`."""
    below = view.below(issue.repository_id)
    url = below.api(f"issues/{issue.number}")
    assignees = people(issue.assignee_ids, view)
    closer = view.records.accounts.get(issue.closed_by_id)
    document = {
        "url": url,
        "repository_url": below.api(),
        "labels_url": url + "/labels{/name}",
        "comments_url": f"{url}/comments",
        "events_url": f"{url}/events",
        "timeline_url": f"{url}/timeline",
        "html_url": page(issue, view),
        "id": issue.id,
        "node_id": node_id("I", issue.id),
        "number": issue.number,
        "title": issue.title,
        "user": user.simple(view.account(issue.author_id), view),
        "labels": labels(issue, view),
        "state": issue.state,
        "state_reason": issue.state_reason,
        "locked": issue.locked,
        "active_lock_reason": None,
        "assignee": assignees[0] if assignees else None,
        "assignees": assignees,
        "milestone": None,
        "comments": len(view.records.comments.where(issue_id=issue.id)),
        "created_at": iso(issue.created_at),
        "updated_at": iso(issue.updated_at),
        "closed_at": iso(issue.closed_at),
        "closed_by": None if closer is None else user.simple(closer, view),
        "author_association": view.association(issue.author_id, issue.repository_id),
        "type": None,
        "body": issue.body,
        "reactions": rollup("issue", issue.id, view, url=url),
        "performed_via_github_app": performed(issue.app_id, view),
    }
    return document | pull_side(issue, view)


def pull_side(issue: Issue, view: View) -> dict[str, Any]:
    """Return what an issue has only when it is a pull request."""
    pull = view.records.pulls.get(issue.pull_id)
    if pull is None:
        return {}
    below = view.below(issue.repository_id)
    html = below.html(f"pull/{pull.number}")
    return {
        "draft": pull.draft,
        "pull_request": {
            "url": below.api(f"pulls/{pull.number}"),
            "html_url": html,
            "diff_url": f"{html}.diff",
            "patch_url": f"{html}.patch",
            "merged_at": iso(pull.merged_at),
        },
    }


def page(issue: Issue, view: View) -> str:
    """Return the address of the page of an issue or pull request."""
    word = "issues" if issue.pull_id is None else "pull"
    return view.below(issue.repository_id).html(f"{word}/{issue.number}")


def labels(issue: Issue, view: View) -> list[dict[str, Any]]:
    """Return the labels that an issue has."""
    return [label.label(view.records.labels.need(id), view) for id in issue.label_ids]


def people(ids: tuple[int, ...], view: View) -> list[dict[str, Any]]:
    """Return accounts by their ids."""
    return [user.simple(view.account(id), view) for id in ids]
