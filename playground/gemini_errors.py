"""Gemini's error answers, as its REST API writes them; no I/O."""

from typing import Any

from playground.model_peer import PeerFailure

SERVICE = "generativelanguage.googleapis.com"
_TYPES = "type.googleapis.com/google.rpc."

_STATUS_NAMES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}


class GeminiFailure(PeerFailure):
    """A refusal: an HTTP status, a message and the details of google.rpc."""

    def __init__(self, status: int, message: str, details: tuple[dict[str, Any], ...] = ()) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.details = details

    def body(self) -> dict[str, Any]:
        """Return the JSON of the answer."""
        error: dict[str, Any] = {
            "code": self.status,
            "message": self.message,
            "status": _STATUS_NAMES.get(self.status, "UNKNOWN"),
        }
        if self.details:
            error["details"] = list(self.details)
        return {"error": error}


def invalid(message: str) -> GeminiFailure:
    """Refuse a request that is not well formed."""
    return GeminiFailure(400, message)


def key_missing() -> GeminiFailure:
    """Refuse a request without an API key."""
    return GeminiFailure(
        403,
        "Method doesn't allow unregistered callers (callers without established identity). "
        "Please use API Key or other form of API authentication to call this API.",
    )


def key_invalid() -> GeminiFailure:
    """Refuse an API key that is not known."""
    message = "API key not valid. Please pass a valid API key."
    return GeminiFailure(
        400,
        message,
        (
            {
                "@type": f"{_TYPES}ErrorInfo",
                "reason": "API_KEY_INVALID",
                "domain": "googleapis.com",
                "metadata": {"service": SERVICE},
            },
            {"@type": f"{_TYPES}LocalizedMessage", "locale": "en-US", "message": message},
        ),
    )


def model_unknown(model: str) -> GeminiFailure:
    """Refuse a model's name."""
    return GeminiFailure(
        404,
        f"models/{model} is not found for API version v1beta, or is not supported for "
        "generateContent. Call ListModels to see the list of available models and their "
        "supported methods.",
    )


def signature_missing(name: str, position: int) -> GeminiFailure:
    """Refuse a replayed function call that lost its thought signature."""
    return invalid(
        "Function call is missing a thought_signature in functionCall parts. This is required for "
        "tools to work correctly, and missing thought_signature may lead to degraded model "
        f"performance. Additional data, function call `default_api:{name}` , position {position}. "
        "Please refer to https://ai.google.dev/gemini-api/docs/thought-signatures for more details."
    )


def scripted(
    status: int, *, message: str, model: str, retry_seconds: float | None
) -> GeminiFailure:
    """Return the failure that a script asks for, with the details of its status."""
    if status != 429:
        return GeminiFailure(status, message or _DEFAULT_MESSAGES.get(status, "Scripted failure."))
    seconds = 1.0 if retry_seconds is None else retry_seconds
    # Both limits answer alike; only the quota's id tells a day from a minute.
    period = "Day" if "per day" in message.lower() else "Minute"
    quota = {
        "quotaMetric": f"{SERVICE}/generate_content_requests",
        "quotaId": f"GenerateRequestsPer{period}PerProjectPerModel",
        "quotaDimensions": {"location": "global", "model": model},
        "quotaValue": "60",
    }
    details: tuple[dict[str, Any], ...] = (
        {"@type": f"{_TYPES}QuotaFailure", "violations": [quota]},
        {"@type": f"{_TYPES}RetryInfo", "retryDelay": f"{seconds:g}s"},
    )
    text = (
        "You exceeded your current quota, please check your plan and billing details.\n"
        f"Please retry in {seconds:g}s."
    )
    return GeminiFailure(429, message or text, details)


_DEFAULT_MESSAGES = {
    500: "An internal error has occurred. Please retry.",
    503: "The model is overloaded. Please try again later.",
    504: "The request timed out. Please try again.",
}
