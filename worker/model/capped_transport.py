"""An HTTP transport that ends an answer which is longer than allowed.

Compressed answers are refused: a few kilobytes of them can be gigabytes, and what is counted here
are the bytes of the wire.
"""

from collections.abc import AsyncIterator

import httpx2


class AnswerTooLong(Exception):
    """The peer sent more bytes than allowed, or bytes that could become more."""


PLAIN = "identity"


class CappedTransport(httpx2.AsyncBaseTransport):
    """Pass requests on and count the bytes of each answer."""

    def __init__(self, inner: httpx2.AsyncBaseTransport, *, cap: int) -> None:
        self._inner = inner
        self._cap = cap

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request; reading its answer beyond the cap raises `AnswerTooLong`."""
        request.headers["Accept-Encoding"] = PLAIN
        response = await self._inner.handle_async_request(request)
        encoding = response.headers.get("Content-Encoding", PLAIN).strip().lower()
        if encoding not in {"", PLAIN}:
            await response.aclose()
            raise AnswerTooLong("a compressed answer, although it was asked for a plain one")
        response.stream = _CappedStream(response.stream, cap=self._cap)
        return response

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()


class _CappedStream(httpx2.AsyncByteStream):
    def __init__(self, inner: object, *, cap: int) -> None:
        if not isinstance(inner, httpx2.AsyncByteStream):
            raise TypeError("an asynchronous stream is needed")
        self._inner = inner
        self._cap = cap

    async def __aiter__(self) -> AsyncIterator[bytes]:
        total = 0
        async for part in self._inner:
            total += len(part)
            if total > self._cap:
                raise AnswerTooLong(f"more than {self._cap} bytes")
            yield part

    async def aclose(self) -> None:
        await self._inner.aclose()
