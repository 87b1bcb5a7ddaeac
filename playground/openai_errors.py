"""Errors of OpenAI's API, as it writes them; no I/O."""

import math
from collections.abc import Mapping
from typing import Any

from playground.model_peer import PeerFailure
from playground.model_script import ScriptedError

_KINDS = {401: "invalid_request_error", 429: "requests", 500: "server_error", 503: "server_error"}
_MESSAGES = {
    500: "The server had an error while processing your request. Sorry about that!",
    503: "The engine is currently overloaded, please try again later.",
}


class OpenAiFailure(PeerFailure):
    """A refusal: a status, a message, a type and a code."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        retry_seconds: float | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self._error = {"message": message, "type": kind, "param": param, "code": code}
        self._retry_seconds = retry_seconds

    def body(self) -> dict[str, Any]:
        """Return the JSON of the answer."""
        return {"error": self._error}

    def headers(self) -> Mapping[str, str]:
        """Return the hints on when to come back."""
        if self._retry_seconds is None:
            return {}
        return {
            "retry-after": str(math.ceil(self._retry_seconds)),
            "retry-after-ms": str(round(self._retry_seconds * 1000)),
            "x-ratelimit-remaining-requests": "0",
        }


def invalid(message: str, param: str | None = None) -> OpenAiFailure:
    """Refuse a request that is not well formed."""
    return OpenAiFailure(400, message, param=param)


def key_missing() -> OpenAiFailure:
    """Refuse a request without a key."""
    return OpenAiFailure(
        401,
        "You didn't provide an API key. You need to provide your API key in an Authorization "
        "header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).",
    )


def key_invalid(key: str) -> OpenAiFailure:
    """Refuse a key that is not known, and quote the ends of it."""
    shown = f"{key[:4]}{'*' * 8}{key[-4:]}"
    return OpenAiFailure(
        401,
        f"Incorrect API key provided: {shown}. You can find your API key at "
        "https://platform.openai.com/account/api-keys.",
        code="invalid_api_key",
    )


def model_unknown(name: str) -> OpenAiFailure:
    """Refuse a model's name."""
    return OpenAiFailure(
        404,
        f"The model `{name}` does not exist or you do not have access to it.",
        code="model_not_found",
    )


def scripted(error: ScriptedError, *, model: str) -> OpenAiFailure:
    """Return the failure that a script asks for."""
    if error.status == 429:
        return _limited(error, model)
    message = error.message or _MESSAGES.get(error.status, "Scripted failure.")
    kind = _KINDS.get(error.status, "invalid_request_error")
    return OpenAiFailure(error.status, message, kind=kind)


def _limited(error: ScriptedError, model: str) -> OpenAiFailure:
    if "quota" in error.message.lower():
        return OpenAiFailure(
            429, error.message, kind="insufficient_quota", code="insufficient_quota"
        )
    seconds = error.retry_seconds
    period = "day (RPD)" if "per day" in error.message.lower() else "min (RPM)"
    text = f"Rate limit reached for {model} on requests per {period}: Limit 60, Used 60."
    if seconds is not None:
        text = f"{text} Please try again in {seconds:g}s."
    return OpenAiFailure(
        429,
        error.message or text,
        kind="requests",
        code="rate_limit_exceeded",
        retry_seconds=seconds,
    )
