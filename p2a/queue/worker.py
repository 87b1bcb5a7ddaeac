"""The worker process: takes a job, refuses what is none of ours, runs it in a work-horse."""

import ctypes
import logging
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from redis import Redis
from redis.exceptions import RedisError
from rq.executions import Execution
from rq.job import Job
from rq.queue import Queue
from rq.serializers import JSONSerializer
from rq.worker import Worker

from p2a.errors import StoreUnavailable
from p2a.queue.guard import GuardedJob, GuardedQueue, refusal, remove
from p2a.queue.lane import Lane

logger = logging.getLogger(__name__)

HEARTBEATS_MISSED = 3
"""After so many the queue counts a job as abandoned."""
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a worker shows that it lives; all in seconds, tests use small ones."""

    heartbeat: int = 15
    worker_ttl: int = 30
    """RQ waits for a job this long less 15 (at least 1) before it looks around."""
    maintenance: int = 15
    sweep: float = 5.0
    """Between two looks of the reconciler."""
    respawn: float = 2.0
    """Before a worker process that ended by itself is started again."""


class P2AWorker(Worker):
    """An RQ worker that believes no job, shows its life often and takes its horse down with it."""

    def __init__(
        self,
        connection: Redis,
        lane: Lane,
        *,
        is_known: Callable[[str], bool],
        job_seconds: int,
        pace: Pace,
    ) -> None:
        """Register nothing yet; jobs are taken from one lane.

        `is_known` tells whether the database has a workflow of this id;
        `job_seconds` ends a job whatever the job itself does about its time.
        """
        queue = GuardedQueue(lane.value, connection=connection, serializer=JSONSerializer)
        super().__init__(
            [queue],
            connection=connection,
            serializer=JSONSerializer,
            job_class=GuardedJob,
            queue_class=GuardedQueue,
            worker_ttl=pace.worker_ttl,
            maintenance_interval=pace.maintenance,
            job_monitoring_interval=pace.heartbeat,
            # The description comes from Redis, and so from whoever can write there.
            log_job_description=False,
        )
        self._is_known = is_known
        self._job_seconds = job_seconds
        self._pace = pace
        self._pid = os.getpid()

    def dequeue_job_and_maintain_ttl(
        self, timeout: int | None, max_idle_time: int | None = None
    ) -> tuple[Job, Queue] | None:
        """Wait for a job that may be run; refused ones are logged and removed on the way."""
        while True:
            taken = super().dequeue_job_and_maintain_ttl(timeout, max_idle_time)
            if taken is None or self._accepts(*taken):
                return taken

    def execute_job(self, job: Job, queue: Queue) -> None:
        """Run the job in a work-horse, for no longer than this worker's own limit."""
        job.timeout = self._job_seconds
        super().execute_job(job, queue)

    def get_heartbeat_ttl(self, job: Job, working_time: float = 0.0) -> int:
        """Return how long a job counts as alive after a heartbeat; RQ itself adds a minute."""
        return HEARTBEATS_MISSED * self._pace.heartbeat

    def maintain_heartbeats(self, job: Job, execution: Execution) -> None:
        """Show that the job lives; a queue that is away is no reason to stop good work."""
        try:
            super().maintain_heartbeats(job, execution)
        except RedisError as error:
            logger.warning("no heartbeat, the queue does not answer: %s", error)

    def main_work_horse(self, job: Job, queue: Queue) -> None:
        """Be the work-horse: run the job, and die with the worker, whatever kills it."""
        die_with_parent(self._pid)
        super().main_work_horse(job, queue)

    def _accepts(self, job: Job, queue: Queue) -> bool:
        try:
            reason = refusal(job, is_known=self._is_known)
        except StoreUnavailable as error:
            # The workflow is in the database with no lease, so the reconciler brings it again.
            logger.warning("job %s is left to the reconciler: %s", job.id, error)
            remove(self.connection, queue.key, job.id)
            return False
        if reason is None:
            return True
        logger.warning("job %s is refused and removed: %s", job.id, reason)
        remove(self.connection, queue.key, job.id)
        return False


def die_with_parent(parent: int) -> None:
    """Ask the kernel to kill this process when its parent ends; end now if it has already.

    Without this a job goes on after a kill -9 of its worker, beside its own second run.
    """
    if sys.platform == "linux":
        libc: Any = ctypes.CDLL(None)
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)
