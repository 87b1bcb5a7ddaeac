"""Plays a record back: answers from it, and holds what the workflow does against it."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import Any, NoReturn, TypeVar

from p2a.errors import DeadlineExceeded, WorkflowCancelled
from p2a.record.clean import Cleaner
from p2a.record.difference import Difference, Differs, differing
from p2a.record.failure import load_failure
from p2a.record.form import Event, Record, digest
from p2a.record.lanes import Lanes
from p2a.tape import PLAIN, Codec, Objects

T = TypeVar("T")

BEGIN = "begin"
EDIT = "edit"
FLUSH = "flush"
STOP = "stop"
AHEAD_SECONDS = 60.0
"""How long a step waits for another one's turn before the order counts as another."""
ALONE_SECONDS = 10.0
"""The same while no other step is under way, so that one would have to begin first."""
_ENDS = (WorkflowCancelled, DeadlineExceeded)


class Abandoned(BaseException):
    """The record of this try breaks off here: its worker died."""


class Player:
    """The tape of a replay; safe between threads, which it brings into the recorded order."""

    def __init__(self, record: Record, *, verify_commands: bool = False) -> None:
        self._events = [event for event in record.events if event.kind != "delivery"]
        self._place = 0
        self._verify_commands = verify_commands
        self._cleaner = Cleaner()
        self._lanes = Lanes()
        self._turn = threading.Condition()
        self._times: dict[str, datetime] = {}
        self.difference: Difference | None = None
        self.matched: dict[str, int] = {}
        """How many events of each kind were the same."""

    def clock(self) -> datetime:
        """Return the time of this lane's last event."""
        # Without the lock: the store asks within a transaction, which a step that holds it waits for.
        at = self._times.get(self._lanes.name)
        return at if at is not None else max(list(self._times.values()))

    def begin(self) -> Event | None:
        """Return the beginning of the next try and go behind it, None at the end of the record."""
        with self._turn:
            while self._place < len(self._events):
                event = self._events[self._place]
                if event.kind == BEGIN:
                    self._times.clear()
                    self._pass(event)
                    return event
                self._place += 1
        return None

    @property
    def left(self) -> Event | None:
        """Return the next event of this try that nothing asked for, None when there is none."""
        with self._turn:
            return self._head()

    def lane(self, name: str) -> AbstractContextManager[None]:
        """Let this thread's events stand under a name."""
        return self._lanes.of(name)

    @contextmanager
    def moment(self, kind: str, **facts: str) -> Iterator[datetime]:
        """Give the recorded time."""
        # No other step goes on within: what is read or written here is as it was then.
        with self._turn:
            yield datetime.fromisoformat(self._take(kind, facts).at)

    def is_due(self, due: Callable[[], bool]) -> bool:
        """Tell whether this step's next event is an edit that the time made due; wait for its turn."""
        with self._turn:
            following = self._next()
            if following is None or following.kind != EDIT or following.request.get("by") != FLUSH:
                return False
            self._in_turn(EDIT, {"by": FLUSH})
            return True

    def check(self, check: Callable[[], None]) -> None:
        """End the work where the record says that somebody did."""
        following = self._next()
        if following is not None and following.kind == STOP:
            raise self._failure(self._take(STOP, {}))

    def exchange(
        self,
        kind: str,
        request: Mapping[str, Any],
        do: Callable[[], T],
        codec: Codec[T] = PLAIN,
        *,
        meanwhile: Callable[[], None] | None = None,
    ) -> T:
        """Return the recorded answer to the same question.

        Raises:
            Differs: the record holds another question here.
        """
        if meanwhile is not None:
            self._wait(meanwhile, kind)
        event = self._take(kind, request)
        if event.error is not None:
            raise self._failure(event)
        if kind == "command" and self._verify_commands:
            self._hold_against(event, codec.dump(do()))
        return codec.load(event.answer)

    def digest(self, value: Callable[[], Any]) -> str:
        """Return the SHA-256 of a JSON value without its secrets."""
        return digest(self._cleaner.value(value()))

    def note(self, kind: str, facts: Mapping[str, Any]) -> None:
        """Hold what the work came to against the record."""
        self._take(kind, facts)

    def keep(self, objects: Callable[[], Objects]) -> None:
        """Go behind the recorded objects: they are in place already."""
        self._take("objects", {})

    def flush(self) -> None:
        """Do nothing."""

    def _wait(self, meanwhile: Callable[[], None], kind: str) -> None:
        """Let happen what the record says to have happened while an answer was waited for."""
        while True:
            following = self._next()
            if following is None or following.kind not in {EDIT, STOP}:
                return
            try:
                meanwhile()
            except _ENDS:
                after = self._next()
                if after is not None and after.kind == kind and after.error is not None:
                    self._take(kind, after.request)
                raise
            if following is self._next():
                return

    def _take(self, kind: str, request: Mapping[str, Any]) -> Event:
        """Go behind the next event when it is the same, in this lane's turn."""
        wanted = self._cleaner.value(dict(request))
        with self._turn:
            event = self._in_turn(kind, wanted)
            found = differing(event, kind, wanted, lane=self._lanes.name)
            if found is not None:
                self._fail(found)
            self._pass(event)
            self.matched[kind] = self.matched.get(kind, 0) + 1
            self._turn.notify_all()
            return event

    def _in_turn(self, kind: str, wanted: Mapping[str, Any]) -> Event:
        lane = self._lanes.name
        while True:
            if self.difference is not None:
                raise Differs(self.difference)
            head = self._head()
            if head is None:
                if self._place < len(self._events):
                    raise Abandoned
                self._fail(Difference(None, lane=lane, kind=kind, got=wanted))
            if head.lane == lane or self._next() is None:
                return head
            seconds = AHEAD_SECONDS if self._lanes.open > 1 else ALONE_SECONDS
            if not self._turn.wait(seconds):
                return head

    def _next(self) -> Event | None:
        """Return this lane's next event of this try, None when there is none."""
        lane = self._lanes.name
        with self._turn:
            for event in self._events[self._place :]:
                if event.kind == BEGIN:
                    return None
                if event.lane == lane:
                    return event
        return None

    def _fail(self, found: Difference) -> NoReturn:
        self.difference = found
        self._turn.notify_all()
        raise Differs(found)

    def _head(self) -> Event | None:
        if self._place >= len(self._events) or self._events[self._place].kind == BEGIN:
            return None
        return self._events[self._place]

    def _pass(self, event: Event) -> None:
        self._place += 1
        self._times[event.lane] = datetime.fromisoformat(event.at)

    def _failure(self, event: Event) -> Exception:
        return load_failure(event.error or {})

    def _hold_against(self, event: Event, actual: Any) -> None:
        """Compare how a command ended that was run again; its times and texts may differ."""
        before, now = (_ending(value) for value in (event.answer, actual))
        if before != now:
            with self._turn:
                self._fail(
                    Difference(
                        event, lane=event.lane, kind="command's end", got=now, expected=before
                    )
                )


def _ending(answer: Any) -> dict[str, Any]:
    result = answer["result"]
    return {name: result[name] for name in ("ending", "exit_code")}
