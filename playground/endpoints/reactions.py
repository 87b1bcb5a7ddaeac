"""REST: reactions to issues, their comments and review comments."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from playground import failure
from playground.call import Answer, Call, Route
from playground.endpoints.thread import issue_of_path, need_for
from playground.failure import Failure
from playground.records import Reaction, Repository
from playground.shapes import reaction as shape


@dataclass(frozen=True, slots=True)
class Subject:
    """What a reaction is to."""

    kind: str
    id: int
    repository: Repository


Find = Callable[[Call, str], Subject]
"""From a call and the level of right that it needs to what its path names."""


def _issue(call: Call, level: str) -> Subject:
    repository, issue = issue_of_path(call, level, role="read")
    return Subject("issue", issue.id, repository)


def _comment(call: Call, level: str) -> Subject:
    repository = call.repository()
    comment = call.world.comments.get(call.number("comment_id"))
    if comment is None or comment.repository_id != repository.id:
        call.need("issues", level, role="read")
        raise failure.not_found()
    need_for(call, call.world.issues.need(comment.issue_id), level, role="read")
    return Subject("comment", comment.id, repository)


def _review_comment(call: Call, level: str) -> Subject:
    repository = call.need("pull_requests", level, role="read")
    comment = call.world.review_comments.get(call.number("comment_id"))
    if comment is None or comment.repository_id != repository.id:
        raise failure.not_found()
    return Subject("review_comment", comment.id, repository)


def _list(call: Call, find: Find) -> Answer:
    subject = find(call, "read")
    reactions = call.world.reactions.where(subject=subject.kind, subject_id=subject.id)
    content = call.query.get("content")
    if content is not None:
        reactions = [one for one in reactions if one.content == content]
    return call.page(reactions, shape.reaction)


def _create(call: Call, find: Find) -> Answer:
    subject = find(call, "write")
    content = call.require("content", str)
    if content not in shape.CONTENTS:
        raise failure.invalid("Reaction", "invalid", field="content")
    account = call.account()
    old = call.world.reactions.first(
        subject=subject.kind, subject_id=subject.id, account_id=account.id, content=content
    )
    if old is not None:
        return Answer(200, shape.reaction(old, call.view))
    reaction = Reaction(
        id=call.world.next_id(),
        repository_id=subject.repository.id,
        subject=subject.kind,
        subject_id=subject.id,
        account_id=account.id,
        content=content,
        created_at=call.world.now(),
    )
    return Answer(201, shape.reaction(call.world.reactions.put(reaction), call.view))


def _delete(call: Call, find: Find) -> Answer:
    subject = find(call, "write")
    reaction = call.world.reactions.get(call.number("reaction_id"))
    if reaction is None or (reaction.subject, reaction.subject_id) != (subject.kind, subject.id):
        raise failure.not_found()
    if reaction.account_id != call.account().id:
        raise Failure(403, failure.NOT_ADMIN)
    call.world.reactions.remove(reaction.id)
    return Answer(204)


def _routes(base: str, find: Find) -> tuple[Route, ...]:
    return (
        Route("GET", base, partial(_list, find=find)),
        Route("POST", base, partial(_create, find=find)),
        Route("DELETE", f"{base}/{{reaction_id}}", partial(_delete, find=find)),
    )


ROUTES = (
    *_routes("/repos/{owner}/{repo}/issues/{issue_number}/reactions", _issue),
    *_routes("/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions", _comment),
    *_routes("/repos/{owner}/{repo}/pulls/comments/{comment_id}/reactions", _review_comment),
)
