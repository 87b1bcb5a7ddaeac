"""Reviews of pull requests."""

from dataclasses import replace
from typing import Any

from playground import failure
from playground.call import Answer, Call, Route
from playground.endpoints.pulls import pull_of
from playground.endpoints.review_form import (
    CommentForm,
    check_body,
    read_comment,
    stored_comment,
    tell_comment,
)
from playground.failure import Failure
from playground.git_facts import store_of
from playground.records import Pull, Review
from playground.shapes import review as shapes
from playground.shapes import review_comment

STATES = {"APPROVE": "APPROVED", "REQUEST_CHANGES": "CHANGES_REQUESTED", "COMMENT": "COMMENTED"}
OWN = {
    "APPROVE": "Can not approve your own pull request",
    "REQUEST_CHANGES": "Can not request changes on your own pull request",
}
PENDING = "PENDING"


def listing(call: Call) -> Answer:
    """Return the reviews of a pull request, oldest first; pending ones only to their author."""
    call.need("pull_requests")
    found = call.world.reviews.where(
        lambda review: review.state != PENDING or review.author_id == call.actor.account_id,
        pull_id=pull_of(call).id,
    )
    return call.page(found, shapes.review)


def create(call: Call) -> Answer:
    """Review a pull request, with comments on its lines; without an event it stays pending."""
    call.need("pull_requests", "write", role="read")
    pull = pull_of(call)
    body = call.take("body", str, "") or ""
    event = call.take("event", str)
    given: list[Any] = call.take("comments", list) or []
    forms = [_read(call, pull, one) for one in given]
    _check_event(call, pull, event=event, body=body, has_comments=bool(forms))
    review = _stored(call, pull, body=body, state=STATES[event] if event else PENDING)
    _add_comments(call, pull, review, forms)
    if event is not None:
        _tell(call, review, "submitted")
    return Answer(200, shapes.review(review, call.view))


def _read(call: Call, pull: Pull, given: object) -> CommentForm:
    if not isinstance(given, dict):
        raise failure.wrong_request("For 'properties/comments', it is not an array of objects.")
    try:
        return read_comment(call, pull, given)
    except Failure as refusal:
        # What is wrong with a comment of a review is told in words only.
        fields = [error["field"] for error in refusal.errors if isinstance(error, dict)]
        if not fields:
            raise
        word = "Path" if fields[0].endswith("path") else "Line"
        text = f"{word} could not be resolved"
        raise Failure(422, "Unprocessable Entity", errors=[text]) from refusal


def _check_event(
    call: Call, pull: Pull, *, event: str | None, body: str, has_comments: bool
) -> None:
    if event is None:
        return
    if event not in STATES:
        listed = ", ".join(STATES)
        raise failure.wrong_request(f"For 'properties/event', {event} is not one of {listed}.")
    author_id = call.world.issues.need(pull.issue_id).author_id
    if event in OWN and author_id == call.account().id:
        raise Failure(422, "Unprocessable Entity", errors=[OWN[event]])
    if event != "APPROVE" and not body and not (has_comments and event == "COMMENT"):
        raise Failure(422, "Unprocessable Entity", errors=["Review comments is required"])
    if body:
        check_body(body)


def _stored(call: Call, pull: Pull, *, body: str, state: str) -> Review:
    commit_id = call.take("commit_id", str) or pull.head_sha
    if store_of(call.world, pull.repository_id).object_types([commit_id]) != ["commit"]:
        raise failure.invalid("PullRequestReview", "invalid", field="commit_id")
    review = Review(
        id=call.world.next_id(),
        repository_id=pull.repository_id,
        pull_id=pull.id,
        author_id=call.account().id,
        body=body,
        state=state,
        commit_id=commit_id,
        submitted_at=None if state == PENDING else call.world.now(),
        app_id=call.actor.app_id,
    )
    return call.world.reviews.put(review)


def _add_comments(call: Call, pull: Pull, review: Review, forms: list[CommentForm]) -> None:
    for form in forms:
        comment = stored_comment(call, pull, form, review_id=review.id, commit_id=review.commit_id)
        if review.state != PENDING:
            tell_comment(call, comment, "created")


def get(call: Call) -> Answer:
    """Return a review."""
    call.need("pull_requests")
    return Answer(200, shapes.review(_review(call), call.view))


def submit(call: Call) -> Answer:
    """Submit a pending review."""
    call.need("pull_requests", "write", role="read")
    review, pull = _review(call), pull_of(call)
    event, body = call.require("event", str), call.take("body", str) or review.body
    if review.state != PENDING or review.author_id != call.account().id:
        raise failure.not_found()
    comments = call.world.review_comments.where(review_id=review.id)
    _check_event(call, pull, event=event, body=body, has_comments=bool(comments))
    now = call.world.now()
    done = replace(review, state=STATES[event], body=body, submitted_at=now)
    call.world.reviews.put(done)
    for comment in comments:
        tell_comment(call, comment, "created")
    _tell(call, done, "submitted")
    return Answer(200, shapes.review(done, call.view))


def dismiss(call: Call) -> Answer:
    """Dismiss an approval or a request for changes."""
    call.need("pull_requests", "write")
    call.require("message", str)
    review = _review(call)
    if review.state not in ("APPROVED", "CHANGES_REQUESTED"):
        raise Failure(422, "Can not dismiss a commented pull request review")
    done = call.world.reviews.put(replace(review, state="DISMISSED"))
    _tell(call, done, "dismissed")
    return Answer(200, shapes.review(done, call.view))


def comments_of(call: Call) -> Answer:
    """Return the comments of a review."""
    call.need("pull_requests")
    found = call.world.review_comments.where(review_id=_review(call).id)
    return call.page(found, review_comment.comment)


def _review(call: Call) -> Review:
    review = call.world.reviews.get(call.number("review_id"))
    if review is None or review.pull_id != pull_of(call).id:
        raise failure.not_found()
    return review


def _tell(call: Call, review: Review, action: str) -> None:
    call.world.emit(
        "pull_request_review",
        action,
        review.repository_id,
        sender_id=call.account().id,
        review=review,
        pull_request=call.world.pulls.need(review.pull_id),
    )


REVIEWS = "/repos/{owner}/{repo}/pulls/{pull_number}/reviews"
ROUTES = (
    Route("GET", REVIEWS, listing),
    Route("POST", REVIEWS, create, creates_content=True),
    Route("GET", f"{REVIEWS}/{{review_id}}", get),
    Route("POST", f"{REVIEWS}/{{review_id}}/events", submit),
    Route("PUT", f"{REVIEWS}/{{review_id}}/dismissals", dismiss),
    Route("GET", f"{REVIEWS}/{{review_id}}/comments", comments_of),
)
