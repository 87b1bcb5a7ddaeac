"""The web server's front: one ASGI application for REST, git and pages, with faults before all."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import unquote

from anyio import to_thread
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, PlainTextResponse, Response

from playground.actor import ANONYMOUS
from playground.auth import shown_token
from playground.failure import Failure
from playground.faults import Fault, FaultKind, Faults
from playground.git_http import GitHttp
from playground.limits import Rate, primary_refusal, secondary_refusal
from playground.push_log import PushLog
from playground.rest import Asked, Rest
from playground.world import World

API = "/api/v3"
MOST_BODY_BYTES = 110 * 1024 * 1024
"""A little more than the largest blob that GitHub takes."""

T = TypeVar("T")
Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Coroutine[Any, Any, Message]]
Send = Callable[[Message], Coroutine[Any, Any, None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Front:
    """Sends a request to the part that serves it, after the faults had their say."""

    world: World
    faults: Faults
    rest: Rest
    git: GitHttp
    pushes: PushLog
    pages: Application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        fault = self.faults.take(scope["method"], _shown(scope))
        if fault is None:
            await self._serve(scope, receive, send)
            return
        kind = FaultKind(fault.kind)
        if kind is FaultKind.DROP_AFTER:
            await self._serve(scope, receive, _swallow)
            kind = FaultKind.DROP_BEFORE
        if kind is FaultKind.DROP_BEFORE:
            await _hang_up(scope, receive)
            return
        if kind is FaultKind.DELAY:
            await asyncio.sleep(fault.seconds)
        if kind is FaultKind.EXPIRE_TOKEN:
            self._expire(_headers(scope).get("authorization", ""))
        if kind in {FaultKind.DELAY, FaultKind.EXPIRE_TOKEN}:
            await self._serve(scope, receive, send)
            return
        await self._refuse(fault, kind)(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        if path == API or path.startswith(f"{API}/"):
            await self._serve_rest(scope, receive, send)
        elif self.git.takes(path):
            wire = AsgiWire(scope, receive, send)
            await to_thread.run_sync(self.pushes.serve, self.git, wire)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        else:
            await self.pages(scope, receive, send)

    async def _serve_rest(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body = await _body(receive)
        except ClientDisconnect:  # who died within a request has asked for nothing
            return
        if body is None:
            response: Response = JSONResponse({"message": "Payload too big"}, 413)
            await response(scope, receive, send)
            return
        raw: bytes = scope.get("raw_path") or scope["path"].encode()
        asked = Asked(
            method=scope["method"],
            path=raw.decode("ascii").removeprefix(API) or "/",
            query=scope["query_string"].decode("ascii", "replace"),
            headers=_headers(scope),
            body=body,
        )
        served = await to_thread.run_sync(self.rest.serve, asked)
        headers = [
            (key.encode("latin-1"), text.encode("latin-1")) for key, text in served.headers.items()
        ]
        await send({"type": "http.response.start", "status": served.status, "headers": headers})
        await send({"type": "http.response.body", "body": served.body})

    def _expire(self, authorization: str) -> None:
        token = shown_token(authorization)
        with self.world.lock:
            found = self.world.installation_tokens.first(token=token)
            if found is not None:
                self.world.installation_tokens.remove(found.id)

    def _refuse(self, fault: Fault, kind: FaultKind) -> Response:
        if kind is FaultKind.STATUS:
            headers = dict(fault.headers)
            if isinstance(fault.body, str | bytes):
                return Response(fault.body, fault.status, headers)
            return JSONResponse(fault.body or {"message": "Server Error"}, fault.status, headers)
        if kind is FaultKind.RATE_LIMIT:
            reset = int(self.world.clock().timestamp() + fault.seconds)
            refusal: Failure = primary_refusal(ANONYMOUS, rate=Rate(5000, 5000, reset))
        else:
            status = fault.status if fault.status == 429 else 403
            refusal = secondary_refusal(int(fault.seconds), status=status)
        return JSONResponse(refusal.body, refusal.status, {**refusal.headers, **fault.headers})


class AsgiWire:
    """A request as a thread reads it and answers it, piece by piece."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.query: str = scope["query_string"].decode("ascii", "replace")
        self.headers: Mapping[str, str] = _headers(scope)
        self.status = 0
        self._loop = asyncio.get_running_loop()
        self._receive = receive
        self._send = send
        self._buffer = b""
        self._ended = False

    def read(self, size: int) -> bytes:
        """Return the next at most `size` bytes of the body, empty at its end."""
        while not self._buffer and not self._ended:
            message = self._wait(self._receive())
            self._buffer = message.get("body", b"")
            self._ended = not message.get("more_body", False)
        piece, self._buffer = self._buffer[:size], self._buffer[size:]
        return piece

    def start(self, status: int, headers: list[tuple[str, str]]) -> None:
        """Send the status and the headers."""
        self.status = status
        pairs = [(key.lower().encode("latin-1"), text.encode("latin-1")) for key, text in headers]
        message = {"type": "http.response.start", "status": status, "headers": pairs}
        self._wait(self._send(message))

    def write(self, data: bytes) -> None:
        """Send a piece of the answer's body."""
        if data:
            message = {"type": "http.response.body", "body": data, "more_body": True}
            self._wait(self._send(message))

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()


async def no_pages(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer that there is no page: what stands where no web page is mounted."""
    await PlainTextResponse("Not Found", 404)(scope, receive, send)


async def _hang_up(scope: Scope, receive: Receive) -> None:
    scope["state"]["transport"].abort()
    # Returning before the server knows that the line is cut would have it try to answer.
    while (await receive())["type"] != "http.disconnect":
        pass


async def _swallow(message: Message) -> None:
    """Take an answer that nobody will get."""


async def _body(receive: Receive) -> bytes | None:
    pieces: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        piece: bytes = message.get("body", b"")
        size += len(piece)
        if size > MOST_BODY_BYTES:
            return None
        pieces.append(piece)
        if not message.get("more_body", False):
            return b"".join(pieces)


def _headers(scope: Scope) -> dict[str, str]:
    return {key.decode("latin-1").lower(): text.decode("latin-1") for key, text in scope["headers"]}


def _shown(scope: Scope) -> str:
    path = unquote((scope.get("raw_path") or b"").decode("ascii")) or scope["path"]
    query = scope["query_string"].decode("ascii", "replace")
    return path.removeprefix(API) + (f"?{query}" if query else "")
