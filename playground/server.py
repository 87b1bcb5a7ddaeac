"""A GitHub on your machine: REST API, git over HTTP and webhooks on one port of 127.0.0.1."""

import asyncio
import socket
import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from p2a.scratch import scratch
from playground.actor import Actor
from playground.auth import actor_of
from playground.faults import Faults
from playground.front import Application, Front, no_pages
from playground.git_facts import StoreFacts
from playground.git_http import GitHttp
from playground.journal import Exchange, Journal, Write
from playground.limits import Limits, Meter
from playground.push_log import PushLog
from playground.records import Event, Installation
from playground.rest import Rest
from playground.routes import all_routes
from playground.shapes import hooks
from playground.shapes.links import Links
from playground.shapes.view import View
from playground.table import Archive
from playground.webhooks import TIMEOUT_SECONDS, Webhooks
from playground.world import World

HOST = "127.0.0.1"
ARCHIVE_NAME = "playground.sqlite3"

PageMaker = Callable[[World, View], Application]
"""Makes the application for every path that is neither REST nor git."""


def utc_now() -> datetime:
    """Return the time, as a playground without a clock of its own has it."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class _Parts:
    folder: Path
    archive: Archive | None
    socket: socket.socket
    closing: ExitStack


class Playground:
    """A running playground; a context manager that stops itself.

    Without a state folder all is in memory and gone at the end.
    """

    def __init__(
        self,
        parts: _Parts,
        *,
        clock: Callable[[], datetime],
        limits: Limits,
        webhook_seconds: float,
        pages: PageMaker,
    ) -> None:
        self._closing = parts.closing
        self._socket = parts.socket
        self.url = f"http://{HOST}:{parts.socket.getsockname()[1]}"
        self.faults = Faults()
        self.journal = Journal(parts.archive)
        self.world = World(folder=parts.folder, clock=clock, archive=parts.archive)
        self.meter = Meter(clock, limits)
        self.view = View(self.world, StoreFacts(self.world), Links(self.url))
        self.webhooks = Webhooks(self.world, render=self._payload, timeout_seconds=webhook_seconds)
        self.world.listen(self.webhooks.take)
        self._server = uvicorn.Server(_config(self._front(pages)))
        self._thread = threading.Thread(target=self._run, name="playground", daemon=True)

    @classmethod
    def start(
        cls,
        state_dir: Path | None = None,
        port: int = 0,
        *,
        clock: Callable[[], datetime] = utc_now,
        limits: Limits | None = None,
        webhook_seconds: float = TIMEOUT_SECONDS,
        pages: PageMaker | None = None,
    ) -> Self:
        """Start a playground on a port of 127.0.0.1, 0 for a free one.

        `limits` are GitHub's unless given and may be changed later in `meter.limits`;
        `webhook_seconds` is how long a hook has for its answer.

        Raises:
            OSError: the port is taken.
        """
        with ExitStack() as closing:
            parts = _parts(state_dir, port, closing)
            running = cls(
                parts,
                clock=clock,
                limits=limits or Limits(),
                webhook_seconds=webhook_seconds,
                pages=pages or _no_page_maker,
            )
            running._begin()
            running._closing = closing.pop_all()
        return running

    @property
    def api_url(self) -> str:
        """The base address of the REST API, without a slash at its end."""
        return self.view.links.api()

    @property
    def writes(self) -> list[Write]:
        """Every write and push, oldest first, those before a restart too."""
        return self.journal.writes

    @property
    def exchanges(self) -> list[Exchange]:
        """The requests and answers since the start, oldest first."""
        return self.journal.exchanges

    def stop(self) -> None:
        """Stop serving and sending; the state folder keeps all that was done."""
        self._server.should_exit = True
        self._thread.join()
        self.webhooks.stop()
        self._closing.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _front(self, make_pages: PageMaker) -> Application:
        return Front(
            world=self.world,
            faults=self.faults,
            rest=Rest(
                self.world,
                view=self.view,
                routes=all_routes(webhooks=self.webhooks, meter=self.meter),
                journal=self.journal,
                meter=self.meter,
            ),
            git=GitHttp(self.world, self._authenticate),
            pushes=PushLog(self.world, self.journal),
            pages=make_pages(self.world, self.view),
        )

    def _authenticate(self, authorization: str) -> Actor:
        with self.world.lock:
            return actor_of(authorization, world=self.world, now=self.world.clock())

    def _payload(self, event: Event, installation: Installation | None) -> dict[str, object]:
        return hooks.payload(event, self.view, installation)

    def _begin(self) -> None:
        # The socket listens already, so a client that is quicker than the loop just waits.
        self._thread.start()

    def _run(self) -> None:
        asyncio.run(self._server.serve(sockets=[self._socket]))


class _Connection(H11Protocol):
    """A connection that lets the application cut the line, for the faults that do."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Show the transport to the application as part of the request's state."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


def _parts(state_dir: Path | None, port: int, closing: ExitStack) -> _Parts:
    listening = closing.enter_context(socket.create_server((HOST, port), backlog=512))
    if state_dir is None:
        return _Parts(closing.enter_context(scratch("playground")), None, listening, closing)
    state_dir.mkdir(parents=True, exist_ok=True)
    archive = Archive(state_dir / ARCHIVE_NAME)
    closing.callback(archive.close)
    return _Parts(state_dir, archive, listening, closing)


def _config(front: Application) -> uvicorn.Config:
    return uvicorn.Config(
        front,
        http=_Connection,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=3,
    )


def _no_page_maker(world: World, view: View) -> Application:
    return no_pages
