"""The first difference between a record and its replay, as people read it; no I/O."""

import difflib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from p2a.inert import shorten, shorten_start
from p2a.record.form import Event, canonical

CONTEXT = 2
MAX_LINES = 60
MAX_CHARACTERS = 200
"""Of one line that is shown."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What the record holds at a place, and what the replay did there."""

    event: Event | None
    """None where the record is over and the replay goes on."""
    lane: str
    kind: str
    got: Mapping[str, Any] | None
    """None where the replay is over and the record goes on."""
    expected: Mapping[str, Any] | None = None

    def lines(self) -> list[str]:
        """Return what differs, first where."""
        place = f"event {self.event.number}, step {self.event.lane}" if self.event else "the end"
        recorded = (
            f"{self.event.kind} {title(self.event)}".rstrip() if self.event else "nothing more"
        )
        done = f"{self.kind} {_name(self.got)}".rstrip() if self.got is not None else "nothing more"
        if self.event and self.lane != self.event.lane:
            done = f"{done} (step {self.lane})"
        return [
            f"first difference at {place}:",
            f"  recorded: {recorded}",
            f"  replayed: {done}",
        ] + [f"    {line}" for line in self._patch()]

    def _patch(self) -> list[str]:
        if self.event is None or self.got is None:
            return []
        before = self.expected if self.expected is not None else self.event.request
        if self.expected is None and self.kind != self.event.kind:
            return []
        patch = difflib.unified_diff(
            _flat(before), _flat(self.got), "recorded", "replayed", lineterm="", n=CONTEXT
        )
        shown = [shorten(line, MAX_CHARACTERS) for line in patch]
        more = [f"[{len(shown) - MAX_LINES} more lines]"] if len(shown) > MAX_LINES else []
        return shown[:MAX_LINES] + more


class Differs(BaseException):
    """The replay does not do what was recorded; no step may go on, so this is not an `Exception`."""

    def __init__(self, difference: Difference) -> None:
        super().__init__("\n".join(difference.lines()))
        self.difference = difference


def differing(
    event: Event, kind: str, request: Mapping[str, Any], *, lane: str
) -> Difference | None:
    """Return the difference between an event and what the replay does, None when there is none."""
    if event.kind == kind and event.lane == lane and canonical(event.request) == canonical(request):
        return None
    return Difference(event, lane=lane, kind=kind, got=request)


def title(event: Event) -> str:
    """Return in a few words what an event is about."""
    return _name(event.request)


def _name(request: Mapping[str, Any] | None) -> str:
    if not request:
        return ""
    parts = [str(request[key]) for key in ("verb", "path", "model", "name", "by") if key in request]
    if "argv" in request:
        parts.append(shorten_start(" ".join(str(word) for word in request["argv"]), MAX_CHARACTERS))
    return shorten(" ".join(parts), MAX_CHARACTERS).replace("\n", " ")


def _flat(value: Any) -> list[str]:
    """Return JSON as lines, the lines of its texts each on its own."""
    return list(_lines(json.loads(canonical(value)), ""))


def _lines(value: Any, name: str) -> Iterator[str]:
    match value:
        case dict():
            for key in value:
                yield from _lines(value[key], f"{name}.{key}" if name else key)
        case list():
            for number, item in enumerate(value):
                yield from _lines(item, f"{name}[{number}]")
        case str() if "\n" in value:
            yield f"{name}:"
            yield from (f"  {line}" for line in value.splitlines())
        case _:
            yield f"{name}: {json.dumps(value, ensure_ascii=False)}"
