"""The one kind of job: it carries a workflow's id, as JSON, to one fixed function."""

from redis import Redis
from redis.exceptions import RedisError
from rq.exceptions import DuplicateJobError, NoSuchJobError
from rq.job import Job, JobStatus
from rq.queue import Queue
from rq.serializers import JSONSerializer

from p2a.errors import QueueUnavailable

JOB = "worker.job.perform"
"""The only function that a worker runs; by name, for the web process does not import it."""
QUEUE = "p2a"
FAILURE_SECONDS = 3600
"""How long Redis keeps a failed job for people to look at; the truth is in the database."""
_ON_ITS_WAY = (JobStatus.QUEUED, JobStatus.STARTED)


def enqueue(connection: Redis, workflow_id: str, *, turn: int = 0) -> None:
    """Tell the workers of a workflow; one that is on its way already is not told twice.

    `turn` is `Store.turn`: a job of an earlier turn, whose worker may be dead, does not count.

    Raises:
        QueueUnavailable: the queue did not take it; the reconciler tells it later.
    """
    job_id = f"workflow-{workflow_id}-{turn}"
    try:
        queue = open_queue(connection)
        try:
            _push(queue, workflow_id, job_id)
        except DuplicateJobError:
            if not _is_on_its_way(queue, job_id):
                _push(queue, workflow_id, job_id)
    except (RedisError, OSError) as error:
        raise QueueUnavailable(
            "the queue did not take the workflow",
            why=str(error),
            next_step="nothing is lost: it is told again as soon as the queue answers",
        ) from error


def open_queue(connection: Redis) -> Queue:
    """Return our queue, with JSON in place of RQ's pickle."""
    return Queue(QUEUE, connection=connection, serializer=JSONSerializer)


def _push(queue: Queue, workflow_id: str, job_id: str) -> None:
    queue.enqueue_call(
        JOB,
        args=[workflow_id],
        job_id=job_id,
        unique=True,
        description=f"workflow {workflow_id}",
        # The job is gone when it is done, so that the same id can be told again for a retry.
        result_ttl=0,
        failure_ttl=FAILURE_SECONDS,
        # Without end for RQ: the worker sets the limit from its own settings.
        timeout=-1,
    )


def _is_on_its_way(queue: Queue, job_id: str) -> bool:
    try:
        job = Job.fetch(job_id, connection=queue.connection, serializer=JSONSerializer)
        status = job.get_status(refresh=False)
        lost = status is JobStatus.QUEUED and queue.get_job_position(job_id) is None
        if status in _ON_ITS_WAY and not lost:
            return True
        job.delete()
    except NoSuchJobError:
        pass
    return False
