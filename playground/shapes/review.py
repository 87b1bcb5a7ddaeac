"""Reviews of pull requests; no I/O."""

from typing import Any

from playground.records import Review
from playground.shapes import user
from playground.shapes.links import node_id
from playground.shapes.moment import iso
from playground.shapes.view import View


def review(review: Review, view: View) -> dict[str, Any]:
    """Return a review; a pending one has no time of submission."""
    below = view.below(review.repository_id)
    number = view.records.pulls.need(review.pull_id).number
    html = f"{below.html(f'pull/{number}')}#pullrequestreview-{review.id}"
    url = below.api(f"pulls/{number}")
    document = {
        "id": review.id,
        "node_id": node_id("PRR", review.id),
        "user": user.simple(view.account(review.author_id), view),
        "body": review.body,
        "state": review.state,
        "html_url": html,
        "pull_request_url": url,
        "author_association": view.association(review.author_id, review.repository_id),
        "_links": {"html": {"href": html}, "pull_request": {"href": url}},
        "commit_id": review.commit_id,
    }
    if review.submitted_at is not None:
        document["submitted_at"] = iso(review.submitted_at)
    return document
