"""A playground with a repository and an App, and somebody who hears its webhooks."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playground.records import App
from playground.server import Playground
from playground.world import Login
from tests.fakes.app_key import app_keys
from tests.fakes.hook_receiver import HookReceiver

SECRET = "it is a secret"
OWNER, NAME = "ada", "calc"
EVERY_EVENT = (
    "check_run",
    "check_suite",
    "issue_comment",
    "issues",
    "pull_request",
    "pull_request_review",
    "pull_request_review_comment",
    "push",
    "status",
)


@dataclass(frozen=True, slots=True)
class Stage:
    """What a scenario needs."""

    playground: Playground
    receiver: HookReceiver
    ada: Login
    guest: Login
    app: App
    installation_id: int
    sha: str
    """The newest commit of `main`."""


@contextmanager
def stage(folder: Path) -> Iterator[Stage]:
    """Run a playground with `ada/calc`, a guest who may write, and an installed App."""
    source = folder / "source"
    sha = make_repository(source)
    with HookReceiver() as receiver, Playground.start() as playground:
        world = playground.world
        ada, guest = world.add_user(OWNER), world.add_user("guest")
        world.add_repository(OWNER, NAME, source)
        world.set_permission(f"{OWNER}/{NAME}", "guest", "write")
        app = world.add_app(
            "prompt2action",
            webhook_url=receiver.url,
            webhook_secret=SECRET,
            events=EVERY_EVENT,
            key_pair=app_keys(),
        )
        installation_id = world.install(app, f"{OWNER}/{NAME}")
        yield Stage(
            playground=playground,
            receiver=receiver,
            ada=ada,
            guest=guest,
            app=app,
            installation_id=installation_id,
            sha=sha,
        )


def make_repository(folder: Path) -> str:
    """Make a git repository with two commits and return the newer one's id."""
    folder.mkdir(parents=True)
    _git(folder, "init", "--quiet", "--initial-branch=main")
    for number, text in enumerate(("def add(a, b):\n    return a - b\n", "# calc\n")):
        (folder / ("calc.py", "README.md")[number]).write_text(text, encoding="utf-8")
        _git(folder, "add", ".")
        _git(folder, "commit", "--quiet", "-m", f"Commit {number}")
    return _git(folder, "rev-parse", "HEAD").strip()


def _git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    settings = (*identity, "-c", "commit.gpgsign=false")
    done = subprocess.run(
        ["git", *settings, *arguments],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.stdout
