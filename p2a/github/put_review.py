"""Performs `PutReview`: one review with its comments, found again by its marker."""

from typing import Protocol

from p2a import inert
from p2a.effects import MAX_BODY, Performed, PutReview, ReviewComment
from p2a.errors import GitHubInvalid
from p2a.github.review import Review
from p2a.github.settle import Settler


class ReviewGateway(Protocol):
    """What is needed of the gateway."""

    def own_reviews(self, number: int) -> list[Review]:
        """Return the reviews that our App wrote."""

    def create_review(
        self, number: int, *, commit_id: str, body: str, comments: tuple[ReviewComment, ...]
    ) -> Review:
        """Write a review."""


def put_review(
    gateway: ReviewGateway, effect: PutReview, *, settler: Settler, is_retry: bool
) -> Performed:
    """Write the review, or adopt the one that an earlier try wrote.

    Raises:
        GitHubInvalid: GitHub takes it in neither form.
    """
    review, adopted = settler.settle(
        find=lambda: _ours(gateway, effect),
        make=lambda: _create(gateway, effect),
        look_first=is_retry,
    )
    return Performed(str(review.id), review.url, adopted=adopted)


def _ours(gateway: ReviewGateway, effect: PutReview) -> Review | None:
    found = gateway.own_reviews(effect.number)
    return next((one for one in found if one.body.startswith(effect.marker)), None)


def _create(gateway: ReviewGateway, effect: PutReview) -> Review:
    """Write it; where GitHub does not take the lines, the texts move into the review's own."""
    try:
        return gateway.create_review(
            effect.number,
            commit_id=effect.commit_id,
            body=_body(effect, effect.body),
            comments=tuple(_bounded(comment) for comment in effect.comments),
        )
    except GitHubInvalid:
        if not effect.comments:
            raise
        return gateway.create_review(
            effect.number,
            commit_id=effect.commit_id,
            body=_body(effect, effect.body_alone),
            comments=(),
        )


def _body(effect: PutReview, text: str) -> str:
    return inert.fit(f"{effect.marker}\n{inert.clean(text).strip()}", MAX_BODY)


def _bounded(comment: ReviewComment) -> ReviewComment:
    body = inert.fit(inert.clean(comment.body), MAX_BODY)
    return ReviewComment(comment.path, comment.first_line, comment.last_line, body)
