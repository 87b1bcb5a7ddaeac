"""The webhooks of Apps: which App is told of an event, and what was delivered."""

import json
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

from playground.courier import Outcome, send, signatures
from playground.records import App, Event, HookDelivery, Installation
from playground.world import World

TIMEOUT_SECONDS = 10.0
MOST_BYTES = 25 * 1024 * 1024
"""GitHub does not deliver a larger payload."""
USER_AGENT = "GitHub-Hookshot/a1b2c3d"
NEVER_SENT = "failed: the server stopped before the delivery"
ALWAYS_TOLD = frozenset({"ping", "installation", "installation_repositories"})
"""Events that every App gets, subscribed or not."""
PERMISSION_OF_EVENT = {
    "check_run": "checks",
    "check_suite": "checks",
    "issue_comment": "issues",
    "issues": "issues",
    "pull_request": "pull_requests",
    "pull_request_review": "pull_requests",
    "pull_request_review_comment": "pull_requests",
    "push": "contents",
    "status": "statuses",
}

logger = logging.getLogger(__name__)

Render = Callable[[Event, Installation | None], dict[str, Any]]
"""From an event to its payload, `installation` included where there is one."""


class Webhooks:
    """Takes events, stores a delivery for each App concerned, and sends them in order."""

    def __init__(
        self, world: World, *, render: Render, timeout_seconds: float = TIMEOUT_SECONDS
    ) -> None:
        self._world = world
        self._render = render
        self._timeout_seconds = timeout_seconds
        self._changed = threading.Condition()
        self._waiting: dict[int, list[int]] = {}
        self._busy: set[int] = set()
        self._threads: dict[int, threading.Thread] = {}
        self._stopping = False
        for delivery in world.deliveries.where(status="pending"):
            world.deliveries.put(replace(delivery, status=NEVER_SENT))

    def take(self, event: Event) -> None:
        """Store and send the deliveries that follow from an event; the world's lock is held."""
        for app, installation in self._concerned(event):
            payload = self._render(event, installation)
            text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
            if len(text.encode()) > MOST_BYTES:
                logger.warning("a %s payload of over 25 MB is not delivered", event.name)
                continue
            self._post(
                app,
                HookDelivery(
                    id=self._world.next_id(),
                    app_id=app.id,
                    guid=str(uuid4()),
                    event=event.name,
                    action=event.action,
                    installation_id=installation.id if installation else None,
                    repository_id=event.repository_id,
                    delivered_at=self._world.now(),
                    redelivery=False,
                    url=app.webhook_url or "",
                    request_headers={},
                    request_body=text,
                ),
            )

    def redeliver(self, delivery: HookDelivery) -> HookDelivery:
        """Send a stored delivery again, with its GUID and body; the world's lock is held."""
        app = self._world.apps.need(delivery.app_id)
        again = replace(
            delivery,
            id=self._world.next_id(),
            delivered_at=self._world.now(),
            redelivery=True,
            url=app.webhook_url or "",
            duration=0.0,
            status="pending",
            status_code=0,
            response_headers={},
            response_body="",
        )
        return self._post(app, again)

    def settle(self, seconds: float = 30.0) -> bool:
        """Wait until nothing is to be sent; tell whether that came in time."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._busy and not self._pending(), seconds)

    def stop(self) -> None:
        """End the sending; what was not sent never will be."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        for thread in list(self._threads.values()):
            thread.join()

    def _pending(self) -> bool:
        return any(self._waiting.values())

    def _concerned(self, event: Event) -> list[tuple[App, Installation | None]]:
        if event.only_app_id is not None:
            app = self._world.apps.get(event.only_app_id)
            return (
                [(app, self._installation(event, app))] if app and self._hears(app, event) else []
            )
        if event.repository_id is None:
            return []
        pairs = [
            (self._world.apps.need(installation.app_id), installation)
            for installation in self._world.installations_on(event.repository_id)
        ]
        return [(app, installation) for app, installation in pairs if self._hears(app, event)]

    def _installation(self, event: Event, app: App) -> Installation | None:
        if event.repository_id is not None:
            on = self._world.installations_on(event.repository_id)
            return next((one for one in on if one.app_id == app.id), None)
        return self._world.installations.get(event.installation_id)

    def _hears(self, app: App, event: Event) -> bool:
        if not app.webhook_url:
            return False
        if event.name in ALWAYS_TOLD:
            return True
        permission = PERMISSION_OF_EVENT.get(event.name, "metadata")
        if event.name == "issue_comment" and "pull_requests" in app.permissions:
            permission = "pull_requests"
        return event.name in app.events and permission in app.permissions

    def _post(self, app: App, delivery: HookDelivery) -> HookDelivery:
        body = delivery.request_body.encode()
        headers = {
            "Accept": "*/*",
            "Content-Type": "application/json",
            "User-Agent": USER_AGENT,
            "X-GitHub-Delivery": delivery.guid,
            "X-GitHub-Event": delivery.event,
            "X-GitHub-Hook-ID": str(app.hook_id),
            "X-GitHub-Hook-Installation-Target-ID": str(app.id),
            "X-GitHub-Hook-Installation-Target-Type": "integration",
            **signatures(body, secret=app.webhook_secret),
        }
        stored = self._world.deliveries.put(replace(delivery, request_headers=headers))
        with self._changed:
            self._waiting.setdefault(app.id, []).append(stored.id)
            if app.id not in self._threads:
                self._start(app.id)
            self._changed.notify_all()
        return stored

    def _start(self, app_id: int) -> None:
        # One thread for each App, so that a hook that hangs delays nobody else's.
        name = f"playground-webhooks-{app_id}"
        thread = threading.Thread(target=self._run, args=(app_id,), name=name, daemon=True)
        self._threads[app_id] = thread
        thread.start()

    def _run(self, app_id: int) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._stopping or bool(self._waiting[app_id]))
                if self._stopping:
                    return
                delivery_id = self._waiting[app_id].pop(0)
                self._busy.add(app_id)
            try:
                self._send(delivery_id)
            finally:
                with self._changed:
                    self._busy.discard(app_id)
                    self._changed.notify_all()

    def _send(self, delivery_id: int) -> None:
        # A write is told of once its request is answered: the lock is free then.
        with self._world.lock:
            delivery = self._world.deliveries.need(delivery_id)
        started = time.monotonic()
        outcome: Outcome = send(
            delivery.url,
            body=delivery.request_body.encode(),
            headers=delivery.request_headers,
            seconds=self._timeout_seconds,
        )
        logger.debug("webhook %s %s: %s", delivery.event, delivery.guid, outcome.status)
        with self._world.lock:
            self._world.deliveries.put(
                replace(
                    delivery,
                    duration=round(time.monotonic() - started, 3),
                    status=outcome.status,
                    status_code=outcome.status_code,
                    response_headers=outcome.headers,
                    response_body=outcome.body,
                )
            )
