"""A peer that speaks a model vendor's wire on a port of this machine and answers from a script file."""

import json
import socket
import struct
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self
from urllib.parse import parse_qs, urlsplit

from playground.model_script import Reply, Script

MAX_BODY = 20 * 1024 * 1024
REDACTED = "***"
_SECRETS = frozenset({"key", "x-goog-api-key", "x-api-key", "authorization"})


@dataclass(frozen=True, slots=True)
class PeerUsage:
    """Tokens as an answer told them."""

    input_tokens: int
    output_tokens: int


@dataclass(frozen=True, slots=True)
class PeerRequest:
    """A request as it came, without its key, and what was answered."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: dict[str, Any]
    status: int
    agent: str = ""
    turn: int = 0
    usage: PeerUsage | None = None


@dataclass(slots=True)
class Call:
    """A request before it is answered."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PeerAnswer:
    """What goes back: a JSON body, or a stream of server-sent events."""

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    events: tuple[str, ...] | None = None
    """The events with their blank lines; None for a body."""
    agent: str = ""
    turn: int = 0
    usage: PeerUsage | None = None
    reply: Reply | None = None
    """The script's reply, whose faults of the wire are done on the answer."""


class PeerFailure(Exception):
    """A refusal as the vendor writes it."""

    status: int

    def body(self) -> dict[str, Any]:
        """Return the JSON of the answer."""
        raise NotImplementedError

    def headers(self) -> Mapping[str, str]:
        """Return what the vendor adds to the head of such an answer."""
        return {}


class Scripted(Protocol):
    """Finds replies; errors of the script are raised as the vendor writes them."""

    def reply(self, agent: str, turn: int) -> Reply | None:
        """Return the reply for an agent's turn, after its delay."""
        ...


class Wire(Protocol):
    """A vendor's protocol."""

    def check_key(self, call: Call, key: str | None) -> None:
        """Raise a `PeerFailure` where the key is missing or not the one; None accepts any."""
        ...

    def answer(self, call: Call, script: Scripted) -> PeerAnswer:
        """Answer an authentic request, or raise a `PeerFailure`."""
        ...

    def asked(self, call: Call) -> tuple[str, int]:
        """Tell agent and turn of a request, also of one that is refused."""
        ...

    def invalid(self, message: str) -> PeerFailure:
        """Return the refusal of a body that is no JSON object."""
        ...


class ModelPeer:
    """A running peer; a context manager that ends it."""

    def __init__(
        self, wire: Wire, script: Script, *, port: int = 0, key: str | None = None
    ) -> None:
        """Listen on 127.0.0.1; port 0 takes a free one, a key of None accepts any."""
        self._wire = wire
        self._script = script
        self._key = key
        self.stopping = threading.Event()
        self._lock = threading.Lock()
        self._requests: list[PeerRequest] = []
        self._server = _Server(("127.0.0.1", port), _Handler, peer=self)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )

    def begin(self) -> Self:
        """Start answering."""
        self._thread.start()
        return self

    @property
    def url(self) -> str:
        """Return the base URL for a client; the version is added by the client."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def requests(self) -> tuple[PeerRequest, ...]:
        """Return every request so far, in the order of the answers."""
        with self._lock:
            return tuple(self._requests)

    def stop(self) -> None:
        """End the server, also while an answer is delayed."""
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def respond(self, call: Call) -> PeerAnswer:
        """Answer a request and note it."""
        try:
            self._wire.check_key(call, self._key)
            result = self._wire.answer(call, self)
        except PeerFailure as failure:
            agent, turn = self._wire.asked(call)
            result = PeerAnswer(
                failure.body(), failure.status, failure.headers(), agent=agent, turn=turn
            )
        self._note(call, result)
        return result

    def refuse(self, message: str) -> PeerAnswer:
        """Refuse a body that is no JSON object."""
        failure = self._wire.invalid(message)
        return PeerAnswer(failure.body(), failure.status)

    def reply(self, agent: str, turn: int) -> Reply | None:
        """Return the script's reply, after its delay."""
        reply = self._script.find(agent, turn)
        if reply is not None and reply.delay_seconds:
            self.stopping.wait(reply.delay_seconds)
        return reply

    def _note(self, call: Call, result: PeerAnswer) -> None:
        request = PeerRequest(
            method=call.method,
            path=call.path,
            query=_without_key(call.query),
            headers=_without_key(call.headers),
            body=call.body,
            status=result.status,
            agent=result.agent,
            turn=result.turn,
            usage=result.usage,
        )
        with self._lock:
            self._requests.append(request)


