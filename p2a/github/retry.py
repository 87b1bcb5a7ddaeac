"""When a request to GitHub is sent again and after which time; no I/O."""

from dataclasses import dataclass, replace

from p2a.errors import GitHubError, GitHubRateLimited, GitHubUnauthorized, GitHubUnavailable


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a call may wait by itself before the engine must re-queue the work."""

    tries: int = 4
    first_wait: float = 0.5
    """Seconds before the second try; it doubles with each try, plus up to as much by chance."""
    longest_wait: float = 60.0
    """Seconds of a rate limit that are waited out in the call; a longer one is raised."""


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong with one sending."""

    error: GitHubError
    sent: bool = True
    """False when the request cannot have reached GitHub, so that even a write may be repeated."""
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Tries:
    """What was tried already for one call."""

    unavailable: int = 0
    limited: bool = False
    renewed: bool = False


@dataclass(frozen=True, slots=True)
class Again:
    """Send once more after `wait` seconds, with a new token if `renew`."""

    tries: Tries
    wait: float = 0.0
    renew: bool = False


def after(
    failure: Failure, *, tries: Tries, repeatable: bool, patience: Patience, chance: float
) -> Again | None:
    """Decide what follows a failure; None means that its error is to be raised.

    A 401 and a rate limit prove that nothing was done, so they allow one more try of any call.
    After a lost answer only a `repeatable` call is sent again. `chance` is in [0, 1).
    """
    error = failure.error
    if isinstance(error, GitHubUnauthorized):
        return None if tries.renewed else Again(replace(tries, renewed=True), renew=True)
    if isinstance(error, GitHubRateLimited):
        if tries.limited or error.retry_after > patience.longest_wait:
            return None
        return Again(replace(tries, limited=True), wait=error.retry_after)
    if not isinstance(error, GitHubUnavailable) or (failure.sent and not repeatable):
        return None
    if tries.unavailable + 1 >= patience.tries:
        return None
    wait = patience.first_wait * 2**tries.unavailable * (1 + chance)
    if failure.retry_after is not None:
        wait = max(wait, failure.retry_after)
    if wait > patience.longest_wait:
        return None
    return Again(replace(tries, unavailable=tries.unavailable + 1), wait=wait)
