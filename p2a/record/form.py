"""The form of a record: one JSON value a line, the first says which form it is; no I/O."""

import gzip
import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from p2a.errors import P2AError

FORMAT = "p2a-record"
EVENTS = "events"
OBJECTS = "objects"
"""Names of the parts in the store."""
FULL = "full"
"""The kind of the last event of a try that met more than is kept."""
VERSION = 1
MAX_BYTES = 512 * 1024 * 1024
"""Of the lines of a record that is read."""
MAX_PART = 64 * 1024 * 1024
"""Of one part, unpacked."""


class RecordUnreadable(P2AError):
    """A file is no record, is damaged, or was made by a newer version."""

    code = "record-unreadable"
    exit_code = 2


@dataclass(frozen=True, slots=True)
class Event:
    """One line: what happened, when, and in which step."""

    number: int
    at: str
    """ISO 8601, UTC."""
    lane: str
    """The step, or `main` between steps."""
    kind: str
    request: Mapping[str, Any] = field(default_factory=dict)
    """What the workflow did: what a replay must do again."""
    answer: Any = None
    """What came back."""
    error: Mapping[str, Any] | None = None
    """What came back in place of an answer."""

    def to_json(self) -> dict[str, Any]:
        """Return the event as JSON; what is empty is left out."""
        values: dict[str, Any] = {"n": self.number, "at": self.at, "lane": self.lane}
        values |= {"kind": self.kind, "request": self.request}
        if self.answer is not None:
            values["answer"] = self.answer
        if self.error is not None:
            values["error"] = self.error
        return values


@dataclass(frozen=True, slots=True)
class Record:
    """A whole record: its lines in their order, and packs of git objects."""

    workflow_id: str
    events: tuple[Event, ...]
    packs: tuple[bytes, ...] = ()


def header(workflow_id: str, *, p2a: str) -> dict[str, Any]:
    """Return the first line of a record."""
    return {"format": FORMAT, "version": VERSION, "p2a": p2a, "workflow": workflow_id}


def canonical(value: Any) -> str:
    """Return JSON that is the same text for the same value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def digest(value: Any) -> str:
    """Return the SHA-256 of a JSON value, in hexadecimal."""
    return hashlib.sha256(canonical(value).encode("ascii")).hexdigest()


def lines(events: Iterable[Event]) -> bytes:
    """Return events as JSON lines."""
    return "".join(f"{canonical(event.to_json())}\n" for event in events).encode("ascii")


def packed(events: Iterable[Event]) -> bytes:
    """Return events as they lie in the store: JSON lines, compressed."""
    return gzip.compress(lines(events), compresslevel=6, mtime=0)


def unpacked(part: bytes) -> bytes:
    """Return the JSON lines of a part.

    Raises:
        RecordUnreadable: it is damaged or unfolds beyond all measure.
    """
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(part)) as file:
            text = file.read(MAX_PART + 1)
    except (OSError, EOFError, ValueError) as error:
        raise unreadable("a part of it is damaged", why=str(error)) from error
    if len(text) > MAX_PART:
        raise unreadable("a part of it is too large", why=f"more than {MAX_PART} bytes")
    return text


def read_lines(text: bytes) -> Record:
    """Read a record's lines, the header first; the git objects lie beside them.

    Raises:
        RecordUnreadable: it is none, is damaged, or of a newer form.
    """
    values = _values(text)
    if not values or not isinstance(values[0], dict) or values[0].get("format") != FORMAT:
        raise unreadable("it is no record of a workflow", why=f"its first line names no {FORMAT}")
    if not isinstance(values[0].get("version"), int) or values[0]["version"] > VERSION:
        raise RecordUnreadable(
            f"the record has form {values[0].get('version')}",
            why=f"this version of p2a reads form {VERSION}; p2a {values[0].get('p2a')} wrote it",
            next_step="use the version of p2a that made it, or a newer one",
        )
    return Record(str(values[0].get("workflow")), read_events(values[1:]))


def read_events(values: Sequence[Any]) -> tuple[Event, ...]:
    """Read events and number them in their order.

    Raises:
        RecordUnreadable: one is not of its form.
    """
    return tuple(_event(value, number) for number, value in enumerate(values, start=1))


def parse_lines(text: bytes) -> tuple[Event, ...]:
    """Read JSON lines without a header, as parts in the store are.

    Raises:
        RecordUnreadable: one is not of its form.
    """
    return read_events(_values(text))


def _event(value: Any, number: int) -> Event:
    try:
        return Event(
            number=number,
            at=str(value["at"]),
            lane=str(value["lane"]),
            kind=str(value["kind"]),
            request=dict(value["request"]),
            answer=value.get("answer"),
            error=value.get("error"),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        why = f"line {number + 1}: {type(error).__name__}"
        raise unreadable("a line of it is not of its form", why=why) from error


def _values(text: bytes) -> list[Any]:
    if len(text) > MAX_BYTES:
        raise unreadable("it is too large", why=f"more than {MAX_BYTES} bytes")
    try:
        return [json.loads(line) for line in text.decode("utf-8").split("\n") if line.strip()]
    except (ValueError, RecursionError) as error:
        raise unreadable("a line of it is no JSON", why=str(error)[:200]) from error


def unreadable(what: str, *, why: str) -> RecordUnreadable:
    """Return the error for a file that cannot be read as a record."""
    return RecordUnreadable(
        f"the record cannot be read: {what}",
        why=why,
        next_step="give a record as it was downloaded, or a workflow's id as its comment shows it",
    )
