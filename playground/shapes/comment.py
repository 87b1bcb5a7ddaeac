"""Comments on issues and on a pull request's conversation; no I/O."""

from typing import Any

from playground.records import Comment
from playground.shapes import user
from playground.shapes.app import performed
from playground.shapes.issue import page
from playground.shapes.links import node_id
from playground.shapes.moment import iso
from playground.shapes.reaction import rollup
from playground.shapes.view import View


def comment(comment: Comment, view: View) -> dict[str, Any]:
    """Return a comment; one that an App wrote names the App."""
    below = view.below(comment.repository_id)
    issue = view.records.issues.need(comment.issue_id)
    url = below.api(f"issues/comments/{comment.id}")
    return {
        "url": url,
        "html_url": f"{page(issue, view)}#issuecomment-{comment.id}",
        "issue_url": below.api(f"issues/{issue.number}"),
        "id": comment.id,
        "node_id": node_id("IC", comment.id),
        "user": user.simple(view.account(comment.author_id), view),
        "created_at": iso(comment.created_at),
        "updated_at": iso(comment.updated_at),
        "author_association": view.association(comment.author_id, comment.repository_id),
        "body": comment.body,
        "reactions": rollup("comment", comment.id, view, url=url),
        "performed_via_github_app": performed(comment.app_id, view),
    }
