"""Comments on the lines of a pull request's diff."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from playground import failure
from playground.call import Answer, Call, Route
from playground.endpoints.pulls import pull_of
from playground.endpoints.review_form import (
    check_body,
    read_comment,
    stored_comment,
    tell_comment,
)
from playground.failure import Failure
from playground.git_facts import store_of
from playground.records import Pull, Review, ReviewComment
from playground.shapes import review_comment as shapes


def of_pull(call: Call) -> Answer:
    """Return the comments on a pull request's diff, oldest first."""
    call.need("pull_requests")
    return _listing(call, call.world.review_comments.where(pull_id=pull_of(call).id))


def of_repository(call: Call) -> Answer:
    """Return the comments on all diffs of the repository."""
    repository = call.need("pull_requests")
    return _listing(call, call.world.review_comments.where(repository_id=repository.id))


def _listing(call: Call, comments: Iterable[ReviewComment]) -> Answer:
    found = [comment for comment in comments if not _is_pending(call, comment)]
    since = call.query.get("since")
    if since is not None:
        try:
            moment = datetime.fromisoformat(since)
        except ValueError as error:
            raise failure.wrong_request(f"{since!r} is not a date.") from error
        found = [comment for comment in found if comment.updated_at >= moment]
    if call.query.get("direction") == "desc":
        found.reverse()
    return call.page(found, shapes.comment)


def _is_pending(call: Call, comment: ReviewComment) -> bool:
    review = call.world.reviews.get(comment.review_id)
    return review is not None and review.state == "PENDING"


def create(call: Call) -> Answer:
    """Comment on a line, on several, or reply by `in_reply_to`."""
    call.need("pull_requests", "write", role="read")
    pull = pull_of(call)
    answered_id = call.take("in_reply_to", int)
    if answered_id is not None:
        return _replied(call, pull, answered_id)
    commit_id = call.require("commit_id", str)
    if store_of(call.world, pull.repository_id).object_types([commit_id]) != ["commit"]:
        raise failure.invalid("PullRequestReviewComment", "invalid", field="commit_id")
    form = read_comment(call, pull, call.document)
    review = _carrier(call, pull, commit_id)
    comment = stored_comment(call, pull, form, review_id=review.id, commit_id=commit_id)
    tell_comment(call, comment, "created")
    return Answer(201, shapes.comment(comment, call.view))


def reply(call: Call) -> Answer:
    """Reply to a comment; replies to replies do not exist."""
    call.need("pull_requests", "write", role="read")
    return _replied(call, pull_of(call), call.number("comment_id"))


def _replied(call: Call, pull: Pull, answered_id: int) -> Answer:
    body = call.require("body", str)
    check_body(body)
    answered = call.world.review_comments.get(answered_id)
    if answered is None or answered.pull_id != pull.id:
        raise failure.not_found()
    now = call.world.now()
    comment = replace(
        answered,
        id=call.world.next_id(),
        author_id=call.account().id,
        body=body,
        created_at=now,
        updated_at=now,
        review_id=_carrier(call, pull, answered.commit_id).id,
        in_reply_to_id=answered.in_reply_to_id or answered.id,
        app_id=call.actor.app_id,
    )
    call.world.review_comments.put(comment)
    tell_comment(call, comment, "created")
    return Answer(201, shapes.comment(comment, call.view))


def _carrier(call: Call, pull: Pull, commit_id: str) -> Review:
    # A single comment stands in a review of its own, as GitHub has it.
    review = Review(
        id=call.world.next_id(),
        repository_id=pull.repository_id,
        pull_id=pull.id,
        author_id=call.account().id,
        body="",
        state="COMMENTED",
        commit_id=commit_id,
        submitted_at=call.world.now(),
        app_id=call.actor.app_id,
    )
    return call.world.reviews.put(review)


def get(call: Call) -> Answer:
    """Return a comment."""
    call.need("pull_requests")
    return Answer(200, shapes.comment(_comment(call), call.view))


def update(call: Call) -> Answer:
    """Change a comment's text."""
    call.need("pull_requests", "write", role="read")
    comment = _own(call)
    body = call.require("body", str)
    check_body(body)
    changed = replace(comment, body=body, updated_at=call.world.now())
    call.world.review_comments.put(changed)
    tell_comment(call, changed, "edited", changes={"body": {"from": comment.body}})
    return Answer(200, shapes.comment(changed, call.view))


def delete(call: Call) -> Answer:
    """Delete a comment."""
    call.need("pull_requests", "write", role="read")
    comment = _own(call)
    call.world.review_comments.remove(comment.id)
    tell_comment(call, comment, "deleted")
    return Answer(204)


def _comment(call: Call) -> ReviewComment:
    comment = call.world.review_comments.get(call.number("comment_id"))
    if comment is None or comment.repository_id != call.repository().id:
        raise failure.not_found()
    return comment


def _own(call: Call) -> ReviewComment:
    comment = _comment(call)
    is_author = comment.author_id == call.account().id
    may_any = call.actor.is_installation or call.has_role(call.repository(), "write")
    if not is_author and not may_any:
        raise Failure(403, failure.NOT_ADMIN)
    return comment


REPOSITORY = "/repos/{owner}/{repo}"
OF_PULL = f"{REPOSITORY}/pulls/{{pull_number}}/comments"
ALL = f"{REPOSITORY}/pulls/comments"
ROUTES = (
    Route("GET", ALL, of_repository),
    Route("GET", f"{ALL}/{{comment_id}}", get),
    Route("PATCH", f"{ALL}/{{comment_id}}", update),
    Route("DELETE", f"{ALL}/{{comment_id}}", delete),
    Route("GET", OF_PULL, of_pull),
    Route("POST", OF_PULL, create, creates_content=True),
    Route("POST", f"{OF_PULL}/{{comment_id}}/replies", reply, creates_content=True),
)
