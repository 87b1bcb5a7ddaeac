"""GitHub's primary and secondary rate limits, counted per actor."""

import math
import threading
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from playground.actor import Actor, ActorKind
from playground.failure import Failure

WINDOW_SECONDS = 3600
RATE_URL = "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api"
SECONDARY_URL = f"{RATE_URL}#about-secondary-rate-limits"
SECONDARY_MESSAGE = (
    "You have exceeded a secondary rate limit and have been temporarily blocked from content "
    "creation. Please retry your request again later. If you reach out to GitHub Support for "
    "help, please include the request ID."
)
PRIMARY_MESSAGE = "API rate limit exceeded for {who}."
WRITE_POINTS = 5


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is allowed; None switches a limit off, as a GitHub Enterprise server has them."""

    authenticated_per_hour: int | None = 5000
    anonymous_per_hour: int | None = 60
    content_per_minute: int | None = 80
    content_per_hour: int | None = 500
    points_per_minute: int | None = None
    """900 at GitHub (a read is 1 point, a write 5); off here, since polling is quick at home."""
    secondary_status: int = 403
    """403 or 429: GitHub answers either."""

    @classmethod
    def off(cls) -> "Limits":
        """Return no limits at all."""
        return cls(None, None, None, None, None)

    def per_hour(self, actor: Actor) -> int | None:
        """Return the primary limit of an actor."""
        if actor.kind is ActorKind.ANONYMOUS:
            return self.anonymous_per_hour
        return self.authenticated_per_hour


@dataclass(frozen=True, slots=True)
class Rate:
    """Where an actor stands in its hour."""

    limit: int
    used: int
    reset: int

    @property
    def remaining(self) -> int:
        """Return how many requests are left."""
        return max(0, self.limit - self.used)

    @property
    def headers(self) -> dict[str, str]:
        """Return the five headers of an answer."""
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(self.remaining),
            "X-RateLimit-Reset": str(self.reset),
            "X-RateLimit-Used": str(self.used),
            "X-RateLimit-Resource": "core",
        }


class Meter:
    """Counts requests; `limits` may be replaced at any time."""

    def __init__(self, clock: Callable[[], datetime], limits: Limits) -> None:
        self.limits = limits
        self._clock = clock
        self._lock = threading.Lock()
        self._used: dict[str, Rate] = {}
        self._content: dict[str, deque[float]] = defaultdict(deque)
        self._points: dict[str, deque[float]] = defaultdict(deque)

    def rate(self, actor: Actor) -> Rate | None:
        """Return where the actor stands, None without a primary limit."""
        limit = self.limits.per_hour(actor)
        if limit is None:
            return None
        now = self._clock().timestamp()
        known = self._used.get(actor.limited_as)
        if known is None or known.reset <= now:
            return Rate(limit, 0, math.ceil(now) + WINDOW_SECONDS)
        return Rate(limit, known.used, known.reset)

    def spend(self, actor: Actor) -> None:
        """Count a request against the primary limit.

        Raises:
            Failure: 403 where it is used up.
        """
        with self._lock:
            rate = self.rate(actor)
            if rate is None:
                return
            if rate.remaining == 0:
                raise primary_refusal(actor, rate=rate)
            self._used[actor.limited_as] = Rate(rate.limit, rate.used + 1, rate.reset)

    def give_back(self, actor: Actor) -> None:
        """Take one request off the count: a 304 to an authorized caller is free."""
        with self._lock:
            rate = self._used.get(actor.limited_as)
            if rate is not None and rate.used > 0:
                self._used[actor.limited_as] = Rate(rate.limit, rate.used - 1, rate.reset)

    def spend_secondary(self, actor: Actor, *, is_write: bool, creates: bool) -> None:
        """Count a request against the secondary limits.

        Raises:
            Failure: 403 or 429 with `retry-after`.
        """
        now = self._clock().timestamp()
        name, limits = actor.limited_as, self.limits
        with self._lock:
            points = self._points[name]
            _forget(points, before=now - 60)
            self._refuse_over(points, most=limits.points_per_minute, now=now, window=60)
            points.extend([now] * (WRITE_POINTS if is_write else 1))
            if not creates:
                return
            content = self._content[name]
            _forget(content, before=now - WINDOW_SECONDS)
            last_minute = deque(moment for moment in content if moment > now - 60)
            self._refuse_over(last_minute, most=limits.content_per_minute, now=now, window=60)
            self._refuse_over(content, most=limits.content_per_hour, now=now, window=WINDOW_SECONDS)
            content.append(now)

    def _refuse_over(
        self, moments: deque[float], *, most: int | None, now: float, window: int
    ) -> None:
        if most is not None and len(moments) >= most:
            wait = moments[0] + window - now if moments else window
            raise secondary_refusal(max(1, math.ceil(wait)), status=self.limits.secondary_status)


def _forget(moments: deque[float], *, before: float) -> None:
    while moments and moments[0] <= before:
        moments.popleft()


def primary_refusal(actor: Actor, *, rate: Rate) -> Failure:
    """Return GitHub's refusal of a caller whose hour is used up."""
    who = {
        ActorKind.ANONYMOUS: "127.0.0.1",
        ActorKind.INSTALLATION: f"installation ID {actor.installation_id}",
        ActorKind.USER: f"user ID {actor.account_id}",
        ActorKind.APP: f"app ID {actor.app_id}",
    }[actor.kind]
    return Failure(
        403,
        PRIMARY_MESSAGE.format(who=who),
        headers=rate.headers,
        documentation_url=RATE_URL,
    )


def secondary_refusal(seconds: int, *, status: int) -> Failure:
    """Return GitHub's refusal of a caller who is too quick."""
    return Failure(
        status,
        SECONDARY_MESSAGE,
        headers={"Retry-After": str(seconds)},
        documentation_url=SECONDARY_URL,
    )
