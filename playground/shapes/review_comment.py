"""Comments on the lines of a pull request's diff; no I/O."""

from typing import Any

from playground.records import ReviewComment
from playground.shapes import user
from playground.shapes.links import node_id
from playground.shapes.moment import iso
from playground.shapes.reaction import rollup
from playground.shapes.view import View

PLACES = (
    "line",
    "original_line",
    "start_line",
    "original_start_line",
    "start_side",
    "position",
    "original_position",
    "in_reply_to_id",
)
"""Where a comment stands; what it has not is left out."""


def comment(comment: ReviewComment, view: View) -> dict[str, Any]:
    """Return a comment on a diff."""
    below = view.below(comment.repository_id)
    number = view.records.pulls.need(comment.pull_id).number
    url = below.api(f"pulls/comments/{comment.id}")
    html = f"{below.html(f'pull/{number}')}#discussion_r{comment.id}"
    pull = below.api(f"pulls/{number}")
    places = {name: getattr(comment, name) for name in PLACES}
    return {
        "url": url,
        "pull_request_review_id": comment.review_id,
        "id": comment.id,
        "node_id": node_id("PRRC", comment.id),
        "diff_hunk": comment.diff_hunk,
        "path": comment.path,
        "commit_id": comment.commit_id,
        "original_commit_id": comment.original_commit_id,
        "user": user.simple(view.account(comment.author_id), view),
        "body": comment.body,
        "created_at": iso(comment.created_at),
        "updated_at": iso(comment.updated_at),
        "html_url": html,
        "pull_request_url": pull,
        "_links": {"self": {"href": url}, "html": {"href": html}, "pull_request": {"href": pull}},
        "author_association": view.association(comment.author_id, comment.repository_id),
        "reactions": rollup("review_comment", comment.id, view, url=url),
        "side": comment.side,
        "subject_type": comment.subject_type,
        **{name: value for name, value in places.items() if value is not None},
    }
