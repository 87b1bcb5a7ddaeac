"""A tiny HTTP server that answers as it was told, for faults that no real service makes to order."""

import json
import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

PREFIX = "/api/v3"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer; `drop` ends the connection instead, `body` may be text or JSON."""

    status: int = 200
    body: Any = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    drop: bool = False


DROP = Reply(drop=True)


@dataclass(frozen=True, slots=True)
class Call:
    """A request that came in."""

    verb: str
    path: str
    query: dict[str, str]
    body: Any
    headers: dict[str, str]


class Hub:
    """Answers `VERB path` with the planned replies in order; the last one stays."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self._plans: dict[str, list[Reply]] = {}
        hub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

            def do_GET(self) -> None:
                hub._take(self)

            do_POST = do_GET  # noqa: N815 (the server calls these names)
            do_PATCH = do_GET  # noqa: N815

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def plan(self, what: str, *replies: Reply) -> None:
        """Say what is answered to, for example, `GET /app`."""
        self._plans[what] = list(replies)

    def count(self, what: str) -> int:
        """Return how often `VERB path` was asked."""
        return sum(f"{call.verb} {call.path}" == what for call in self.calls)

    def last(self, what: str) -> Call:
        """Return the newest request of this verb and path."""
        return [call for call in self.calls if f"{call.verb} {call.path}" == what][-1]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _take(self, handler: BaseHTTPRequestHandler) -> None:
        url = urlsplit(handler.path)
        length = int(handler.headers.get("Content-Length") or 0)
        raw = handler.rfile.read(length)
        headers = {name.lower(): value for name, value in handler.headers.items()}
        path = url.path.removeprefix(PREFIX)
        query = dict(parse_qsl(url.query))
        body = json.loads(raw) if raw else None
        self.calls.append(Call(handler.command, path, query, body, headers))
        replies = self._plans.get(f"{handler.command} {path}")
        if replies is None:
            self._answer(handler, Reply(404, {"message": f"not planned: {path}"}))
        else:
            self._answer(handler, replies.pop(0) if len(replies) > 1 else replies[0])

    def _answer(self, handler: BaseHTTPRequestHandler, reply: Reply) -> None:
        if reply.drop:
            handler.close_connection = True
            handler.connection.shutdown(socket.SHUT_RDWR)
            return
        text = reply.body if isinstance(reply.body, str) else json.dumps(reply.body)
        content = text.encode()
        handler.send_response(reply.status)
        for name, value in reply.headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)
