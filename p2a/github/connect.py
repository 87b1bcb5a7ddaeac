"""Builds the gateway from the settings: the App's key, the tokens and PyGithub underneath."""

import logging
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from github.Auth import AppAuth, Auth, Token
from github.Consts import API_VERSION_2022_11_28, DEFAULT_JWT_ALGORITHM
from github.Requester import Requester

from p2a.domain import Repository
from p2a.errors import ConfigurationInvalid
from p2a.github.app import App
from p2a.github.gateway import Gateway
from p2a.github.pace import Pace
from p2a.github.retry import Patience
from p2a.github.token import (
    READ_PERMISSIONS,
    WITHOUT_CHECKS,
    WRITE_PERMISSIONS,
    InstallationToken,
)
from p2a.github.wire import PER_PAGE, Wire
from p2a.settings import Settings
from p2a.tape import Tape

USER_AGENT = "prompt2action"
ANSWER_SECONDS = 30
"""Seconds without a byte after which a request counts as lost."""
_PATIENCE = Patience()


def connect_app(
    settings: Settings,
    *,
    clock: Callable[[], datetime],
    sleep: Callable[[float], None] = time.sleep,
    pace: Pace | None = None,
    patience: Patience = _PATIENCE,
    tape: Tape | None = None,
) -> App:
    """Return ourselves as the GitHub App; close it after use. Nothing is sent yet.

    Raises:
        ConfigurationInvalid: the App's id or key is missing, or the key is not one.
    """
    auth = _app_auth(settings)
    pace = pace or Pace(clock=clock, sleep=sleep)
    requester = _requester(settings, auth)
    return App(Wire(requester, pace=pace, clock=clock, patience=patience, tape=tape))


def installation_gateway(
    settings: Settings,
    *,
    installation_id: int,
    repository: Repository,
    clock: Callable[[], datetime],
    sleep: Callable[[float], None] = time.sleep,
    pace: Pace | None = None,
    patience: Patience = _PATIENCE,
    tape: Tape | None = None,
) -> Gateway:
    """Return the gateway to one repository; close it after use.

    One `pace` is to be shared by all gateways of a process. `sleep` (of the pace, if one is given)
    may raise to end a waiting. Asks GitHub once who we are, so a wrong key shows here.

    Raises:
        ConfigurationInvalid: the App's id or key is missing, or the key is not one.
        GitHubError: GitHub could not be asked or does not accept the key.
    """
    pace = pace or Pace(clock=clock, sleep=sleep)
    app = connect_app(settings, clock=clock, pace=pace, patience=patience, tape=tape)
    tokens = [
        InstallationToken(
            app.wire,
            installation_id=installation_id,
            repository_id=repository.id,
            permissions=permissions,
            clock=clock,
        )
        for permissions in ((WRITE_PERMISSIONS, WITHOUT_CHECKS), (READ_PERMISSIONS,))
    ]
    try:
        facts = app.facts()
    except BaseException:
        app.close()
        raise
    wire = Wire(
        _requester(settings, tokens[0]),
        pace=pace,
        clock=clock,
        patience=patience,
        credential=tokens[0],
        tape=tape,
    )
    return Gateway(
        wire,
        app=app,
        repository=repository,
        app_id=facts.id,
        app_login=facts.login,
        git_token=tokens[1],
        web_url=settings.github_url,
    )


def token_gateway(
    settings: Settings,
    *,
    token: str,
    app_slug: str,
    repository: Repository,
    clock: Callable[[], datetime],
    sleep: Callable[[float], None] = time.sleep,
    patience: Patience = _PATIENCE,
    tape: Tape | None = None,
) -> Gateway:
    """Return the gateway to one repository with a given token of an App, as a CI job has one.

    The token is as good at git as at the API, and cannot be renewed. A token does not say whose it
    is, so GitHub is asked once for the App of this name; `sleep` may raise to end a waiting.

    Raises:
        GitHubError: GitHub could not be asked, or knows no such App.
    """
    pace = Pace(clock=clock, sleep=sleep)
    auth = Token(token)
    app, wire = (
        Wire(_requester(settings, auth), pace=pace, clock=clock, patience=patience, tape=tape)
        for _ in range(2)
    )
    try:
        facts = App(app).facts_of(app_slug)
    except BaseException:
        app.close()
        wire.close()
        raise
    return Gateway(
        wire,
        app=App(app),
        repository=repository,
        app_id=facts.id,
        app_login=facts.login,
        git_token=auth,
        web_url=settings.github_url,
    )


def _app_auth(settings: Settings) -> AppAuth:
    app_id, private_key = settings.required_app()
    # Read once: reading checks the primes, which takes longer than signing.
    key = _rsa_key(private_key)

    def sign(payload: dict[str, Any]) -> str:
        return jwt.encode(payload, key=key, algorithm=DEFAULT_JWT_ALGORITHM)

    return AppAuth(app_id, sign_func=sign)


def _rsa_key(pem: str) -> RSAPrivateKey:
    try:
        key = load_pem_private_key(pem.encode("ascii"), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise _not_a_key(f"it cannot be read: {type(error).__name__}") from error
    if not isinstance(key, RSAPrivateKey):
        raise _not_a_key("GitHub Apps sign with RSA keys, and this is another kind")
    return key


def _not_a_key(why: str) -> ConfigurationInvalid:
    return ConfigurationInvalid(
        "P2A_GITHUB_PRIVATE_KEY is not an RSA private key",
        why=why,
        next_step="give the whole .pem file that GitHub made for the App, with its first and last "
        "line",
    )


def _requester(settings: Settings, auth: Auth) -> Requester:
    # At debug level PyGithub logs answers whole, and one of them holds the installation token.
    logging.getLogger("github.Requester").setLevel(logging.INFO)
    return Requester(
        auth=auth,
        base_url=settings.api_url,
        timeout=ANSWER_SECONDS,
        user_agent=USER_AGENT,
        per_page=PER_PAGE,
        verify=True,
        retry=None,
        pool_size=None,
        seconds_between_requests=None,
        seconds_between_writes=None,
        api_version=API_VERSION_2022_11_28,
    )