def start_peer(wire: Wire, script: Path, *, port: int = 0, key: str | None = None) -> ModelPeer:
    """Start a peer on a script file of the form `p2a-script/1`.

    Raises:
        ConfigurationInvalid: the script cannot be used.
    """
    return ModelPeer(wire, Script.read(script), port=port, key=key).begin()


def _without_key(values: Mapping[str, str]) -> dict[str, str]:
    return {name: REDACTED if name in _SECRETS else value for name, value in values.items()}


class _Server(ThreadingHTTPServer):
    def __init__(
        self, address: tuple[str, int], handler: type["_Handler"], *, peer: ModelPeer
    ) -> None:
        self.peer = peer
        super().__init__(address, handler)

    # Joined at the end, so that no socket outlives the peer.
    daemon_threads = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Stay silent: a client that goes away, as on its own time-out, is no fault of ours."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    # Idle connections would hold up the end of the server.
    timeout = 30

    def log_message(self, format: str, *args: Any) -> None:
        """Write nothing: the request log holds what there is to know."""

    def do_GET(self) -> None:
        """Answer a GET."""
        self._answer("GET", {})

    def do_POST(self) -> None:
        """Answer a POST."""
        length = int(self.headers.get("Content-Length") or 0)
        try:
            if length > MAX_BODY:
                raise ValueError("the body is too large")
            body = json.loads(self.rfile.read(length) or b"{}")
            if not isinstance(body, dict):
                raise ValueError("the body is not an object")
        except ValueError as error:
            self._send(self.server.peer.refuse(str(error)))
            return
        self._answer("POST", body)

    def _answer(self, method: str, body: dict[str, Any]) -> None:
        parts = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        headers = {name.lower(): value for name, value in self.headers.items()}
        self._send(self.server.peer.respond(Call(method, parts.path, query, headers, body)))

    def _send(self, result: PeerAnswer) -> None:
        reply = result.reply
        if reply is not None and reply.drops:
            self._reset()
            return
        self.send_response(result.status)
        self.send_header("Connection", "close")
        for name, value in result.headers.items():
            self.send_header(name, value)
        if result.events is not None:
            # No length: the stream ends with the connection.
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            self._drip(result.events, reply)
            return
        content = json.dumps(result.body, indent=2)
        if reply is not None and reply.raw is not None:
            content = reply.raw
        encoded = content.encode("utf-8", errors="surrogateescape")
        self.send_header("Content-Type", "application/json; charset=UTF-8")
        self.send_header("Content-Length", str(len(encoded)))
        self.end_headers()
        if reply is not None and reply.pace_seconds:
            self._drip([content[at : at + 4] for at in range(0, len(content), 4)], reply)
        else:
            self.wfile.write(encoded)

    def _drip(self, pieces: Any, reply: Reply | None) -> None:
        """Write piece by piece, as slowly as the script says."""
        if reply is not None and reply.raw is not None:
            pieces = [reply.raw]
        for piece in pieces:
            self.wfile.write(piece.encode())
            self.wfile.flush()
            pace = reply.pace_seconds if reply is not None else 0.0
            if pace and self.server.peer.stopping.wait(pace):
                return

    def _reset(self) -> None:
        """Break the connection off, as a network does."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
