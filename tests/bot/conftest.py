"""A web door over a real SQLite store, and deliveries signed as GitHub signs them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from starlette.testclient import TestClient

from bot.app import create_app
from p2a.errors import QueueUnavailable
from p2a.store.engine import open_engine
from p2a.store.migrate import migrate
from p2a.store.store import Store
from tests.fakes.webhooks import SECRET, sign


@dataclass
class Queue:
    """A queue that remembers what it was told, or is away."""

    told: list[str] = field(default_factory=list)
    is_away: bool = False

    def enqueue(self, workflow_id: str) -> None:
        if self.is_away:
            raise QueueUnavailable("Redis does not answer")
        self.told.append(workflow_id)


@dataclass
class Door:
    """The web door as its users see it, and what it left in the database."""

    client: TestClient
    store: Store
    queue: Queue
    engine: Engine

    def deliver(
        self,
        payload: dict[str, Any] | bytes,
        *,
        event: str = "issue_comment",
        guid: str = "72d3162e-cc78-11e3-81ab-4c9367dc0958",
        headers: dict[str, str] | None = None,
    ) -> int:
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        sent = {
            "content-type": "application/json",
            "x-github-event": event,
            "x-github-delivery": guid,
            "x-hub-signature-256": sign(body),
            **(headers or {}),
        }
        return self.client.post("/webhook", content=body, headers=sent).status_code

    def rows(self, table: str) -> int:
        with self.engine.connect() as connection:
            return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())

    def only_workflow_id(self) -> str:
        with self.engine.connect() as connection:
            return str(connection.execute(text("SELECT id FROM workflow")).scalar_one())


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    """Return a web door that serves the repositories of `acme`."""
    yield from _door(tmp_path, "acme/*")


@pytest.fixture
def open_door(tmp_path: Path) -> Iterator[Door]:
    """Return a web door that serves every repository."""
    yield from _door(tmp_path, "*/*")


def _door(folder: Path, repositories: str) -> Iterator[Door]:
    engine = open_engine(f"sqlite:///{folder / 'p2a.db'}")
    migrate(engine)
    store = Store(engine, lambda: datetime.now(UTC))
    queue = Queue()
    app = create_app(
        store,
        secret=SECRET,
        repositories=(repositories,),
        enqueue=queue.enqueue,
        clock=lambda: datetime.now(UTC),
    )
    with TestClient(app, raise_server_exceptions=False) as client:
        yield Door(client, store, queue, engine)
    engine.dispose()
