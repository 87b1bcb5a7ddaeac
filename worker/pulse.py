"""Keeps a lease alive from a thread and tells the work when it must stop."""

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from types import TracebackType
from typing import Protocol, Self

from p2a.domain import Lease
from p2a.errors import DeadlineExceeded, LeaseLost, StoreUnavailable, WorkflowCancelled
from p2a.tape import Tape, Untaped

logger = logging.getLogger(__name__)

BEATS_PER_LEASE = 6
POLL_SECONDS = 1.0


class LeaseStore(Protocol):
    """What a pulse needs of the store."""

    def renew(self, lease: Lease, *, seconds: float) -> None:
        """Keep the lease for some more seconds."""
        ...

    def cancel_requested(self, workflow_id: str) -> bool:
        """Tell whether somebody asked for the end."""
        ...


class Pulse:
    """A context in which the lease is renewed; `check` raises when the work must stop."""

    def __init__(
        self,
        store: LeaseStore,
        lease: Lease,
        *,
        deadline: datetime,
        clock: Callable[[], datetime],
        lease_seconds: float,
        tape: Tape | None = None,
    ) -> None:
        self._store = store
        self._lease = lease
        self._deadline = deadline
        self._clock = clock
        self._lease_seconds = lease_seconds
        self.tape = tape or Untaped(clock)
        """By way of which an end from outside comes."""
        self._stop = threading.Event()
        self._lost = threading.Event()
        self._winding_down = False
        self._thread = threading.Thread(target=self._beat, name="p2a-pulse", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join()

    def check(self) -> None:
        """Return when the work may go on.

        Raises:
            LeaseLost: another worker owns the workflow.
            WorkflowCancelled: a user asked for its end.
            DeadlineExceeded: its time is used up.
        """
        self.tape.check(self._check)

    def _check(self) -> None:
        if self._lost.is_set():
            raise LeaseLost(
                f"the lease on workflow {self._lease.workflow_id} is lost",
                why="another worker took it over",
                next_step="nothing: the other worker goes on",
            )
        if self._winding_down:
            return
        if self._is_cancelled():
            raise WorkflowCancelled(
                "the workflow was cancelled", next_step="`/p2a retry` starts it again"
            )
        if self._clock() > self._deadline:
            raise DeadlineExceeded(
                "the workflow used up its time",
                why="P2A_WORKFLOW_SECONDS bounds it",
                next_step="ask for a smaller change, or raise the limit, then `/p2a retry`",
            )

    def _is_cancelled(self) -> bool:
        try:
            return self._store.cancel_requested(self._lease.workflow_id)
        except StoreUnavailable as error:
            # Asked again soon; good work need not end for it, and every write says so itself.
            logger.warning("it is not known whether the workflow is cancelled: %s", error)
            return False

    def wind_down(self) -> None:
        """From now on only a lost lease stops the work: its end is still to be told."""
        self._winding_down = True

    def rest(self, seconds: float) -> None:
        """Sleep as `wait`, but a cancelled workflow only ends the sleep.

        Raises:
            LeaseLost: another worker owns the workflow.
        """
        with suppress(WorkflowCancelled, DeadlineExceeded):
            self.wait(seconds)

    def seconds_left(self) -> float:
        """Return how long the work may still go on, at least one second."""
        return max(1.0, (self._deadline - self._clock()).total_seconds())

    def wait(self, seconds: float, *, meanwhile: Callable[[], None] | None = None) -> None:
        """Sleep, and raise as `check` does as soon as the work must stop.

        `meanwhile` is called about once a second.
        """
        left = seconds
        while left > 0:
            self.check()
            if meanwhile is not None:
                meanwhile()
            part = min(left, POLL_SECONDS)
            self._lost.wait(part)
            left -= part
        self.check()

    def _beat(self) -> None:
        while not self._stop.wait(self._lease_seconds / BEATS_PER_LEASE):
            try:
                self._store.renew(self._lease, seconds=self._lease_seconds)
            except LeaseLost:
                self._lost.set()
                return
            except StoreUnavailable as error:
                # The store may be back before the lease ends; if not, the next write says so.
                logger.warning("the lease could not be renewed: %s", error)
