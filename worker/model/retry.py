"""When and how long to wait before a model is asked again; no I/O."""

from dataclasses import dataclass, replace

from p2a.errors import ModelUnavailable


class TryAgain(ModelUnavailable):
    """A failure that may pass; `retry_after` is what the vendor asked for, None for nothing said."""

    def __init__(
        self,
        what: str,
        *,
        why: str = "",
        next_step: str = "",
        retry_after: float | None = None,
        is_lost: bool = False,
    ) -> None:
        """Keep the hint; `is_lost` says that the vendor may have worked on it and bill it."""
        super().__init__(what, why=why, next_step=next_step)
        self.retry_after = retry_after
        self.is_lost = is_lost


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Bounds of the retries of one call."""

    attempts: int = 5
    first_wait: float = 1.0
    longest_wait: float = 120.0
    """A vendor who asks for more ends the call instead."""

    def wait(self, attempt: int, *, asked: float | None, chance: float) -> float | None:
        """Return the seconds to wait after this attempt (from 1), None to give up.

        What the vendor asked for is the least; `chance` (0 to 1) spreads many workers out.
        """
        if attempt >= self.attempts or (asked is not None and asked > self.longest_wait):
            return None
        own = min(self.first_wait * float(2 ** (attempt - 1)), self.longest_wait)
        if asked is None:
            return own * (0.5 + chance / 2)
        return asked + min(own, 1.0) * chance

    def hasty(self, longest_wait: float) -> "RetryPolicy":
        """Return the policy of a model behind which another one stands: one retry, soon."""
        return replace(
            self,
            attempts=min(self.attempts, 2),
            longest_wait=min(self.longest_wait, longest_wait),
        )
