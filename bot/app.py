"""The web application: a delivery is verified, decided and committed in one go, then answered."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from fastapi import Depends, FastAPI, Request, Response
from fastapi.responses import JSONResponse

from bot.artifacts import Files, router
from bot.bodies import Bodies
from bot.delivery_part import delivery_part
from bot.trajectory import Recordings
from bot.trajectory import router as trajectory_router
from bot.webhook import Rejected, read_delivery
from p2a.domain import Awaited, DeliveryRecord, NewWorkflow, Workflow
from p2a.errors import P2AError, QueueUnavailable
from p2a.trigger.decide import Decision, Ignore, Locate, Reply, Start, answering, decide, located
from p2a.trigger.delivery import Delivery

_UNFINISHED = frozenset({408, 503})

logger = logging.getLogger(__name__)


class Recorded(Protocol):
    """What the store says of a recorded delivery."""

    @property
    def workflow_id(self) -> str:
        """Return the workflow's id."""
        ...

    @property
    def is_new(self) -> bool:
        """Tell whether this delivery made it."""
        ...


class Deliveries(Files, Recordings, Protocol):
    """What of the store the web door needs."""

    def record_delivery(
        self, delivery: DeliveryRecord, workflow: NewWorkflow, *, part: bytes | None = None
    ) -> Recorded:
        """Commit delivery, workflow, outbox row and the record's first part in one transaction."""
        ...

    def newest_check(self, repository_id: int, head_sha: str) -> Workflow | None:
        """Return the newest check of a commit that named it from the start."""
        ...

    def waiting_for(self, repository_id: int, number: int, awaited: Awaited) -> str | None:
        """Return the newest workflow of an issue that waits for this."""
        ...

    def outbox_sent(self, workflow_id: str) -> None:
        """Note that the queue has it."""
        ...

    def check(self) -> None:
        """Raise StoreUnavailable unless the database answers."""
        ...


def create_app(
    store: Deliveries,
    *,
    secret: str,
    repositories: Sequence[str],
    enqueue: Callable[[str], None],
    clock: Callable[[], datetime],
    is_recording: bool = True,
) -> FastAPI:
    """Return the application; it makes no GitHub call and runs nothing of a payload.

    Args:
        store: where deliveries are committed; the truth.
        secret: the App's webhook secret.
        repositories: globs over `owner/name` that are served.
        enqueue: wakes a worker for a workflow id; may raise QueueUnavailable, which loses nothing.
        clock: the time, aware.
        is_recording: whether workflows are recorded, their deliveries first.
    """
    bodies = Bodies()
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @app.post("/webhook")
    def webhook(request: Request, body: bytes = Depends(bodies.read)) -> JSONResponse:
        delivery = read_delivery(request.headers, body, secret=secret)
        decision = _placed(_decide(delivery, repositories), store)
        if isinstance(decision, Ignore):
            logger.info("delivery %s ignored: %s", delivery.guid, decision.reason)
            return JSONResponse({"status": "ignored", "reason": decision.reason}, 202)
        now = clock()
        part = delivery_part(delivery, now, secret=secret) if is_recording else None
        recorded = store.record_delivery(_record(delivery, now), decision.workflow, part=part)
        if recorded.is_new:
            _wake(store, enqueue, recorded.workflow_id)
        status = "accepted" if recorded.is_new else "repeated"
        logger.info("delivery %s %s: workflow %s", delivery.guid, status, recorded.workflow_id)
        return JSONResponse({"status": status, "workflow": recorded.workflow_id}, 202)

    @app.get("/health")
    def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/ready")
    def ready() -> dict[str, str]:
        store.check()
        return {"status": "ready"}

    app.include_router(router(store, clock))
    app.include_router(trajectory_router(store, clock))
    app.add_exception_handler(Rejected, _answer_rejected)
    app.add_exception_handler(P2AError, _answer_unavailable)
    return app


def _decide(delivery: Delivery, repositories: Sequence[str]) -> Decision:
    try:
        return decide(delivery, repositories=repositories)
    except ValueError as error:
        raise Rejected(400, f"The payload is not of the form of {delivery.event}.") from error


def _placed(decision: Decision, store: Deliveries) -> Start | Ignore:
    if isinstance(decision, Reply):
        place = decision.workflow.origin
        waiting = store.waiting_for(place.repository.id, place.number, Awaited.ANSWER)
        return answering(decision, is_awaited=waiting is not None)
    if not isinstance(decision, Locate):
        return decision
    origin = decision.workflow.origin
    earlier = store.newest_check(origin.repository.id, origin.head_sha or "")
    return located(decision, earlier.origin if earlier else None)


def _record(delivery: Delivery, now: datetime) -> DeliveryRecord:
    return DeliveryRecord(
        guid=delivery.guid,
        event=delivery.event,
        action=delivery.action,
        digest=delivery.digest,
        received_at=now,
    )


def _wake(store: Deliveries, enqueue: Callable[[str], None], workflow_id: str) -> None:
    """Tell the queue; when it is away the outbox row stays and the reconciler delivers it."""
    try:
        enqueue(workflow_id)
    except QueueUnavailable as error:
        logger.warning("workflow %s waits in the outbox: %s", workflow_id, error)
        return
    store.outbox_sent(workflow_id)


def _answer_rejected(_: Request, error: Exception) -> Response:
    status = error.status if isinstance(error, Rejected) else 400
    logger.info("request rejected with %s: %s", status, error)
    # What was not waited for may still come: without the connection nobody has to take it.
    headers = {"Connection": "close"} if status in _UNFINISHED else None
    return JSONResponse({"message": str(error)}, status, headers=headers)


def _answer_unavailable(_: Request, error: Exception) -> Response:
    logger.error("request failed: %s", error)
    return JSONResponse(
        {"message": "The database does not answer; deliver again later."},
        503,
        headers={"Retry-After": "30"},
    )
