"""Reads request bodies within bounds, for nobody has proved who he is before the last byte."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

from fastapi import Request
from starlette.requests import ClientDisconnect

from bot.webhook import MAX_BODY, SIGNATURE, Rejected

MIB = 1024 * 1024
SMALL = 64 * 1024
"""Bytes of a body that are not counted; the number of connections bounds them together."""
_LENGTH = re.compile(r"[0-9]{1,15}\Z")


@dataclass(slots=True)
class Bodies:
    """All bodies that one process holds."""

    seconds: float = 10.0
    """GitHub gives up a delivery after this time ("Handling webhook deliveries")."""
    most: int = 4 * MAX_BODY
    """Bytes beyond the small ones that all requests may hold together."""
    _held: int = 0

    async def read(self, request: Request) -> AsyncIterator[bytes]:
        """Yield a request's raw body, counted until the request is answered.

        Raises:
            Rejected: 401 no signature of GitHub's form, before a byte is read; 413 beyond GitHub's
                limit; 408 too slow; 503 others hold too much; 400 it broke off.
        """
        if not SIGNATURE.match(request.headers.get("x-hub-signature-256", "")):
            raise Rejected(401, "The X-Hub-Signature-256 header is missing or malformed.")
        length = request.headers.get("content-length", "0")
        if not _LENGTH.match(length) or int(length) > MAX_BODY:
            raise _too_large()
        body = bytearray()
        try:
            await self._fill(body, request)
            yield bytes(body)
        finally:
            self._held -= _counted(len(body))

    async def _fill(self, body: bytearray, request: Request) -> None:
        try:
            async with asyncio.timeout(self.seconds):
                async for chunk in request.stream():
                    self._count(len(body), len(body) + len(chunk))
                    body += chunk
        except TimeoutError as error:
            raise Rejected(408, f"The body took longer than {self.seconds:g} seconds.") from error
        except ClientDisconnect as error:
            raise Rejected(400, "The body broke off.") from error

    def _count(self, before: int, after: int) -> None:
        """Count what a body holds more, before it is held."""
        if after > MAX_BODY:
            raise _too_large()
        more = _counted(after) - _counted(before)
        if self._held + more > self.most:
            raise Rejected(503, "Too many large bodies are on their way; deliver again later.")
        self._held += more


def _counted(size: int) -> int:
    return max(size - SMALL, 0)


def _too_large() -> Rejected:
    return Rejected(413, f"The body is larger than {MAX_BODY // MIB} MB.")
