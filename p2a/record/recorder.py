"""Writes down what a workflow meets: events in memory first, in the store after each costly one."""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import Any, Protocol, TypeVar

from p2a.domain import Lease
from p2a.errors import DeadlineExceeded, LeaseLost, P2AError, StoreUnavailable, WorkflowCancelled
from p2a.record.clean import Cleaner
from p2a.record.clock import HeldClock
from p2a.record.failure import dump_failure
from p2a.record.form import EVENTS, FULL, OBJECTS, Event, digest, packed
from p2a.record.lanes import Lanes
from p2a.tape import PLAIN, Codec, Objects

logger = logging.getLogger(__name__)

T = TypeVar("T")

COSTLY = frozenset({"model", "command", "fetch"})
"""What is brought into the store at once: to do it again would cost money or minutes."""
MAX_STORED = 16 * 1024 * 1024
"""Bytes of one try's compressed events; then the record ends, the work goes on."""
_STOPS = (WorkflowCancelled, DeadlineExceeded)


class Parts(Protocol):
    """What is needed of the store."""

    def put_record_part(self, lease: Lease, *, name: str, content: bytes) -> None:
        """Append a part to the workflow's record; raises `LeaseLost`."""
        ...


class Recorder:
    """The tape of one try of a workflow; safe between threads."""

    def __init__(self, parts: Parts, lease: Lease, *, clock: HeldClock, cleaner: Cleaner) -> None:
        self._parts = parts
        self._lease = lease
        self._clock = clock
        self._cleaner = cleaner
        self._lanes = Lanes()
        self._lock = threading.RLock()
        self._waiting: list[Event] = []
        self._stored = 0
        self._is_full = False

    def begin(self, facts: Mapping[str, Any], *, at: datetime) -> None:
        """Write down with what a try begins; `at` is when it was claimed."""
        self._add("begin", facts, at=at)

    def lane(self, name: str) -> AbstractContextManager[None]:
        """Let this thread's events stand under a name."""
        return self._lanes.of(name)

    @contextmanager
    def moment(self, kind: str, **facts: str) -> Iterator[datetime]:
        """Give a time that enters texts; the clock stands still within."""
        # No other step's event comes between: a replay then sees the same state here.
        with self._lock:
            at = self._clock()
            self._add(kind, facts, at=at)
            with self._clock.held(at):
                yield at

    def is_due(self, due: Callable[[], bool]) -> bool:
        """Ask; the edit that follows is an event of its own."""
        return due()

    def check(self, check: Callable[[], None]) -> None:
        """Check, and write down an end from outside."""
        try:
            check()
        except _STOPS as error:
            self._add("stop", {}, error=error)
            raise

    def exchange(
        self,
        kind: str,
        request: Mapping[str, Any],
        do: Callable[[], T],
        codec: Codec[T] = PLAIN,
        *,
        meanwhile: Callable[[], None] | None = None,
    ) -> T:
        """Ask, and write down question and answer once the answer is there."""
        try:
            answer = do()
        except LeaseLost:
            raise
        except Exception as error:
            self._add(kind, request, error=error)
            raise
        self._add(kind, request, answer=codec.dump(answer))
        if kind in COSTLY:
            self.flush()
        return answer

    def digest(self, value: Callable[[], Any]) -> str:
        """Return the SHA-256 of a JSON value without its secrets."""
        return digest(self._cleaner.value(value()))

    def note(self, kind: str, facts: Mapping[str, Any]) -> None:
        """Write down what the work came to."""
        self._add(kind, facts)

    def keep(self, objects: Callable[[], Objects]) -> None:
        """Keep the git objects beside the events."""
        try:
            found = objects()
        except P2AError as error:
            found = Objects((), missing=error.what)
        facts = {"commits": list(found.commits), "shallow": list(found.shallow)}
        self._add("objects", {}, answer={**facts, "missing": found.missing})
        if found.pack:
            self._put(OBJECTS, found.pack)

    def flush(self) -> None:
        """Bring the events into the store; a store that is away gets them the next time."""
        with self._lock:
            waiting, self._waiting = self._waiting, []
            if waiting and not self._put(EVENTS, packed(waiting)):
                self._waiting = waiting

    def _add(
        self,
        kind: str,
        request: Mapping[str, Any],
        *,
        answer: Any = None,
        error: Exception | None = None,
        at: datetime | None = None,
    ) -> None:
        if self._is_full:
            return
        if self._stored > MAX_STORED:
            self._is_full = True
            kind, request, answer, error = FULL, {}, None, None
        _learn(self._cleaner, kind, request, answer)
        event = Event(
            number=0,
            at=(at or self._clock()).isoformat(),
            lane=self._lanes.name,
            kind=kind,
            request=self._cleaner.value(dict(request)),
            answer=self._cleaner.value(answer),
            error=None if error is None else self._cleaner.value(dump_failure(error)),
        )
        with self._lock:
            self._waiting.append(event)

    def _put(self, name: str, content: bytes) -> bool:
        """Store a part; the work goes on without it when the store does not take it."""
        self._stored += len(content) if name == EVENTS else 0
        try:
            self._parts.put_record_part(self._lease, name=name, content=content)
        except StoreUnavailable as error:
            logger.warning("workflow %s: not recorded: %s", self._lease.workflow_id, error)
            return False
        except LeaseLost:
            # Whoever has the workflow now writes its record; our next write to it says so.
            return True
        return True


def _learn(cleaner: Cleaner, kind: str, request: Mapping[str, Any], answer: Any) -> None:
    """Take the tokens that GitHub gives out of this event and all that follow."""
    if kind != "github" or not str(request.get("path", "")).endswith("/access_tokens"):
        return
    body = answer.get("body") if isinstance(answer, Mapping) else None
    if isinstance(body, Mapping) and isinstance(body.get("token"), str):
        cleaner.learn(body["token"])
