"""The one kind of job: it carries a workflow's id, as JSON, to one fixed function."""

from redis import Redis
from redis.exceptions import RedisError
from rq.exceptions import DuplicateJobError, NoSuchJobError
from rq.job import Job, JobStatus
from rq.queue import Queue
from rq.serializers import JSONSerializer

from p2a.errors import QueueUnavailable
from p2a.queue.lane import Lane

JOB = "worker.job.perform"
"""The only function that a worker runs; by name, for the web process does not import it."""
FAILURE_SECONDS = 3600
"""How long Redis keeps a failed job for people to look at; the truth is in the database."""
_ENDINGS = {Lane.WORK: "", Lane.SHORT: "-short"}
"""A job waits in one lane; a workflow may be told of in both, and is claimed once."""
_ON_ITS_WAY = (JobStatus.QUEUED, JobStatus.STARTED)


def enqueue(
    connection: Redis,
    workflow_id: str,
    *,
    turn: int = 0,
    lane: Lane = Lane.WORK,
    is_stranded: bool = False,
) -> None:
    """Tell the workers of a workflow; one that is on its way already is not told twice.

    `turn` is `Store.turn`: a job of an earlier turn, whose worker may be dead, does not count.
    `is_stranded`: nor does one that was taken, because nobody claimed the workflow since. Should
    its worker be alive and only slow, the claim in the database lets one of the two work.

    Raises:
        QueueUnavailable: the queue did not take it; the reconciler tells it later.
    """
    job_id = f"workflow-{workflow_id}-{turn}{_ENDINGS[lane]}"
    try:
        _tell(open_queue(connection, lane), workflow_id, job_id, is_stranded=is_stranded)
    except (RedisError, OSError) as error:
        raise QueueUnavailable(
            "the queue did not take the workflow",
            why=str(error),
            next_step="nothing is lost: it is told again as soon as the queue answers",
        ) from error


def open_queue(connection: Redis, lane: Lane = Lane.WORK) -> Queue:
    """Return the queue of a lane, with JSON in place of RQ's pickle."""
    return Queue(lane.value, connection=connection, serializer=JSONSerializer)


def _tell(queue: Queue, workflow_id: str, job_id: str, *, is_stranded: bool) -> None:
    try:
        _push(queue, workflow_id, job_id)
    except DuplicateJobError:
        found = _found(queue, job_id)
        if found is None:
            _push(queue, workflow_id, job_id)
        elif is_stranded and found.get_status(refresh=False) is JobStatus.STARTED:
            # The same doubt about the same job gives the same id, so it is told once.
            doubted = int(found.started_at.timestamp()) if found.started_at else 0
            _tell(queue, workflow_id, f"{job_id}-{doubted}", is_stranded=True)


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


def _found(queue: Queue, job_id: str) -> Job | None:
    """Return the job if it is on its way; what is left of one that is not is removed."""
    try:
        job = Job.fetch(job_id, connection=queue.connection, serializer=JSONSerializer)
        status = job.get_status(refresh=False)
        lost = status is JobStatus.QUEUED and queue.get_job_position(job_id) is None
        if status in _ON_ITS_WAY and not lost:
            return job
        job.delete()
    except NoSuchJobError:
        pass
    return None
