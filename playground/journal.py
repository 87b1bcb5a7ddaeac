"""What was asked and answered: the lasting log of writes, and the exchanges of this run."""

import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from playground.table import Archive, Table

MOST_EXCHANGES = 50_000


@dataclass(frozen=True, slots=True)
class Write:
    """A request that may have changed something, or a push."""

    id: int
    """Its place in the log, from 1."""
    at: datetime
    actor: str
    """The login, the App's slug, or `anonymous`."""
    method: str
    """The HTTP method, or `PUSH`."""
    path: str
    """The REST path without `/api/v3`, or `owner/name` of a push."""
    status: int
    request: Any = None
    """The parsed body, or a push's list of {ref, before, after}."""
    response_id: int | str | None = None
    """The `id` in the answer, else its `sha`, `ref` or `path`."""

    @property
    def done(self) -> bool:
        """Whether it was accepted."""
        return self.status < 400


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its answer."""

    at: datetime
    method: str
    path: str
    """The path as sent, without `/api/v3` and the query."""
    query: str
    request_headers: Mapping[str, str] = field(repr=False)
    """By lower-case name; credentials are left out."""
    request_body: Any
    """The parsed JSON, None for an empty body, the bytes of what is no JSON."""
    status: int
    response_headers: Mapping[str, str] = field(repr=False)
    """By lower-case name."""
    response_body: Any
    actor: str = "anonymous"


class Journal:
    """The append-only logs; may be used from any thread."""

    def __init__(self, archive: Archive | None = None) -> None:
        self._lock = threading.RLock()
        self._writes = Table(Write, archive)
        self._exchanges: deque[Exchange] = deque(maxlen=MOST_EXCHANGES)

    @property
    def writes(self) -> list[Write]:
        """Return every write, oldest first, those before a restart too."""
        with self._lock:
            return self._writes.all()

    @property
    def exchanges(self) -> list[Exchange]:
        """Return the exchanges since the start, oldest first."""
        with self._lock:
            return list(self._exchanges)

    def log_write(
        self,
        *,
        at: datetime,
        actor: str,
        method: str,
        path: str,
        status: int,
        request: Any = None,
        response_id: int | str | None = None,
    ) -> Write:
        """Append a write; a push is logged with the method `PUSH`."""
        with self._lock:
            place = len(self._writes.all()) + 1
            write = Write(place, at, actor, method, path, status, request, response_id)
            return self._writes.put(write)

    def log_exchange(self, exchange: Exchange) -> None:
        """Append an exchange."""
        with self._lock:
            self._exchanges.append(exchange)
