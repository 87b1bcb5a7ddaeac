"""What the steps of one workflow that are taken at the same time share: a stop, and one till."""

import threading
from collections.abc import Callable

from p2a.errors import LeaseLost
from worker.errors import BudgetReached

POLL_SECONDS = 0.2


class Till:
    """Lets calls go on side by side, but none on money that another's answer may still use up."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open = 0
        self._stopped = threading.Event()

    def begin(self, begin: Callable[[int], int], *, wait: Callable[[float], None]) -> int:
        """Begin a call and return its number.

        `begin` is told how many others are under way. Where it finds that the money may not
        suffice because of them, it is asked again when they are counted.

        Raises:
            BudgetReached: also without the others nothing more may be spent.
        """
        while True:
            with self._lock:
                others = self._open
                try:
                    call = begin(others)
                except BudgetReached:
                    if not others:
                        raise
                else:
                    self._open += 1
                    return call
            wait(POLL_SECONDS)

    def end(self) -> None:
        """Note that a call was counted."""
        with self._lock:
            self._open -= 1

    def stop(self) -> None:
        """End the steps of other threads: this process is about to end."""
        self._stopped.set()

    def check(self) -> None:
        """Return when the work may go on.

        Raises:
            LeaseLost: this process is about to end; whoever takes the work up goes on.
        """
        if self._stopped.is_set():
            raise LeaseLost("the work was cut off", next_step="the next worker goes on")
