"""What GitHub answered, and the error that an answer means; no I/O."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from p2a.errors import (
    GitHubError,
    GitHubForbidden,
    GitHubInvalid,
    GitHubNotFound,
    GitHubRateLimited,
    GitHubUnauthorized,
    GitHubUnavailable,
)

MAX_REASON = 500
"""Characters of GitHub's own words that we repeat in an error."""
LIMIT_WITHOUT_TIME = 60.0
"""Seconds to wait at a limit that names no time (docs: rate limits for the REST API)."""
_LIMIT_WORDS = ("rate limit", "abuse detection", "please retry your request again later")

NEXT_UNAUTHORIZED = (
    "check P2A_GITHUB_APP_ID, the private key and this machine's clock; `p2a doctor` tries them"
)
NEXT_PERMISSION = "give the App this permission in its settings and accept it in the installation"
NEXT_FORBIDDEN = "look whether the repository is archived, the issue locked or the branch protected"
NEXT_NOT_FOUND = "look whether it was deleted or renamed and whether the App is installed there"
NEXT_INVALID = "sending the same again cannot help; the reason names what GitHub did not accept"
NEXT_LIMIT = "nothing to do: the work goes on by itself after that time"
NEXT_UNAVAILABLE = "nothing to do: it is tried again; githubstatus.com tells about known trouble"


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer as it came; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def retry_after(self) -> float | None:
        """Return the seconds of the Retry-After header, None for a missing or another form."""
        value = self.headers.get("retry-after", "").strip()
        return float(value) if value.isascii() and value.isdigit() else None

    def json(self) -> Any:
        """Return the parsed body, None for an empty one.

        Raises:
            ValueError: the body is not JSON, for example a proxy's error page.
        """
        return json.loads(self.text) if self.text else None


def error_in(answer: Answer, *, purpose: str, now: datetime) -> GitHubError | None:
    """Return the error that an answer means, None for success; `purpose` is what we wanted."""
    status = answer.status
    if 200 <= status < 300:
        return None
    reason = _reason(answer)
    wait = _limit_seconds(answer, reason, now)
    if wait is not None:
        return GitHubRateLimited(
            f"GitHub's rate limit does not let us {purpose} now",
            retry_after=wait,
            why=f"{reason} (wait {wait:.0f} s)",
            next_step=NEXT_LIMIT,
            status=status,
        )
    kind, next_step = _kind(answer)
    return kind(
        f"could not {purpose}: GitHub answered {status}",
        why=reason,
        next_step=next_step,
        status=status,
    )


def unreadable(answer: Answer, *, purpose: str) -> GitHubUnavailable:
    """Return the error for a successful status with a body that is not the documented one."""
    return GitHubUnavailable(
        f"could not {purpose}: GitHub's answer cannot be read",
        why="its body is not of the documented form; a proxy on the way may have replaced it",
        next_step=NEXT_UNAVAILABLE,
        status=answer.status,
    )


def _kind(answer: Answer) -> tuple[type[GitHubError], str]:
    status = answer.status
    if status == 401:
        return GitHubUnauthorized, NEXT_UNAUTHORIZED
    if status in {403, 451}:
        needed = answer.headers.get("x-accepted-github-permissions", "")
        return GitHubForbidden, f"{NEXT_PERMISSION}: {needed}" if needed else NEXT_FORBIDDEN
    if status in {404, 410} or 300 <= status < 400:
        return GitHubNotFound, NEXT_NOT_FOUND
    if status >= 500 or status == 408:
        return GitHubUnavailable, NEXT_UNAVAILABLE
    return GitHubInvalid, NEXT_INVALID


def _limit_seconds(answer: Answer, reason: str, now: datetime) -> float | None:
    if answer.status not in {403, 429}:
        return None
    spent = answer.headers.get("x-ratelimit-remaining", "") == "0"
    told = any(words in reason.lower() for words in _LIMIT_WORDS)
    if not (answer.status == 429 or spent or told or answer.retry_after is not None):
        return None
    if answer.retry_after is not None:
        return answer.retry_after
    reset = answer.headers.get("x-ratelimit-reset", "")
    if spent and reset.isascii() and reset.isdigit():
        return max(1.0, float(reset) - now.timestamp())
    return LIMIT_WITHOUT_TIME


def _reason(answer: Answer) -> str:
    try:
        data = answer.json()
    except ValueError:
        data = None
    if not isinstance(data, dict):
        return "it gave no reason that can be read"
    parts = [str(data.get("message") or "it gave no reason")]
    errors = data.get("errors")
    if isinstance(errors, list):
        parts.extend(_reason_of(error) for error in errors[:5])
    elif isinstance(errors, str):
        parts.append(errors)
    return "; ".join(part for part in parts if part)[:MAX_REASON]


def _reason_of(error: Any) -> str:
    if not isinstance(error, dict):
        return str(error)
    if error.get("message"):
        return str(error["message"])
    return " ".join(str(error.get(key) or "") for key in ("resource", "field", "code")).strip()
