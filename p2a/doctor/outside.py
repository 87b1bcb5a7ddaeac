"""Checks of what lies outside: the GitHub App and the public address."""

from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

from p2a.doctor.finding import Finding, bad_part, bad_setting, from_error, ok, warn
from p2a.domain import Repository
from p2a.errors import ConfigurationInvalid, GitHubUnauthorized, GitHubUnavailable, P2AError
from p2a.github.app import AppFacts
from p2a.github.connect import connect_app
from p2a.github.retry import Patience
from p2a.github.token import WRITE_PERMISSIONS
from p2a.remote import Remote
from p2a.settings import Settings

EVENTS = ("issue_comment",)
"""Without these no command arrives."""
_IMPATIENT = Patience(tries=1, longest_wait=0.0)
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_LEVELS = {"read": 1, "write": 2, "admin": 3}


def check_webhook_secret(settings: Settings) -> Finding:
    """Look at the webhook secret's strength, never at its value."""
    part = "webhook secret"
    if not settings.webhook_secret:
        return warn(
            part,
            "P2A_WEBHOOK_SECRET is not set: `p2a serve` does not start",
            "set it to the App's webhook secret, for example from: openssl rand -hex 32",
        )
    try:
        secret = settings.required_secret()
    except ConfigurationInvalid as error:
        return from_error(part, error)
    return ok(part, f"set, {len(secret)} characters")


def check_app(settings: Settings, clock: Callable[[], datetime]) -> Finding:
    """Sign in as the GitHub App and compare its permissions with what we need."""
    part = "github app"
    if settings.app_id is None and not settings.private_key:
        return warn(
            part,
            "P2A_GITHUB_APP_ID and P2A_GITHUB_PRIVATE_KEY are not set: nothing on GitHub; "
            "`p2a run`, `p2a check` and `p2a graph` need no App",
            "make a GitHub App and set both; see docs/operating.md",
        )
    try:
        with connect_app(
            settings, clock=clock, sleep=lambda _seconds: None, patience=_IMPATIENT
        ) as app:
            facts = app.facts()
    except GitHubUnauthorized as error:
        return bad_setting(
            part,
            f"{settings.api_url} does not accept the App's key: {error.why or error.what}",
            "check P2A_GITHUB_APP_ID, the key, and this machine's clock",
        )
    except GitHubUnavailable:
        return bad_part(
            part,
            f"{settings.api_url} does not answer",
            "check P2A_GITHUB_URL and this machine's network, then ask again",
        )
    except P2AError as error:
        return from_error(part, error)
    return _equipped(part, facts, settings)


def _equipped(part: str, facts: AppFacts, settings: Settings) -> Finding:
    found = f"signed in at {settings.api_url} as {facts.slug}"
    lacking = [
        f"{name}: {level}"
        for name, level in WRITE_PERMISSIONS.items()
        if _LEVELS.get(facts.permissions.get(name, ""), 0) < _LEVELS[level]
    ]
    if lacking:
        found = f"{found}, but without the permissions {', '.join(lacking)}"
        return bad_setting(part, found, "grant them on the App's settings page")
    unheard = [event for event in EVENTS if event not in facts.events]
    if unheard:
        found = f"{found}, but not subscribed to {', '.join(unheard)}"
        return bad_setting(part, found, "subscribe to them on the App's settings page")
    return ok(part, found)


def check_git_transport(settings: Settings) -> Finding:
    """Look whether others on the network could read the token that git sends."""
    part = "github url"
    try:
        remote = Remote.on_github(settings.github_url, Repository(1, "owner", "name"), token=None)
    except ConfigurationInvalid as error:
        return from_error(part, error)
    if not remote.is_private_link:
        return warn(part, f"{settings.github_url}: tokens travel unencrypted", "use https")
    return ok(part, settings.github_url)


def check_public_url(settings: Settings) -> Finding:
    """Look at the address that heads the links to files."""
    part = "public url"
    if settings.public_url is None:
        return warn(
            part,
            "P2A_PUBLIC_URL is not set: no links to graphs and reports",
            "set it to the address under which users reach `p2a serve`",
        )
    parts = urlsplit(settings.public_url)
    if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
        return warn(part, f"{settings.public_url}: signed links travel unencrypted", "use https")
    return ok(part, settings.public_url)
