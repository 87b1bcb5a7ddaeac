"""A running playground with a repository, people of each level, and an App with a hook."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
import jwt
import pytest
from github import Auth, Github, GithubIntegration
from github.Repository import Repository

from playground.records import App
from playground.server import Playground
from playground.world import Login
from tests.contract.playground_contract import assert_answers
from tests.fakes.app_key import app_keys
from tests.fakes.hook_server import HookServer
from tests.fakes.stopwatch import Stopwatch

REPOSITORY = "/repos/olga/demo"
SECRET = "hook secret"


@dataclass
class Scene:
    """What the tests of the playground play on."""

    playground: Playground
    clock: Stopwatch
    hook: HookServer
    owner: Login
    writer: Login
    triager: Login
    reader: Login
    app: App
    installation_id: int
    closing: ExitStack = field(default_factory=ExitStack)

    def client(self, token: str | None = None, **headers: str) -> httpx.Client:
        """Return an HTTP client of the REST API with that token, anonymous without one."""
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        client = httpx.Client(base_url=self.playground.api_url, headers=headers, trust_env=False)
        return self.closing.enter_context(client)

    def jwt(self, **claims: Any) -> str:
        """Return a JWT of the App; `claims` replace the usual ones, None takes one away."""
        now = int(self.clock().timestamp())
        usual = {"iss": str(self.app.id), "iat": now - 60, "exp": now + 540, **claims}
        kept = {name: value for name, value in usual.items() if value is not None}
        # Not by `jwt.encode`, which refuses a number as the issuer; GitHub takes it.
        body = json.dumps(kept).encode()
        return jwt.PyJWS().encode(body, self.app.private_key_pem, algorithm="RS256")

    def as_app(self) -> httpx.Client:
        """Return a client with the App's JWT."""
        return self.client(self.jwt())

    def token(self, **narrowing: Any) -> str:
        """Return a new installation token."""
        path = f"/app/installations/{self.installation_id}/access_tokens"
        answer = self.as_app().post(path, json=narrowing)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["token"])

    def pygithub(self, token: str) -> Github:
        """Return a foreign client with that token."""
        github = Github(
            auth=Auth.Token(token),
            base_url=self.playground.api_url,
            retry=None,
            seconds_between_requests=0,
            seconds_between_writes=0,
        )
        self.closing.callback(github.close)
        return github

    def repository(self, token: str) -> Repository:
        """Return the repository as the foreign client sees it."""
        return self.pygithub(token).get_repo("olga/demo")

    def integration(self) -> GithubIntegration:
        """Return the foreign client of the App itself."""
        auth = Auth.AppAuth(self.app.id, self.app.private_key_pem)
        integration = GithubIntegration(auth=auth, base_url=self.playground.api_url, retry=None)
        self.closing.callback(integration.close)
        return integration

    def pass_time(self, **amount: float) -> None:
        """Move the playground's clock on."""
        self.clock.now += timedelta(**amount)

    def settled(self) -> HookServer:
        """Return the hook once all deliveries came to an end."""
        assert self.playground.webhooks.settle()
        return self.hook


@pytest.fixture
def clock() -> Stopwatch:
    """A clock that stands still until told."""
    return Stopwatch()


@pytest.fixture
def scene(clock: Stopwatch) -> Iterator[Scene]:
    """The scene, its time standing still; foreign App clients need the real time."""
    with ExitStack() as closing:
        hook = closing.enter_context(HookServer())
        playground = closing.enter_context(Playground.start(clock=clock, webhook_seconds=5))
        yield build_scene(playground, clock=clock, hook=hook, closing=closing)
        assert_answers(playground)


def build_scene(
    playground: Playground, *, clock: Stopwatch, hook: HookServer, closing: ExitStack
) -> Scene:
    """Seed the world."""
    world = playground.world
    owner, writer, triager, reader = map(world.add_user, ("olga", "wim", "tara", "rita"))
    world.add_repository("olga", "demo")
    world.set_permission("olga/demo", "wim", "write")
    world.set_permission("olga/demo", "tara", "triage")
    app = world.add_app("p2a", webhook_url=hook.url, webhook_secret=SECRET, key_pair=app_keys())
    installation_id = world.install(app, "olga/demo")
    return Scene(
        playground=playground,
        clock=clock,
        hook=hook,
        owner=owner,
        writer=writer,
        triager=triager,
        reader=reader,
        app=app,
        installation_id=installation_id,
        closing=closing,
    )
