"""A pool of worker processes and the reconciler: what `p2a worker` runs until it is told to stop."""

import logging
import multiprocessing
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib import import_module
from multiprocessing.connection import wait
from multiprocessing.context import ForkProcess
from types import FrameType

from sqlalchemy import Engine

from p2a.queue.connection import connect
from p2a.queue.jobs import JOB
from p2a.queue.lane import Lane
from p2a.queue.reconcile import Reconciler
from p2a.queue.worker import P2AWorker, Pace, die_with_parent
from p2a.settings import Settings
from p2a.store.engine import open_engine
from p2a.store.errors import WorkflowUnknown
from p2a.store.store import Store

logger = logging.getLogger(__name__)

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)
LAST_CLAIM = 1
"""One claim more than the attempts, in which the engine only tells the user that it gave up."""
GRACE_SECONDS = 300
"""What a job may take beyond the workflow's limit before its worker ends it."""
FIRST_START_SECONDS = 30.0
"""A worker may wait longer than a web request for a server that loads its data."""
LOOK_SECONDS = 0.5
"""The longest time until a signal or the end of a process is noticed."""


def run_worker(
    settings: Settings,
    *,
    clock: Callable[[], datetime],
    burst: bool = False,
    concurrency: int = 1,
    pace: Pace | None = None,
) -> None:
    """Work on workflows until SIGTERM or SIGINT; must be called in the main thread.

    Each of `concurrency` processes runs one workflow at a time; one more answers short commands,
    so that `/p2a cancel` is heard while all are busy. On the first signal running
    workflows are finished and nothing new is taken, on a second one they are cut off and
    taken up again by another worker. `burst` ends when the queue is empty.

    Raises:
        QueueUnavailable: the embedded server does not come up.
        StoreUnavailable: the database did not answer at the start of a burst.
    """
    connect(settings, start_seconds=FIRST_START_SECONDS).close()
    # Without a pool no connection is open when a process is forked below.
    engine = open_engine(settings.database_url, pooled=False)
    reconciler = Reconciler(
        Store(engine, clock),
        lambda: connect(settings),
        clock,
        max_attempts=settings.max_attempts + LAST_CLAIM,
    )
    pool = _Pool(settings, engine, clock=clock, pace=pace or Pace(), burst=burst)
    if burst:
        reconciler.sweep()
    with _stopped_by_signals(pool):
        pool.run(reconciler, concurrency=concurrency)
    engine.dispose()


class _Pool:
    """The processes; one thread does it all, so nothing else goes on while a process is forked."""

    def __init__(
        self,
        settings: Settings,
        engine: Engine,
        *,
        clock: Callable[[], datetime],
        pace: Pace,
        burst: bool,
    ) -> None:
        self._settings = settings
        self._engine = engine
        self._clock = clock
        self._pace = pace
        self._burst = burst
        self._stopping = False
        self._processes: dict[ForkProcess, Lane] = {}

    def run(self, reconciler: Reconciler, *, concurrency: int) -> None:
        """Keep the processes alive and the queue told, until all have ended after a stop."""
        lanes = Counter({Lane.SHORT: 1, Lane.WORK: concurrency})
        next_sweep = next_start = time.monotonic()
        self._start(lanes)
        logger.info("ready: %d workflows at a time, and one more for short commands", concurrency)
        while self._processes or not (self._stopping or self._burst):
            if not self._stopping and time.monotonic() >= next_sweep:
                reconciler.try_sweep()
                next_sweep = time.monotonic() + self._pace.sweep
            if self._reap():
                next_start = time.monotonic() + self._pace.respawn
            if not self._burst and time.monotonic() >= next_start:
                self._start(lanes - Counter(self._processes.values()))
            pause = min(LOOK_SECONDS, self._pace.sweep)
            wait([process.sentinel for process in self._processes], timeout=pause)

    def stop(self, signum: int, _frame: FrameType | None) -> None:
        """Pass the signal on: the first ends the processes after their job, the second at once."""
        logger.info("got signal %d, stopping", signum)
        self._stopping = True
        for process in self._processes:
            if process.pid is not None and process.is_alive():
                os.kill(process.pid, signal.SIGTERM)

    def _start(self, missing: Counter[Lane]) -> None:
        for lane in missing.elements():
            # A signal in between would not reach the new process, and it would never end.
            signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
            if not self._stopping:
                process = multiprocessing.get_context("fork").Process(
                    target=self._work, args=(os.getpid(), lane)
                )
                try:
                    process.start()
                except OSError as error:
                    # No process to spare now (EAGAIN): the next round asks again.
                    logger.warning("a worker process could not be started: %s", error)
                else:
                    self._processes[process] = lane
            signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)

    def _reap(self) -> int:
        ended = [process for process in self._processes if not process.is_alive()]
        for process in ended:
            logger.log(
                logging.INFO if process.exitcode == 0 else logging.WARNING,
                "worker process %s ended with %s",
                process.pid,
                process.exitcode,
            )
            del self._processes[process]
            process.close()
        return len(ended)

    def _work(self, parent: int, lane: Lane) -> None:
        for name in STOP_SIGNALS:
            signal.signal(name, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)
        die_with_parent(parent)
        # Once here instead of in each work-horse: a user waits for the first sign of life.
        import_module(JOB.rpartition(".")[0])
        store = Store(self._engine, self._clock)
        with connect(self._settings) as connection:
            worker = P2AWorker(
                connection,
                lane,
                is_known=lambda workflow_id: _is_known(store, workflow_id),
                job_seconds=self._settings.workflow_seconds + GRACE_SECONDS,
                pace=self._pace,
            )
            worker.work(burst=self._burst)


def _is_known(store: Store, workflow_id: str) -> bool:
    try:
        store.workflow(workflow_id)
    except WorkflowUnknown:
        return False
    return True


@contextmanager
def _stopped_by_signals(pool: _Pool) -> Iterator[None]:
    before = {name: signal.signal(name, pool.stop) for name in STOP_SIGNALS}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)
