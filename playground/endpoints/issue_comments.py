"""REST: comments on issues and on a pull request's conversation."""

from dataclasses import replace
from typing import Any

from playground import failure
from playground.call import Answer, Call, Route
from playground.endpoints.thread import MOST_BODY, issue_of_path, need_for, since
from playground.failure import Failure
from playground.records import Comment, Issue
from playground.shapes import comment as shape

BLANK = "Body cannot be blank"
TOO_LONG = f"Body is too long (maximum is {MOST_BODY} characters)"
LOCKED = "Unable to create comment because issue is locked."


def _of_issue(call: Call) -> Answer:
    _, issue = issue_of_path(call)
    comments = call.world.comments.where(issue_id=issue.id)
    return call.page(_since(call, comments), shape.comment)


def _of_repository(call: Call) -> Answer:
    repository = call.need("issues", otherwise="pull_requests")
    comments = _since(call, call.world.comments.where(repository_id=repository.id))
    if call.query.get("sort") == "updated":
        comments.sort(key=lambda comment: (comment.updated_at, comment.id))
    if call.query.get("direction") == "desc":
        comments.reverse()
    return call.page(comments, shape.comment)


def _since(call: Call, comments: list[Comment]) -> list[Comment]:
    moment = since(call)
    return [one for one in comments if moment is None or one.updated_at >= moment]


def _one(call: Call) -> Answer:
    comment, _ = _comment(call)
    return Answer(200, shape.comment(comment, call.view))


def _create(call: Call) -> Answer:
    repository, issue = issue_of_path(call, "write", role="read")
    body = _body(call)
    author = call.account()
    may_write = call.actor.is_installation or call.has_role(repository, "write")
    if issue.locked and not may_write:
        raise Failure(403, LOCKED)
    now = call.world.now()
    comment = Comment(
        id=call.world.next_id(),
        repository_id=repository.id,
        issue_id=issue.id,
        author_id=author.id,
        body=body,
        created_at=now,
        updated_at=now,
        app_id=call.actor.app_id,
    )
    call.world.comments.put(comment)
    call.world.issues.put(replace(issue, updated_at=now))
    _tell(call, "created", comment)
    document = shape.comment(comment, call.view)
    return Answer(201, document, {"Location": document["url"]})


def _update(call: Call) -> Answer:
    comment, _ = _writable(call)
    body = _body(call)
    changed = replace(comment, body=body, updated_at=call.world.now())
    call.world.comments.put(changed)
    if body != comment.body:
        _tell(call, "edited", changed, changes={"body": {"from": comment.body}})
    return Answer(200, shape.comment(changed, call.view))


def _delete(call: Call) -> Answer:
    comment, _ = _writable(call)
    for reaction in call.world.reactions.where(subject="comment", subject_id=comment.id):
        call.world.reactions.remove(reaction.id)
    call.world.comments.remove(comment.id)
    _tell(call, "deleted", comment)
    return Answer(204)


def _comment(call: Call, level: str = "read") -> tuple[Comment, Issue]:
    repository = call.repository()
    comment = call.world.comments.get(call.number("comment_id"))
    if comment is None or comment.repository_id != repository.id:
        call.need("issues", level, role="read")
        raise failure.not_found()
    issue = call.world.issues.need(comment.issue_id)
    need_for(call, issue, level, role="read")
    return comment, issue


def _writable(call: Call) -> tuple[Comment, Issue]:
    comment, issue = _comment(call, "write")
    mine = comment.author_id == call.actor.account_id
    if not (mine or call.actor.is_installation or call.has_role(call.repository(), "write")):
        raise Failure(403, failure.NOT_ADMIN)
    return comment, issue


def _body(call: Call) -> str:
    body = call.require("body", str)
    if not body.strip():
        raise failure.invalid("IssueComment", "unprocessable", field="data", message=BLANK)
    if len(body) > MOST_BODY:
        raise failure.invalid("IssueComment", "unprocessable", field="data", message=TOO_LONG)
    return body


def _tell(call: Call, action: str, comment: Comment, **parts: Any) -> None:
    call.world.emit(
        "issue_comment",
        action,
        comment.repository_id,
        sender_id=call.account().id,
        issue=call.world.issues.need(comment.issue_id),
        comment=comment,
        **parts,
    )


_REPO = "/repos/{owner}/{repo}/issues/comments"
_ISSUE = "/repos/{owner}/{repo}/issues/{issue_number}/comments"

ROUTES = (
    Route("GET", _ISSUE, _of_issue),
    Route("POST", _ISSUE, _create, creates_content=True),
    Route("GET", _REPO, _of_repository),
    Route("GET", f"{_REPO}/{{comment_id}}", _one),
    Route("PATCH", f"{_REPO}/{{comment_id}}", _update, creates_content=True),
    Route("DELETE", f"{_REPO}/{{comment_id}}", _delete),
)
