"""Errors of Anthropic's API, as it writes them; no I/O."""

import math
from collections.abc import Mapping
from typing import Any

from playground.model_peer import PeerFailure
from playground.model_script import ScriptedError

_KINDS = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    500: "api_error",
    503: "api_error",
    529: "overloaded_error",
}
_MESSAGES = {
    429: "This request would exceed your organization's rate limit of 50 requests per minute.",
    500: "Internal server error",
    503: "Service unavailable",
    529: "Overloaded",
}


class AnthropicFailure(PeerFailure):
    """A refusal: a status and a message; the type follows from the status."""

    def __init__(
        self, status: int, message: str, *, kind: str = "", retry_seconds: float | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self._error = {"type": kind or _KINDS.get(status, "api_error"), "message": message}
        self._retry_seconds = retry_seconds

    def body(self) -> dict[str, Any]:
        """Return the JSON of the answer."""
        return {"type": "error", "error": self._error, "request_id": "req_scripted"}

    def headers(self) -> Mapping[str, str]:
        """Return the request's id and the hint on when to come back."""
        head = {"request-id": "req_scripted"}
        if self._retry_seconds is not None:
            head["retry-after"] = str(math.ceil(self._retry_seconds))
            head["anthropic-ratelimit-requests-remaining"] = "0"
        return head


def invalid(message: str) -> AnthropicFailure:
    """Refuse a request that is not well formed."""
    return AnthropicFailure(400, message)


def key_missing() -> AnthropicFailure:
    """Refuse a request without a key."""
    return AnthropicFailure(401, "x-api-key header is required")


def key_invalid() -> AnthropicFailure:
    """Refuse a key that is not known."""
    return AnthropicFailure(401, "invalid x-api-key")


def model_unknown(name: str) -> AnthropicFailure:
    """Refuse a model's name."""
    return AnthropicFailure(404, f"model: {name}")


def scripted(error: ScriptedError) -> AnthropicFailure:
    """Return the failure that a script asks for."""
    if error.status == 429 and "credit" in error.message.lower():
        return AnthropicFailure(400, "Your credit balance is too low to access the Anthropic API.")
    message = error.message or _MESSAGES.get(error.status, "Scripted failure.")
    return AnthropicFailure(error.status, message, retry_seconds=error.retry_seconds)
