"""What a request may say of a comment on a diff, and the record that comes of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from playground import failure
from playground.call import Call
from playground.diff_place import Place, place_of_line, place_of_position
from playground.failure import Failure
from playground.git_diff import files_between
from playground.git_facts import pull_base, store_of
from playground.records import Pull, ReviewComment

SIDES = ("LEFT", "RIGHT")
MOST_BODY = 65_536
RESOURCE = "PullRequestReviewComment"


@dataclass(frozen=True, slots=True)
class CommentForm:
    """A new comment on a line, or several, of a pull request's diff, or on a file."""

    body: str
    path: str
    subject_type: str
    place: Place | None
    start_line: int | None
    start_side: str | None


def read_comment(call: Call, pull: Pull, given: Mapping[str, Any]) -> CommentForm:
    """Read one comment of a request.

    Raises:
        Failure: 422 where a field is missing or the place is not part of the diff.
    """
    body, path = (_string(given, name) for name in ("body", "path"))
    check_body(body)
    subject_type = given.get("subject_type") or "line"
    side = given.get("side") or "RIGHT"
    if side not in SIDES:
        raise failure.invalid(RESOURCE, "invalid", field="side")
    patches = patches_of(call, pull)
    if path not in patches:
        raise _outside("path")
    if subject_type == "file":
        return CommentForm(body, path, subject_type, None, None, None)
    place = _place(given, patches[path], side=side)
    start, start_side = given.get("start_line"), given.get("start_side")
    if start is not None and (not isinstance(start, int) or start >= place.line):
        raise _refused("start_line must precede the end line.", field="start_line")
    if start is not None:
        start_side = start_side or side
        if place_of_line(patches[path], start, side=start_side) is None:
            raise _outside("start_line")
    return CommentForm(body, path, subject_type, place, start, start_side)


def patches_of(call: Call, pull: Pull) -> dict[str, str]:
    """Return the patches of a pull request's files; binary files have an empty one."""
    store = store_of(call.world, pull.repository_id)
    base = pull_base(call.world, pull)
    base = store.merge_base(base, pull.head_sha) or base
    files = files_between(store, base, pull.head_sha)
    return {file.filename: file.patch or "" for file in files}


def _place(given: Mapping[str, Any], patch: str, *, side: str) -> Place:
    line, position = given.get("line"), given.get("position")
    if isinstance(line, int):
        place = place_of_line(patch, line, side=side)
        if place is None:
            raise _outside("line")
        return place
    if isinstance(position, int):
        place = place_of_position(patch, position)
        if place is None:
            raise failure.invalid(RESOURCE, "invalid", field="position")
        return place
    raise _refused('"line" or "position" must be supplied.', field="line")


def stored_comment(
    call: Call, pull: Pull, form: CommentForm, *, review_id: int, commit_id: str
) -> ReviewComment:
    """Store a comment and return it."""
    now = call.world.now()
    place = form.place
    line = None if place is None else place.line
    # GitHub puts a comment on a whole file at the first position.
    position = 1 if place is None else place.position
    comment = ReviewComment(
        id=call.world.next_id(),
        repository_id=pull.repository_id,
        pull_id=pull.id,
        author_id=call.account().id,
        body=form.body,
        path=form.path,
        commit_id=commit_id,
        original_commit_id=commit_id,
        diff_hunk="" if place is None else place.hunk,
        created_at=now,
        updated_at=now,
        review_id=review_id,
        line=line,
        original_line=line,
        start_line=form.start_line,
        original_start_line=form.start_line,
        side="RIGHT" if place is None else place.side,
        start_side=form.start_side,
        position=position,
        original_position=position,
        subject_type=form.subject_type,
        app_id=call.actor.app_id,
    )
    return call.world.review_comments.put(comment)


def tell_comment(call: Call, comment: ReviewComment, action: str, **parts: Any) -> None:
    """Tell that a comment on a diff was made, changed or deleted."""
    call.world.emit(
        "pull_request_review_comment",
        action,
        comment.repository_id,
        sender_id=call.account().id,
        comment=comment,
        pull_request=call.world.pulls.need(comment.pull_id),
        **parts,
    )


def check_body(body: str) -> None:
    """Check a comment's length.

    Raises:
        Failure: 422 where it is empty or too long.
    """
    if not body.strip():
        raise failure.invalid(RESOURCE, "missing_field", field="body")
    if len(body) > MOST_BODY:
        text = f"Body is too long (maximum is {MOST_BODY} characters)"
        raise failure.invalid(RESOURCE, "unprocessable", field="data", message=text)


def _string(given: Mapping[str, Any], name: str) -> str:
    value = given.get(name)
    if not isinstance(value, str):
        raise failure.wrong_request(f'"{name}" wasn\'t supplied.')
    return value


def _outside(name: str) -> Failure:
    field = f"pull_request_review_thread.{name}"
    return _refused(f"{field} must be part of the diff", field=field)


def _refused(message: str, *, field: str) -> Failure:
    return failure.invalid(RESOURCE, "custom", field=field, message=message)
