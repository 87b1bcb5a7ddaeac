"""What a vendor's refusal means for us: which error it becomes, told without the key; no I/O."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from pydantic_ai.exceptions import (
    AgentRunError,
    ModelAPIError,
    ModelAuthenticationError,
    ModelConnectionError,
    ModelNotFoundError,
    ModelQuotaExceededError,
    ModelRequestRejectedError,
    ModelRequestTimeout,
    UnexpectedModelBehavior,
)

from p2a.errors import ModelOutputInvalid, P2AError
from worker.errors import ModelLimited, ModelQuotaExhausted, ModelRejected, limited
from worker.model.retry import TryAgain

SHOWN = 500
REJECTED_NEXT = "run `p2a doctor`: it checks the models, their addresses and the keys"
DAILY_RESET_HOUR = 8
"""UTC: Gemini's daily quotas begin anew at midnight Pacific time, which is 7 or 8 o'clock UTC.
https://ai.google.dev/gemini-api/docs/rate-limits"""


def translated(error: AgentRunError, *, key: str, now: datetime) -> P2AError:
    """Return our error for one of pydantic-ai."""
    said = told(error, key)
    if isinstance(error, ModelQuotaExceededError):
        return daily_limit(said, now=now) if _is_daily(error.body) else quota_exhausted(said)
    if isinstance(error, ModelAuthenticationError):
        # The vendor's message may quote a part of the key.
        return key_refused(type(error).__name__)
    if isinstance(error, ModelNotFoundError):
        return ModelRejected(
            f"the vendor does not know the model {error.model_name!r}", next_step=REJECTED_NEXT
        )
    if isinstance(error, ModelRequestRejectedError):
        return ModelRejected(
            "the model's vendor refused the request", why=said, next_step=REJECTED_NEXT
        )
    if isinstance(error, ModelAPIError):
        return unavailable(said, retry_after=error.retry_after, is_lost=_is_lost(error))
    if isinstance(error, UnexpectedModelBehavior):
        return unreadable(said)
    return ModelRejected("the model could not be asked", why=said)


def told(error: Exception, key: str) -> str:
    """Return what the vendor said, without our key, which an answer may quote."""
    body = getattr(error, "body", None)
    inner = body.get("error", body) if isinstance(body, dict) else None
    message = inner.get("message") if isinstance(inner, dict) else None
    text = message if isinstance(message, str) and message else str(error)
    return text.replace(key, "[the model's key]")[:SHOWN]


def daily_limit(said: str, *, now: datetime) -> ModelLimited:
    """Return the error for a quota of the day."""
    reset = now.replace(hour=DAILY_RESET_HOUR, minute=0, second=0, microsecond=0)
    end = reset if reset > now else reset + timedelta(days=1)
    return limited("the model's quota of the day is used up", resume_at=end, why=said)


def quota_exhausted(said: str) -> ModelQuotaExhausted:
    """Return the error for credit or a quota that no waiting brings back."""
    return ModelQuotaExhausted(
        "the model's quota is used up",
        why=said,
        next_step="raise the quota or the credit with the vendor, then `/p2a retry`",
    )


def key_refused(why: str) -> ModelRejected:
    """Return the error for a key that the vendor does not accept."""
    return ModelRejected(
        "the model's vendor did not accept the key", why=why, next_step=REJECTED_NEXT
    )


def unavailable(said: str, *, retry_after: float | None = None, is_lost: bool = False) -> TryAgain:
    """Return the error for a failure that may pass."""
    return TryAgain(
        "the model is not available",
        why=said,
        next_step="wait until the vendor answers again",
        retry_after=retry_after,
        is_lost=is_lost,
    )


def unreadable(why: str) -> ModelOutputInvalid:
    """Return the error for an answer that is none."""
    return ModelOutputInvalid(
        "the model's answer cannot be read",
        why=why,
        next_step="try again with `/p2a retry`, or configure another model",
    )


def _is_lost(error: ModelAPIError) -> bool:
    """Tell whether the request may have reached the vendor although no answer came back."""
    if isinstance(error, ModelConnectionError):
        return error.phase not in {"pool", "connect"}
    return isinstance(error, ModelRequestTimeout)


def _is_daily(body: object) -> bool:
    return any("PerDay" in quota for quota in quotas(_details(body)))


def quotas(details: Sequence[Any]) -> Iterator[str]:
    """Yield the ids in the google.rpc.QuotaFailure of an error's details."""
    for detail in details:
        violations = detail.get("violations") if isinstance(detail, Mapping) else None
        for violation in violations if isinstance(violations, list) else ():
            if isinstance(violation, dict):
                yield str(violation.get("quotaId", ""))


def _details(body: Any) -> Sequence[Any]:
    error = body.get("error") if isinstance(body, dict) else None
    details = error.get("details") if isinstance(error, dict) else None
    return details if isinstance(details, list) else ()
