"""One request to GitHub through PyGithub's requester, under our own retry policy.

PyGithub sends and authenticates; its own retries and waits are off. It repeats a POST whose answer
was lost, never repeats a PATCH and may sleep for an hour. We go through its requester and not
through its objects, because these send requests of their own to the URLs found in answers.
"""

import logging
import random
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol, TypeVar

import requests
from github.Requester import Requester
from urllib3.exceptions import NewConnectionError

from p2a.errors import GitHubError, GitHubNotFound, GitHubRateLimited, GitHubUnavailable
from p2a.github.answer import NEXT_NOT_FOUND, NEXT_UNAVAILABLE, Answer, error_in, unreadable
from p2a.github.pace import Pace
from p2a.github.request import Request
from p2a.github.retry import Again, Failure, Patience, Tries, after
from p2a.github.taped import RESULT, dump_request
from p2a.tape import Tape, Untaped

logger = logging.getLogger(__name__)

T = TypeVar("T")
PER_PAGE = 100
MAX_PAGES = 100


class Renewable(Protocol):
    """A credential that can be thrown away, so that the next request gets a new one."""

    @property
    def token(self) -> str:
        """Return what a request is sent with; may ask for it."""

    def renew(self) -> None:
        """Forget the credential."""


class Wire:
    """Sends requests as one identity; safe between threads, one request at a time."""

    def __init__(
        self,
        requester: Requester,
        *,
        pace: Pace,
        clock: Callable[[], datetime],
        patience: Patience,
        credential: Renewable | None = None,
        chance: Callable[[], float] = random.random,  # noqa: S311 (spreads waits, guards nothing)
        tape: Tape | None = None,
    ) -> None:
        self._requester = requester
        self._pace = pace
        self._clock = clock
        self._patience = patience
        self._credential = credential
        self._chance = chance
        self._tape = tape or Untaped(clock)
        # PyGithub keeps the request on its one connection object, so two threads would mix theirs.
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close the connections."""
        self._requester.close()

    def ask(self, request: Request, read: Callable[[Any], T]) -> T:
        """Send a request, again where that is safe, and return what `read` makes of its body.

        Raises:
            GitHubError: one of its kinds, after all tries; see `p2a.errors`.
        """
        answer = self._answer(request)
        try:
            return read(answer.json())
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise unreadable(answer, purpose=request.purpose) from error

    def pages(self, request: Request, read: Callable[[Any], list[T]]) -> Iterator[T]:
        """Yield the items of all pages; asks for a page only when it is needed."""
        for page in range(1, MAX_PAGES + 1):
            parameters = {**request.parameters, "per_page": PER_PAGE, "page": page}
            items = self.ask(replace(request, parameters=parameters), read)
            yield from items
            if len(items) < PER_PAGE:
                return

    def _answer(self, request: Request) -> Answer:
        tries = Tries()
        while True:
            result = self._result(request)
            if isinstance(result, Answer):
                return result
            again = after(
                result,
                tries=tries,
                repeatable=request.repeatable or request.verb == "GET",
                patience=self._patience,
                chance=self._chance(),
            )
            if again is None or (again.renew and self._credential is None):
                raise self._remembered(result.error)
            logger.debug("%s %s again in %.1f s", request.verb, request.path, again.wait)
            self._prepare(again)
            tries = again.tries

    def _prepare(self, again: Again) -> None:
        if again.renew and self._credential is not None:
            self._credential.renew()
        self._pace.sleep(again.wait)

    def _remembered(self, error: GitHubError) -> GitHubError:
        if isinstance(error, GitHubRateLimited):
            self._pace.close(error.retry_after)
        return error

    def _result(self, request: Request) -> Answer | Failure:
        self._pace.enter(creates=request.creates, longest_wait=self._patience.longest_wait)
        if self._credential is not None:
            # Now and not within the exchange: a token that is due is asked for in one of its own.
            _ = self._credential.token
        return self._tape.exchange(
            "github", dump_request(request), lambda: self._send(request), RESULT
        )

    def _send(self, request: Request) -> Answer | Failure:
        try:
            with self._lock:
                status, headers, text = self._requester.requestJson(
                    request.verb,
                    request.path,
                    parameters=dict(request.parameters),
                    input=dict(request.body) if request.body is not None else None,
                )
        except OSError as error:  # requests' exceptions are of this kind too
            return _lost(error, request)
        except RuntimeError as error:  # PyGithub refuses a redirect to another host
            return Failure(_moved(error, request))
        except ValueError as error:  # PyGithub reads numbers from headers
            return Failure(_garbled(error, request))
        answer = Answer(status, headers, text)
        refusal = error_in(answer, purpose=request.purpose, now=self._clock())
        if refusal is None:
            return answer
        return Failure(refusal, retry_after=answer.retry_after)


def _lost(error: OSError, request: Request) -> Failure:
    reason = getattr(error.args[0], "reason", None) if error.args else None
    unsent = isinstance(
        error,
        requests.exceptions.ConnectTimeout
        | requests.exceptions.SSLError
        | requests.exceptions.ProxyError,
    ) or isinstance(reason, NewConnectionError)
    failure = GitHubUnavailable(
        f"could not {request.purpose}: GitHub could not be reached"
        if unsent
        else f"could not {request.purpose}: the connection to GitHub was lost",
        why=f"{type(error).__name__}: {error}"[:300],
        next_step=NEXT_UNAVAILABLE,
    )
    failure.__cause__ = error
    return Failure(failure, sent=not unsent)


def _garbled(error: ValueError, request: Request) -> GitHubError:
    failure = unreadable(Answer(0, {}, ""), purpose=request.purpose)
    failure.__cause__ = error
    return failure


def _moved(error: RuntimeError, request: Request) -> GitHubError:
    failure = GitHubNotFound(
        f"could not {request.purpose}: GitHub sent us elsewhere",
        why=str(error)[:300],
        next_step=NEXT_NOT_FOUND,
    )
    failure.__cause__ = error
    return failure
