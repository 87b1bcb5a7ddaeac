"""Ourselves as a GitHub App: who we are and where we are installed."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

from p2a.github.request import Request
from p2a.github.wire import Wire


@dataclass(frozen=True, slots=True)
class AppFacts:
    """The App as GitHub knows it."""

    id: int
    slug: str
    permissions: Mapping[str, str]
    events: tuple[str, ...]

    @property
    def login(self) -> str:
        """Return the login under which the App writes."""
        return f"{self.slug}[bot]"


@dataclass(frozen=True, slots=True)
class Installation:
    """Where the App was installed and what it was given there."""

    id: int
    account: str
    permissions: Mapping[str, str]
    is_suspended: bool


class App:
    """What is asked with the App's own key; everything else is an installation's to ask."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire

    def facts(self) -> AppFacts:
        """Return who we are; the cheapest way to find out whether the key is accepted."""
        request = Request("GET", "/app", "authenticate as the GitHub App")
        return self.wire.ask(request, _read_app)

    def facts_of(self, slug: str) -> AppFacts:
        """Return what everybody may know of an App.

        Raises:
            GitHubNotFound: there is none of this name, or it is a private one.
        """
        request = Request("GET", f"/apps/{quote(slug, safe='')}", f"find the GitHub App {slug}")
        return self.wire.ask(request, _read_app)

    def installation_of(self, owner: str, name: str) -> Installation:
        """Return the installation that covers a repository.

        Raises:
            GitHubNotFound: the App is not installed there.
        """
        path = f"/repos/{quote(owner, safe='')}/{quote(name, safe='')}/installation"
        request = Request("GET", path, f"find the App's installation for {owner}/{name}")
        return self.wire.ask(request, _read_installation)

    def close(self) -> None:
        """Close the connections."""
        self.wire.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _read_app(data: Any) -> AppFacts:
    return AppFacts(
        id=int(data["id"]),
        slug=data["slug"],
        permissions=dict(data["permissions"]),
        events=tuple(data["events"]),
    )


def _read_installation(data: Any) -> Installation:
    return Installation(
        id=int(data["id"]),
        account=data["account"]["login"],
        permissions=dict(data["permissions"]),
        is_suspended=bool(data.get("suspended_at")),
    )
