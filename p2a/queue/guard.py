"""What a worker accepts from the queue: one function, one known workflow, nothing else.

Whoever can write to Redis can name any importable function, callback or webhook in a job (RQ runs
`os.system` also with its JSON serializer), so nothing that a job says is believed.
"""

import logging
from collections.abc import Callable
from typing import Any

from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError
from rq.exceptions import DeserializationError, NoSuchJobError
from rq.intermediate_queue import IntermediateQueue
from rq.job import Job
from rq.queue import Queue

from p2a.queue.jobs import FAILURE_SECONDS, JOB

logger = logging.getLogger(__name__)

SHOWN = 100
"""Characters of foreign text in a log line."""


class GuardedJob(Job):
    """A job of which only the function's name, the arguments and the state are read."""

    @classmethod
    def fetch(cls, id: str, connection: Redis | None = None, serializer: Any = None) -> Job:
        """Read a job; one that cannot be read counts as not there.

        Raises:
            NoSuchJobError: there is none, or it is not of a job's form.
        """
        try:
            return super().fetch(id, connection=connection, serializer=serializer)
        except (NoSuchJobError, RedisConnectionError, RedisTimeoutError):
            raise
        except Exception as error:  # the job boundary: foreign bytes can break any parser
            raise NoSuchJobError(f"not a job: {error}") from error

    def restore(self, raw_data: Any) -> None:
        """Read the stored fields and drop every one that could make RQ do something more."""
        super().restore(raw_data)
        self._success_callback_name = None
        self._failure_callback_name = None
        self._stopped_callback_name = None
        self.webhooks = []
        self._dependency_ids = []
        self.group_id = None
        self.retries_left = None
        self.repeats_left = None
        self.rate_limit_key = None
        self.rate_limit_concurrency = None
        self.enqueue_at_front_on_retry = False
        self.timeout = -1
        self.result_ttl = 0
        self.failure_ttl = FAILURE_SECONDS


class GuardedQueue(Queue):
    """A queue that throws away, and says so, what is not a job."""

    job_class = GuardedJob

    @classmethod
    def _fetch_dequeued_job(  # type: ignore[override] # RQ gives the other options by name
        cls, connection: Redis, queue_key: str, job_id: str, **options: Any
    ) -> tuple[Job, Queue] | None:
        found = super()._fetch_dequeued_job(connection, queue_key, job_id, **options)
        if found is None:
            logger.warning("thrown away: %s in %s is not a job", shown(job_id), queue_key)
            remove(connection, queue_key, job_id)
        return found


def refusal(job: Job, *, is_known: Callable[[str], bool]) -> str | None:
    """Say why a job must not be run, None where it may.

    Raises:
        StoreUnavailable: the database could not be asked for the workflow.
    """
    try:
        function, instance = job.func_name, job.instance
        arguments, named = job.args, job.kwargs
    except DeserializationError:
        return "its data is not JSON of a job"
    if function != JOB or instance is not None:
        return f"it asks for {shown(function)}, not for {JOB}"
    if named or not isinstance(arguments, list) or len(arguments) != 1:
        return "its arguments are not one workflow id"
    (workflow_id,) = arguments
    if not isinstance(workflow_id, str) or not is_known(workflow_id):
        return f"there is no workflow {shown(workflow_id)}"
    return None


def remove(connection: Redis, queue_key: str, job_id: str) -> None:
    """Take every trace of a job away that a worker would meet again."""
    connection.lrem(IntermediateQueue.get_intermediate_queue_key(queue_key), 0, job_id)
    connection.lrem(queue_key, 0, job_id)
    # Not by the job's own method, which reads fields of the job to find what else to delete.
    connection.delete(Job.key_for(job_id), Job.dependents_key_for(job_id))


def shown(foreign: object) -> str:
    """Return foreign text for a log line: quoted, without control characters, short."""
    return ascii(foreign)[:SHOWN]
