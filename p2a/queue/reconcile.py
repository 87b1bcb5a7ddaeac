"""Bringing the queue to what the database says: what was not told is told, what was lost again."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from redis import Redis

from p2a.errors import P2AError
from p2a.queue.jobs import enqueue
from p2a.queue.lane import lane_of
from p2a.store.store import Store

logger = logging.getLogger(__name__)

EVERY_SECONDS = 5.0
JOIN_SECONDS = 15.0
ABANDONED = (
    "No worker brought this to an end: it was begun {attempts} times, "
    "and each time the worker was gone without a word."
)


class Reconciler:
    """Tells the queue of workflows that the outbox holds or that lost their worker.

    It is the only one that gives a workflow to a second worker, and that one has to claim it in
    the database first, so several reconcilers at once do no harm.
    """

    def __init__(
        self,
        store: Store,
        connection_factory: Callable[[], Redis],
        clock: Callable[[], datetime],
        *,
        max_attempts: int | None = None,
    ) -> None:
        """Keep the collaborators; the connections made are closed after each sweep.

        A stranded workflow that was claimed `max_attempts` times is failed instead of told again;
        with None this reconciler fails none.
        """
        self._store = store
        self._connection_factory = connection_factory
        self._clock = clock
        self._max_attempts = max_attempts
        self.swept_at: datetime | None = None
        """When the last sweep ended well, for health checks."""

    def sweep(self) -> int:
        """Tell the queue of all that is due and return how many were told.

        Raises:
            QueueUnavailable: the queue did not take one; it stays due.
            StoreUnavailable: the database did not answer.
        """
        stranded = [each for each in self._store.stranded() if not self._is_given_up(each)]
        # The order stays and nothing is told twice: one can be both due and stranded.
        waiting = list(dict.fromkeys([*self._store.outbox_due(), *stranded]))
        if waiting:
            with self._connection_factory() as connection:
                for workflow_id in waiting:
                    self._tell(connection, workflow_id, is_stranded=workflow_id in stranded)
        self.swept_at = self._clock()
        return len(waiting)

    @contextmanager
    def running(self, *, every: float = EVERY_SECONDS) -> Iterator[None]:
        """Sweep in a thread of its own until the end of the `with` block."""
        stop = threading.Event()
        thread = threading.Thread(
            target=self._sweep_until, args=(stop, every), name="reconciler", daemon=True
        )
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join(JOIN_SECONDS)

    def try_sweep(self) -> None:
        """Sweep, and only log when the database or the queue does not answer."""
        try:
            self.sweep()
        except P2AError as error:
            logger.warning("reconciling failed, trying again: %s", error)

    def _sweep_until(self, stop: threading.Event, every: float) -> None:
        while True:
            self.try_sweep()
            if stop.wait(every):
                return

    def _tell(self, connection: Redis, workflow_id: str, *, is_stranded: bool) -> None:
        enqueue(
            connection,
            workflow_id,
            turn=self._store.turn(workflow_id),
            lane=lane_of(self._store.workflow(workflow_id)),
            is_stranded=is_stranded,
        )
        self._store.outbox_sent(workflow_id)

    def _is_given_up(self, workflow_id: str) -> bool:
        attempts = self._store.workflow(workflow_id).attempt
        if self._max_attempts is None or attempts < self._max_attempts:
            return False
        given_up = self._store.fail_abandoned(workflow_id, ABANDONED.format(attempts=attempts))
        if given_up:
            logger.error("workflow %s failed: abandoned %d times", workflow_id, attempts)
        return given_up
