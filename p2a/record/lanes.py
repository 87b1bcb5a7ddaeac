"""Which step a thread works on."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

MAIN = "main"


class Lanes:
    """The name under which each thread's events stand."""

    def __init__(self) -> None:
        self._here = threading.local()
        self._lock = threading.Lock()
        self.open = 0
        """How many threads are in a lane."""

    @property
    def name(self) -> str:
        """Return this thread's lane."""
        return getattr(self._here, "name", MAIN)

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        """Let this thread's events stand under a name."""
        before = self.name
        self._here.name = name
        self._count(1)
        try:
            yield
        finally:
            self._here.name = before
            self._count(-1)

    def _count(self, more: int) -> None:
        with self._lock:
            self.open += more
