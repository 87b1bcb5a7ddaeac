"""What a request may say of a check run: limits and words as GitHub has them; no I/O."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from playground import failure
from playground.call import Call
from playground.failure import Failure
from playground.records import Annotation, CheckAction

STATUSES = ("queued", "in_progress", "completed", "waiting", "requested", "pending")
CONCLUSIONS = (
    "action_required",
    "cancelled",
    "failure",
    "neutral",
    "success",
    "skipped",
    "timed_out",
)
"""`stale` is GitHub's own and cannot be set."""
LEVELS = ("notice", "warning", "failure")
MOST_TEXT = 65_535
MOST_ANNOTATIONS = 50
MOST_ACTIONS = 3
MOST_MESSAGE_BYTES = 64 * 1024
MOST_TITLE = 255
ACTION_LENGTHS = {"label": 20, "description": 40, "identifier": 20}


@dataclass(frozen=True, slots=True)
class Output:
    """The `output` of a request."""

    title: str | None
    summary: str
    text: str | None
    annotations: tuple[Annotation, ...]


def read_output(call: Call, *, title_needed: bool) -> Output | None:
    """Read `output`; None where the request has none.

    Raises:
        Failure: 422 for what GitHub does not take.
    """
    given: dict[str, Any] | None = call.take("output", dict)
    if given is None:
        return None
    title = _text(given, "title", most=None, needed=title_needed)
    summary = _text(given, "summary", most=MOST_TEXT, needed=True)
    annotations = given.get("annotations") or []
    _list_of(annotations, "annotations", most=MOST_ANNOTATIONS)
    return Output(
        title=title,
        summary=summary or "",
        text=_text(given, "text", most=MOST_TEXT),
        annotations=tuple(_annotation(one) for one in annotations),
    )


def read_actions(call: Call) -> tuple[CheckAction, ...] | None:
    """Read `actions`, the buttons; None where the request has none.

    Raises:
        Failure: 422 for too many or too long ones.
    """
    given: list[Any] | None = call.take("actions", list)
    if given is None:
        return None
    _list_of(given, "actions", most=MOST_ACTIONS)
    actions = []
    for one in given:
        words = {
            name: _text(one, name, most=most, needed=True) or ""
            for name, most in ACTION_LENGTHS.items()
        }
        actions.append(CheckAction(**words))
    return tuple(actions)


def read_word(call: Call, name: str, *, known: tuple[str, ...]) -> str | None:
    """Read a field that is one of some words; None where the request has none.

    Raises:
        Failure: 422 for any other word.
    """
    word = call.take(name, str)
    if word is not None and word not in known:
        listed = ", ".join(known)
        raise failure.wrong_request(
            f"For 'properties/{name}', {word} is not a member of [{listed}]."
        )
    return word


def read_moment(call: Call, name: str) -> datetime | None:
    """Read a time; None where the request has none.

    Raises:
        Failure: 422 for what is no time.
    """
    text = call.take(name, str)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        detail = f"For 'properties/{name}', {text} is not a valid date-time."
        raise failure.wrong_request(detail) from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=call.now.tzinfo)
    return moment.replace(microsecond=0)


def _text(
    given: Mapping[str, Any], name: str, *, most: int | None, needed: bool = False
) -> str | None:
    value = given.get(name)
    if value is None:
        if needed:
            raise failure.wrong_request(f'"{name}" wasn\'t supplied.')
        return None
    if not isinstance(value, str):
        raise failure.wrong_request(f"For 'properties/{name}', {value!r} is not a string.")
    if most is not None and len(value) > most:
        raise failure.wrong_request(
            f"For 'properties/{name}', only {most} characters are allowed; "
            f"{len(value)} were supplied."
        )
    return value


def _list_of(given: object, name: str, *, most: int) -> None:
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise failure.wrong_request(f"For 'properties/{name}', it is not an array of objects.")
    if len(given) > most:
        raise failure.wrong_request(
            f"No more than {most} items are allowed; {len(given)} were supplied."
        )


def _annotation(given: Mapping[str, Any]) -> Annotation:
    level = _text(given, "annotation_level", most=None, needed=True)
    if level not in LEVELS:
        raise failure.invalid("CheckRun", "invalid", field="annotations.annotation_level")
    annotation = Annotation(
        path=_text(given, "path", most=None, needed=True) or "",
        start_line=_line(given, "start_line"),
        end_line=_line(given, "end_line"),
        annotation_level=level,
        message=_text(given, "message", most=MOST_MESSAGE_BYTES, needed=True) or "",
        start_column=_column(given, "start_column"),
        end_column=_column(given, "end_column"),
        title=_text(given, "title", most=MOST_TITLE),
        raw_details=_text(given, "raw_details", most=MOST_MESSAGE_BYTES),
    )
    _check_place(annotation)
    return annotation


def _check_place(annotation: Annotation) -> None:
    columns = (annotation.start_column, annotation.end_column)
    if annotation.end_line < annotation.start_line:
        raise failure.invalid("CheckRun", "invalid", field="annotations.end_line")
    if columns != (None, None) and annotation.start_line != annotation.end_line:
        raise failure.invalid("CheckRun", "invalid", field="annotations.start_column")
    for text in (annotation.message, annotation.raw_details or ""):
        if len(text.encode("utf-8", "replace")) > MOST_MESSAGE_BYTES:
            raise failure.invalid("CheckRun", "too_long", field="annotations.message")


def _line(given: Mapping[str, Any], name: str) -> int:
    number = _column(given, name)
    if number is None:
        raise failure.wrong_request(f'"{name}" wasn\'t supplied.')
    return number


def _column(given: Mapping[str, Any], name: str) -> int | None:
    number = given.get(name)
    if number is None:
        return None
    if not isinstance(number, int) or isinstance(number, bool) or number < 0:
        raise failure.wrong_request(f"For 'properties/{name}', {number!r} is not an integer.")
    return number


def completed_needs_conclusion() -> Failure:
    """Return the refusal of a completed run without a conclusion."""
    return failure.invalid("CheckRun", "missing_field", field="conclusion")
