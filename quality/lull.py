"""A time while the tests run in which the processors have nothing to do, and what waits for it."""

from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path

STAT = Path("/proc/stat")
ENOUGH = 0.9
"""Idle processors at which what waits is begun: tests that compute are not slowed down by it."""
_TIMES = slice(1, 9)
"""The fields of a line of /proc/stat that are no part of another (man proc_stat)."""
_IDLE = slice(3, 5)
"""Of these, `idle` and `iowait`."""


class Lull:
    """Begins at most once; whoever waits is told in the thread that found it."""

    def __init__(self) -> None:
        self._begun: Future[None] = Future()

    def begin(self) -> None:
        """Tell all who wait, if they were not told."""
        if not self._begun.done():
            self._begun.set_result(None)

    def then(self, call: Callable[[], None]) -> None:
        """Have `call` called when it begins, at once if it has begun."""
        self._begun.add_done_callback(lambda _: call())


class Processors:
    """Tells how many processors had nothing to do since it was last asked, or made.

    Args:
        read: returns the text of /proc/stat.
    """

    def __init__(self, read: Callable[[], str] = STAT.read_text) -> None:
        self._read = read
        self._last = self._now()

    def idle(self) -> float:
        """Return their number, of the whole machine; 0 where the kernel does not say."""
        (idle_before, all_before, _), (idle, every, count) = self._last, self._now()
        self._last = (idle, every, count)
        return count * (idle - idle_before) / (every - all_before) if every > all_before else 0.0

    def _now(self) -> tuple[int, int, int]:
        """Return the ticks without work, all ticks, and the number of processors."""
        with suppress(OSError, ValueError):
            rows = [line.split() for line in self._read().splitlines() if line.startswith("cpu")]
            if rows:
                ticks = [int(word) for word in rows[0][_TIMES]]
                return sum(ticks[_IDLE]), sum(ticks), len(rows) - 1
        return 0, 0, 0
