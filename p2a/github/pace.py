"""The time between our requests: many writes a second apart, and silence while a limit lasts."""

import threading
from collections.abc import Callable
from datetime import datetime

from p2a.errors import GitHubRateLimited

WRITE_GAP = 1.0
"""Seconds between many requests that create content (docs: best practices for using the REST API)."""
BURST = 8
"""So many of them may go out at once after a silence: with 60 more in a minute they stay below the 80
that GitHub allows (docs: rate limits for the REST API), and a change's branch and draft need no wait."""


class Pace:
    """Shared by all that talk to one GitHub from one process; safe between threads.

    `sleep` may raise to end the waiting, for example when the workflow was cancelled.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], datetime],
        sleep: Callable[[float], None],
        write_gap: float = WRITE_GAP,
        burst: int = BURST,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._write_gap = write_gap
        self._ahead = (burst - 1) * write_gap
        """How many seconds before its turn a write may go out."""
        self._lock = threading.Lock()
        self._next_write = 0.0
        self._closed_until = 0.0

    def sleep(self, seconds: float) -> None:
        """Wait, or raise what the given `sleep` raises."""
        if seconds > 0:
            self._sleep(seconds)

    def close(self, seconds: float) -> None:
        """Send nothing for so long: GitHub said that a limit is reached."""
        with self._lock:
            self._closed_until = max(self._closed_until, self._now() + seconds)

    def enter(self, *, creates: bool, longest_wait: float) -> None:
        """Wait until the next request may be sent.

        Raises:
            GitHubRateLimited: a known limit lasts longer than `longest_wait`; nothing was sent.
        """
        closed = self._closed_until - self._now()
        if closed > longest_wait:
            raise GitHubRateLimited(
                "GitHub's rate limit is reached, so nothing was sent",
                retry_after=closed,
                why=f"GitHub said so to an earlier request; {closed:.0f} s are left",
                next_step="nothing to do: the work goes on by itself after that time",
            )
        self.sleep(closed)
        if creates:
            self.sleep(self._reserve_write())

    def _reserve_write(self) -> float:
        with self._lock:
            now = self._now()
            # A clock that was set back must not stop us for longer than one gap per waiting write.
            turn = min(max(now, self._next_write), now + self._ahead + 60 * self._write_gap)
            self._next_write = turn + self._write_gap
            return max(turn - self._ahead - now, 0.0)

    def _now(self) -> float:
        return self._clock().timestamp()
