"""A running playground with people, an App and a repository in it, and ways to speak to it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from github import Auth, Github, GithubIntegration
from github.Repository import Repository

from playground.git_facts import store_of
from playground.git_store import GitStore
from playground.records import App, Event
from playground.server import Playground
from playground.shapes import hooks
from playground.world import Login
from tests.fakes.app_key import app_keys

FULL_NAME = "octo/uploader"
BASE = f"/repos/{FULL_NAME}"


@dataclass
class Town:
    """The parts of a started playground, as tests use them."""

    playground: Playground
    owner: Login
    writer: Login
    reader: Login
    app: App
    installation_id: int
    closing: ExitStack
    events: list[Event] = field(default_factory=list)
    payloads: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def listen(self) -> None:
        """Keep every event and its payload from now on."""
        self.playground.world.listen(self._take)

    def _take(self, event: Event) -> None:
        self.events.append(event)
        installations = self.playground.world.installations
        target = installations.get(self.installation_id)
        self.payloads.append((event.name, hooks.payload(event, self.playground.view, target)))

    def payloads_of(self, name: str) -> list[dict[str, Any]]:
        """Return the payloads of the events of that name, oldest first."""
        return [payload for event, payload in self.payloads if event == name]

    @property
    def told(self) -> list[tuple[str, str | None]]:
        """Return name and action of the events since the last look, and forget them."""
        told = [(event.name, event.action) for event in self.events]
        self.events.clear()
        return told

    @property
    def store(self) -> GitStore:
        """Return the repository's object store."""
        world = self.playground.world
        return store_of(world, world.named(FULL_NAME).id)

    @property
    def head(self) -> str:
        """Return the newest commit of the default branch."""
        sha = self.store.branch("main")
        assert sha is not None
        return sha

    @property
    def app_token(self) -> str:
        """Return a new installation token."""
        auth = Auth.AppAuth(self.app.id, self.app.private_key_pem)
        with GithubIntegration(
            auth=auth,
            base_url=self.playground.api_url,
            seconds_between_requests=0,
            seconds_between_writes=0,
            retry=None,
        ) as integration:
            return integration.get_access_token(self.installation_id).token

    def repository(self, token: str) -> Repository:
        """Return PyGithub's view of the repository."""
        github = Github(
            auth=Auth.Token(token),
            base_url=self.playground.api_url,
            seconds_between_requests=0,
            seconds_between_writes=0,
            retry=None,
        )
        self.closing.callback(github.close)
        return github.get_repo(FULL_NAME)

    def http(self, token: str | None = None) -> httpx.Client:
        """Return a plain client for the REST API."""
        headers = {"User-Agent": "tests"}
        if token is not None:
            headers["Authorization"] = f"token {token}"
        client = httpx.Client(base_url=self.playground.api_url, headers=headers, timeout=60)
        return self.closing.enter_context(client)

    def git_url(self, token: str | None = None) -> str:
        """Return the address to clone from, with a token in it."""
        url = f"{self.playground.url}/{FULL_NAME}.git"
        if token is None:
            return url
        return url.replace("http://", f"http://x-access-token:{token}@")


@contextmanager
def open_town(sample: Path, *, private: bool = False, app_name: str = "p2a") -> Iterator[Town]:
    """Start a playground with the sample repository, three users and an installed App."""
    with Playground.start() as playground, ExitStack() as closing:
        world = playground.world
        owner, writer, reader = (world.add_user(name) for name in ("octo", "mona", "rita"))
        world.add_repository("octo", "uploader", sample, private=private)
        world.set_permission(FULL_NAME, "mona", "write")
        world.set_permission(FULL_NAME, "rita", "read")
        app = world.add_app(app_name, key_pair=app_keys())
        installation_id = world.install(app, FULL_NAME)
        town = Town(playground, owner, writer, reader, app, installation_id, closing)
        town.listen()
        yield town
