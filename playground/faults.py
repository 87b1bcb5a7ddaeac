"""Faults that a test asks for: which request meets which trouble."""

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class FaultKind(StrEnum):
    """What can go wrong."""

    STATUS = "status"
    """Answer `status` without doing the work."""
    DELAY = "delay"
    """Wait `seconds`, then serve the request."""
    DROP_BEFORE = "drop_before"
    """Close the connection without doing the work."""
    DROP_AFTER = "drop_after"
    """Do the work, then close the connection without an answer."""
    EXPIRE_TOKEN = "expire_token"  # noqa: S105 - the name of a fault
    """Let the shown token expire, then serve the request (which then gets 401)."""
    RATE_LIMIT = "rate_limit"
    """Refuse as if the primary limit were used up; it resets in `seconds`."""
    SECONDARY_LIMIT = "secondary_limit"
    """Refuse as the secondary limit does, with `retry-after: seconds`."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One trouble for the requests that match."""

    kind: FaultKind | str
    method: str = "*"
    """A method, or `*` for all."""
    path: str = ""
    """A regular expression searched in the path (REST paths without `/api/v3`, with the query)."""
    times: int | None = 1
    """How many matching requests it hits, None for all."""
    after: int = 0
    """How many matching requests it lets pass first."""
    status: int = 500
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 60.0

    def matches(self, method: str, path: str) -> bool:
        """Tell whether a request is of the kind that it waits for."""
        return self.method in {"*", method} and re.search(self.path, path) is not None


@dataclass(slots=True)
class _Waiting:
    fault: Fault
    seen: int = 0
    hits: int = 0


class Faults:
    """The faults in force; may be used from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[_Waiting] = []

    def add(self, fault: Fault) -> None:
        """Put a fault in force; the first that is due wins."""
        FaultKind(fault.kind)
        with self._lock:
            self._waiting.append(_Waiting(fault))

    def clear(self) -> None:
        """Put all faults out of force."""
        with self._lock:
            self._waiting.clear()

    def pending(self) -> list[Fault]:
        """Return the faults that have not yet hit as often as asked."""
        with self._lock:
            return [one.fault for one in self._waiting]

    def take(self, method: str, path: str) -> Fault | None:
        """Return the fault that hits this request and count it."""
        with self._lock:
            hit: Fault | None = None
            for one in list(self._waiting):
                if not one.fault.matches(method, path):
                    continue
                one.seen += 1
                if hit is None and one.seen > one.fault.after:
                    hit = one.fault
                    one.hits += 1
                    if one.hits == one.fault.times:
                        self._waiting.remove(one)
            return hit
