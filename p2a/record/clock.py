"""A clock that can be made to stand still for one thread, so that a record and a store tell the same time."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime


class HeldClock:
    """Tells another clock's time, but within `held` the time that is given."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._here = threading.local()

    def __call__(self) -> datetime:
        """Return the time."""
        held: datetime | None = getattr(self._here, "at", None)
        return held if held is not None else self._clock()

    @contextmanager
    def held(self, at: datetime) -> Iterator[None]:
        """Let this thread see one time only."""
        before = getattr(self._here, "at", None)
        self._here.at = at
        try:
            yield
        finally:
            self._here.at = before
