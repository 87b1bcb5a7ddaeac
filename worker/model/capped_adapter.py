"""The same caps for SDKs that use `requests`: bytes and time of one answer."""

import time
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from worker.model.capped_transport import PLAIN, AnswerTooLong

_CHUNK = 64 * 1024


class CappedAdapter(HTTPAdapter):
    """Reads answers itself, so that neither their length nor their slowness is without an end."""

    def __init__(self, *, cap: int, seconds: float) -> None:
        """Keep the caps: bytes of one answer, and seconds for all of it."""
        super().__init__(max_retries=0)
        self._cap = cap
        self._seconds = seconds

    def send(  # type: ignore[override] # only the options that we look at are named
        self, request: requests.PreparedRequest, **options: Any
    ) -> requests.Response:
        """Send a request and read its answer.

        Raises:
            AnswerTooLong: it has more bytes than allowed, or is compressed.
            requests.ReadTimeout: it was not whole in time.
        """
        deadline = time.monotonic() + self._seconds
        request.headers["Accept-Encoding"] = PLAIN
        response = super().send(request, **{**options, "stream": True})
        try:
            if response.headers.get("Content-Encoding", PLAIN).strip().lower() not in {"", PLAIN}:
                raise AnswerTooLong("a compressed answer, although it was asked for a plain one")
            response._content = self._read(response, deadline)
            response._content_consumed = True
        finally:
            response.close()
        return response

    def _read(self, response: requests.Response, deadline: float) -> bytes:
        parts: list[bytes] = []
        total = 0
        # What has come so far, not a full chunk: a slow answer must not hold the clock up.
        while part := response.raw.read1(_CHUNK):
            total += len(part)
            if total > self._cap:
                raise AnswerTooLong(f"more than {self._cap} bytes")
            if time.monotonic() > deadline:
                raise requests.ReadTimeout("the answer was not whole in time")
            parts.append(part)
        return b"".join(parts)
