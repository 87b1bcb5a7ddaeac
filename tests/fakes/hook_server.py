"""A web server that takes webhooks, keeps them and answers as told."""

import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self


@dataclass(frozen=True, slots=True)
class Taken:
    """One request that came in."""

    path: str
    headers: dict[str, str]
    """By lower-case name."""
    body: bytes


class HookServer:
    """Listens on a free port of 127.0.0.1 until its block ends."""

    def __init__(self) -> None:
        self.status = 202
        self.release = threading.Event()
        """Cleared to have every answer wait until it is set."""
        self.release.set()
        self.taken: list[Taken] = []
        self._arrived = threading.Condition()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook?from=playground"

    def wait_for(self, count: int, seconds: float = 30) -> list[Taken]:
        """Return what came in once it is at least `count` requests."""
        with self._arrived:
            assert self._arrived.wait_for(lambda: len(self.taken) >= count, seconds), self.taken
            return list(self.taken)

    def named(self, event: str) -> list[Taken]:
        """Return the requests with that event."""
        return [one for one in self.taken if one.headers["x-github-event"] == event]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _take(self, one: Taken) -> int:
        with self._arrived:
            self.taken.append(one)
            self._arrived.notify_all()
        self.release.wait(60)
        return self.status

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {key.lower(): text for key, text in self.headers.items()}
                status = outer._take(Taken(self.path, headers, body))
                self.send_response(status)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"ok")

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        return Handler
