"""Reactions and their counts; no I/O."""

from typing import Any

from playground.records import Reaction
from playground.shapes import user
from playground.shapes.links import node_id
from playground.shapes.moment import iso
from playground.shapes.view import View

CONTENTS = ("+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes")


def reaction(reaction: Reaction, view: View) -> dict[str, Any]:
    """Return one account's reaction."""
    return {
        "id": reaction.id,
        "node_id": node_id("REA", reaction.id),
        "user": user.simple(view.account(reaction.account_id), view),
        "content": reaction.content,
        "created_at": iso(reaction.created_at),
    }


def rollup(subject: str, subject_id: int, view: View, *, url: str) -> dict[str, Any]:
    """Return how often each reaction was given; `url` is that of the subject."""
    given = [
        one.content for one in view.records.reactions.where(subject=subject, subject_id=subject_id)
    ]
    return {
        "url": f"{url}/reactions",
        "total_count": len(given),
        **{content: given.count(content) for content in CONTENTS},
    }
