"""A peer that speaks Gemini's REST wire on a port of this machine and answers from a script file."""

import json
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playground.gemini_errors import (
    GeminiFailure,
    invalid,
    key_invalid,
    key_missing,
    model_unknown,
    scripted,
)
from playground.gemini_script import Reply, Script
from playground.gemini_wire import Asked, answer, count_tokens, stream

MODELS = ("gemini-3-pro-preview", "gemini-3-flash-preview", "gemini-2.5-pro", "gemini-2.5-flash")
METHODS = ("generateContent", "streamGenerateContent", "countTokens")
MAX_BODY = 20 * 1024 * 1024
_BASE = "/v1beta/models"
_REDACTED = "***"


@dataclass(frozen=True, slots=True)
class GeminiRequest:
    """A request as it came, without its key, and the status of the answer."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: dict[str, Any]
    status: int
    agent: str = ""
    turn: int = 0


@dataclass(frozen=True, slots=True)
class _Answer:
    body: Any
    status: int = 200
    pieces: tuple[dict[str, Any], ...] = ()
    sse: bool = False
    asked: Asked | None = None


@dataclass(slots=True)
class _Call:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: dict[str, Any] = field(default_factory=dict)


class GeminiPeer:
    """A running peer; a context manager that ends it."""

    def __init__(self, script: Script, *, port: int, key: str | None) -> None:
        self._script = script
        self._key = key
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._requests: list[GeminiRequest] = []
        self._server = _Server(("127.0.0.1", port), _Handler, peer=self)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )

    @classmethod
    def start(cls, script: Path, port: int = 0, *, key: str | None = None) -> "GeminiPeer":
        """Start a peer on 127.0.0.1.

        Args:
            script: a file of the form `p2a-script/1`.
            port: 0 takes a free one.
            key: the only API key that is accepted; None accepts any.

        Raises:
            ConfigurationInvalid: the script cannot be used.
        """
        peer = cls(Script.read(script), port=port, key=key)
        peer._thread.start()
        return peer

    @property
    def url(self) -> str:
        """Return the base URL for a client; the version is added by the client."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def requests(self) -> tuple[GeminiRequest, ...]:
        """Return every request so far, in the order of the answers."""
        with self._lock:
            return tuple(self._requests)

    def stop(self) -> None:
        """End the server, also while an answer is delayed."""
        self._stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> "GeminiPeer":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def respond(self, call: _Call) -> _Answer:
        """Answer a request and note it."""
        try:
            result = self._route(call)
        except GeminiFailure as failure:
            result = _Answer(failure.body(), status=failure.status)
        self._note(call, result)
        return result

    def _note(self, call: _Call, result: _Answer) -> None:
        asked = result.asked or _asked_or_none(call)
        request = GeminiRequest(
            method=call.method,
            path=call.path,
            query=_without_key(call.query),
            headers=_without_key(call.headers),
            body=call.body,
            status=result.status,
            agent=asked.agent if asked else "",
            turn=asked.turn if asked else 0,
        )
        with self._lock:
            self._requests.append(request)

    def _route(self, call: _Call) -> _Answer:
        self._check_key(call)
        if call.path == _BASE and call.method == "GET":
            return _Answer({"models": [_model(name) for name in MODELS]})
        if not call.path.startswith(_BASE + "/"):
            raise GeminiFailure(404, "Not found.")
        name, _, method = call.path.removeprefix(_BASE + "/").partition(":")
        if name not in MODELS:
            raise model_unknown(name)
        if call.method == "GET" and not method:
            return _Answer(_model(name))
        if call.method != "POST" or method not in METHODS:
            raise GeminiFailure(404, "Not found.")
        return self._generate(name, method, call)

    def _check_key(self, call: _Call) -> None:
        given = call.headers.get("x-goog-api-key") or call.query.get("key")
        if not given:
            raise key_missing()
        if self._key is not None and given != self._key:
            raise key_invalid()

    def _generate(self, model: str, method: str, call: _Call) -> _Answer:
        if method == "countTokens":
            tokens = count_tokens(call.body)
            details = [{"modality": "TEXT", "tokenCount": tokens}]
            return _Answer({"totalTokens": tokens, "promptTokensDetails": details})
        asked = Asked.read(model, call.body)
        reply = self._reply(asked)
        if method == "generateContent":
            return _Answer(answer(reply, asked), asked=asked)
        pieces = tuple(stream(reply, asked))
        return _Answer(None, pieces=pieces, sse=call.query.get("alt") == "sse", asked=asked)

    def _reply(self, asked: Asked) -> Reply:
        reply = self._script.find(asked.agent, asked.turn)
        if reply is None:
            raise invalid(f"The script has no reply for agent {asked.agent!r}, turn {asked.turn}.")
        if reply.delay_seconds:
            self._stopping.wait(reply.delay_seconds)
        if reply.error is not None:
            raise scripted(
                reply.error.status,
                message=reply.error.message,
                model=asked.model,
                retry_seconds=reply.error.retry_seconds,
            )
        return reply


def _asked_or_none(call: _Call) -> Asked | None:
    """Tell who asked also where the answer was an error."""
    with suppress(GeminiFailure):
        return Asked.read("", call.body)
    return None


def _without_key(values: Mapping[str, str]) -> dict[str, str]:
    secret = {"key", "x-goog-api-key", "authorization"}
    return {name: _REDACTED if name in secret else value for name, value in values.items()}


def _model(name: str) -> dict[str, Any]:
    return {
        "name": f"models/{name}",
        "version": "001",
        "displayName": name.replace("-", " ").title(),
        "description": "A scripted model.",
        "inputTokenLimit": 1_048_576,
        "outputTokenLimit": 65_536,
        "supportedGenerationMethods": list(METHODS),
        "temperature": 1,
        "topP": 0.95,
        "topK": 64,
        "maxTemperature": 2,
        "thinking": True,
    }


class _Server(ThreadingHTTPServer):
    def __init__(
        self, address: tuple[str, int], handler: type["_Handler"], *, peer: GeminiPeer
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
            failure = invalid(f"Invalid JSON payload received. {error}")
            self._send(_Answer(failure.body(), status=failure.status))
            return
        self._answer("POST", body)

    def _answer(self, method: str, body: dict[str, Any]) -> None:
        parts = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        headers = {name.lower(): value for name, value in self.headers.items()}
        call = _Call(method, parts.path, query, headers, body)
        self._send(self.server.peer.respond(call))

    def _send(self, result: _Answer) -> None:
        self.send_response(result.status)
        self.send_header("Connection", "close")
        if result.sse:
            self._send_events(result.pieces)
            return
        if result.pieces:
            text = "[" + "\n,\r\n".join(json.dumps(piece) for piece in result.pieces) + "\n]"
        else:
            text = json.dumps(result.body, indent=2)
        content = text.encode()
        self.send_header("Content-Type", "application/json; charset=UTF-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _send_events(self, pieces: tuple[dict[str, Any], ...]) -> None:
        # No length: the stream ends with the connection.
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        for piece in pieces:
            self.wfile.write(f"data: {json.dumps(piece)}\r\n\r\n".encode())
            self.wfile.flush()
