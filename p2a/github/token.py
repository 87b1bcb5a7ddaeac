"""The installation token: asked for with the App's key, for one repository, renewed in time."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from github.Auth import Auth

from p2a.errors import GitHubInvalid
from p2a.github.request import Request
from p2a.github.wire import Wire

WRITE_PERMISSIONS: Mapping[str, str] = {
    "checks": "write",
    "contents": "write",
    "issues": "write",
    "metadata": "read",
    "pull_requests": "write",
}
"""What our effects and reads need; nothing else is asked for, whatever the App was given."""
WITHOUT_CHECKS: Mapping[str, str] = {
    **{name: level for name, level in WRITE_PERMISSIONS.items() if name != "checks"},
    "statuses": "write",
}
"""For an App that may not write check runs: a commit status tells the result then."""
READ_PERMISSIONS: Mapping[str, str] = {"contents": "read", "metadata": "read"}
"""What fetching over git needs: commits are made through the API, never pushed."""
RENEW_BEFORE = timedelta(minutes=5)
"""A token with less time left is renewed; GitHub gives an hour."""


@dataclass(frozen=True, slots=True)
class Token:
    """An installation token and its end."""

    value: str = field(repr=False)
    expires_at: datetime


class InstallationToken(Auth):
    """PyGithub's way to authenticate, with a token that may do little and lives an hour at most.

    Reading `token` may send a request and raise a `GitHubError`.
    """

    def __init__(
        self,
        app: Wire,
        *,
        installation_id: int,
        repository_id: int,
        permissions: Sequence[Mapping[str, str]],
        clock: Callable[[], datetime],
    ) -> None:
        """Ask for the first of these permissions that the App holds, or else for all that it has."""
        self._app = app
        self._installation_id = installation_id
        self._repository_id = repository_id
        self._permissions = permissions
        self._clock = clock
        self._current: Token | None = None
        self._lock = threading.Lock()

    @property
    def token_type(self) -> str:
        """Return the scheme of the Authorization header."""
        return "Bearer"

    @property
    def token(self) -> str:
        """Return a token that is good for some minutes at least."""
        with self._lock:
            if self._current is None or self._is_ending(self._current):
                self._current = self._ask()
            return self._current.value

    def renew(self) -> None:
        """Forget the token: GitHub did not accept it."""
        with self._lock:
            self._current = None

    def _is_ending(self, token: Token) -> bool:
        return token.expires_at - self._clock() < RENEW_BEFORE

    def _ask(self) -> Token:
        for permissions in self._permissions:
            try:
                return self._app.ask(self._request(permissions), _read_token)
            except GitHubInvalid as error:
                if "permission" not in error.why.lower():
                    raise
        # The App holds less than we ask for; then each effect tells what it lacks.
        return self._app.ask(self._request({}), _read_token)

    def _request(self, permissions: Mapping[str, str]) -> Request:
        body: dict[str, Any] = {"repository_ids": [self._repository_id]}
        if permissions:
            body["permissions"] = dict(permissions)
        return Request(
            "POST",
            f"/app/installations/{self._installation_id}/access_tokens",
            "get a token of the App's installation",
            body=body,
            repeatable=True,
        )


def _read_token(data: Any) -> Token:
    return Token(data["token"], datetime.fromisoformat(data["expires_at"]))
