"""A web server that keeps the webhooks it gets, byte by byte."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self


@dataclass(frozen=True, slots=True)
class Received:
    """One delivery as it came in."""

    headers: Mapping[str, str]
    """By lower-case name."""
    body: bytes

    @property
    def event(self) -> str:
        """Return the event's name."""
        return self.headers["x-github-event"]


@dataclass
class HookReceiver:
    """Answers 202 to every delivery and keeps it; a context manager that ends the server."""

    received: list[Received] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Start serving on a free port."""
        keep = self.received.append

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                keep(Received({k.lower(): v for k, v in self.headers.items()}, body))
                self.send_response(202)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Return where deliveries are to be sent."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/webhook"

    def __enter__(self) -> Self:
        """Return the running server."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the server."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
