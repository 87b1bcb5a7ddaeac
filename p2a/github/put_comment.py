"""Performs `PutComment`: one comment of ours, found again by its marker, then edited."""

from typing import Protocol

from p2a import inert
from p2a.effects import MAX_BODY, Performed, PutComment
from p2a.github.comment import Comment
from p2a.github.settle import Settler


class CommentGateway(Protocol):
    """What is needed of the gateway."""

    def find_comment(self, number: int, marker: str) -> Comment | None:
        """Return our comment that starts with the marker."""

    def create_comment(self, number: int, body: str) -> Comment:
        """Write a comment."""

    def edit_comment(self, comment_id: int, body: str) -> Comment | None:
        """Replace a comment's text; None when the comment is gone."""


def comment_body(effect: PutComment) -> str:
    """Return what is sent: the marker as the first line, then the text within GitHub's limit."""
    text = inert.clean(effect.body).replace(effect.marker, "").strip("\n")
    return inert.fit(f"{effect.marker}\n{text}", MAX_BODY)


def put_comment(
    gateway: CommentGateway, effect: PutComment, *, settler: Settler, is_retry: bool
) -> Performed:
    """Write our comment, or edit the one that an earlier try, or workflow, left."""
    body = comment_body(effect)
    comment, adopted = settler.settle(
        find=lambda: gateway.find_comment(effect.number, effect.marker),
        make=lambda: gateway.create_comment(effect.number, body),
        look_first=is_retry or effect.is_shared,
    )
    if adopted and comment.body != body:
        settler.before_write()
        comment = gateway.edit_comment(comment.id, body) or comment
    return Performed(str(comment.id), comment.url, adopted=adopted)


def edit_comment(
    gateway: CommentGateway, effect: PutComment, known: Performed, *, settler: Settler
) -> Performed | None:
    """Edit the comment that the ledger knows; None when somebody deleted it."""
    settler.before_write()
    comment = gateway.edit_comment(int(known.external_id), comment_body(effect))
    return None if comment is None else Performed(str(comment.id), comment.url, known.adopted)
