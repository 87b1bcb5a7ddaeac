"""One workflow's surroundings in this process: playground, web door, scripted models, store, recording engine."""

import json
import os
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from secrets import token_hex
from typing import Any, Self

import httpx
import uvicorn

from bot.app import create_app
from p2a.checkout import Cache
from p2a.domain import AgentType, Workflow, WorkflowStatus
from p2a.git import find_git
from p2a.github.connect import installation_gateway
from p2a.github.gateway import Gateway
from p2a.github.pace import Pace
from p2a.github.retry import Patience
from p2a.record.archive import record_of
from p2a.record.clock import HeldClock
from p2a.record.form import Record
from p2a.settings import Settings
from p2a.store.engine import open_engine
from p2a.store.migrate import migrate
from p2a.store.store import Store
from p2a.tape import Tape
from playground.anthropic_peer import start_anthropic_peer
from playground.gemini import GeminiPeer
from playground.openai_peer import start_openai_peer
from playground.server import Playground
from playground.world import Login
from worker.code_finder import CodeFinder
from worker.engine import Engine
from worker.job import now
from worker.laboratory import open_laboratory
from worker.model.interface import Model, Supervisor
from worker.model.open import open_model
from worker.model.retry import RetryPolicy
from worker.recording import recording

REPOSITORY = "acme/uploader"
MOST_TRIES = 6
SECONDS = 30.0
KEY = "sk-Bench7Kq2Zr9Xw4Lm8Tv3Nc6Pd1Gh5Jf0"
"""The models' key: it must not be in any record."""
PEERS = {
    "gemini": GeminiPeer.start,
    "google-generativeai": GeminiPeer.start,
    "openai": start_openai_peer,
    "anthropic": start_anthropic_peer,
}
KEY_VARIABLES = {
    "gemini": "GEMINI_API_KEY",
    "google-generativeai": "GEMINI_API_KEY",
    "openai": "OPENAI_API_KEY",
    "anthropic": "ANTHROPIC_API_KEY",
}


@dataclass
class Stage:
    """Everything around one repository."""

    folder: Path
    sample: Path
    script: Mapping[str, Any]
    model: str = "gemini/gemini-3-pro-preview"
    environ: Mapping[str, str] = field(default_factory=dict)
    started: list[str] = field(default_factory=list)
    """The workflows that deliveries started, in their order."""

    def __enter__(self) -> Self:
        with ExitStack() as closing:
            self._open(closing)
            self._closing = closing.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.close()

    def _open(self, closing: ExitStack) -> None:
        path = self.folder / "script.json"
        path.write_text(json.dumps(self.script), encoding="utf-8")
        vendor = self.model.partition("/")[0]
        self.playground = closing.enter_context(Playground.start())
        self.peer = closing.enter_context(PEERS[vendor](path, key=KEY))
        self._secret = token_hex(32)
        self.clock = HeldClock(now)
        database = open_engine(f"sqlite:///{self.folder}/p2a.db")
        closing.callback(database.dispose)
        migrate(database)
        self.store = Store(database, self.clock)
        self._open_door(closing)
        self._seed()
        suffix = "/v1" if vendor == "openai" else ""
        self.settings = Settings.from_environ(
            {
                "P2A_DATA_DIR": str(self.folder / "data"),
                "P2A_GITHUB_URL": self.playground.url,
                "P2A_GITHUB_APP_ID": str(self.app.id),
                "P2A_GITHUB_PRIVATE_KEY": self.app.private_key_pem,
                "P2A_WEBHOOK_SECRET": self._secret,
                "P2A_PUBLIC_URL": self.door_url,
                "P2A_MODEL": self.model,
                "P2A_MODEL_URL": f"{self.peer.url}{suffix}",
                KEY_VARIABLES[vendor]: KEY,
                "P2A_PROGRESS_SECONDS": "0",
                "P2A_SANDBOX": "none",
                **self.environ,
            }
        )

    def _open_door(self, closing: ExitStack) -> None:
        door = create_app(
            self.store,
            secret=self._secret,
            repositories=("*/*",),
            enqueue=self.started.append,
            clock=self.clock,
        )
        server = uvicorn.Server(uvicorn.Config(door, port=0, log_config=None))
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        closing.callback(thread.join)
        closing.callback(setattr, server, "should_exit", True)
        until(lambda: server.started)
        port = server.servers[0].sockets[0].getsockname()[1]
        self.door_url = f"http://127.0.0.1:{port}"

    def _seed(self) -> None:
        world = self.playground.world
        owner, _, name = REPOSITORY.partition("/")
        world.add_user(owner, "Organization")
        self.ann, self.bob = world.add_user("ann"), world.add_user("bob")
        world.add_repository(owner, name, self.sample)
        world.set_permission(REPOSITORY, "ann", "write")
        world.set_permission(REPOSITORY, "bob", "read")
        self.app = world.add_app(
            "p2a", webhook_url=f"{self.door_url}/webhook", webhook_secret=self._secret
        )
        world.install(self.app, REPOSITORY)

    # People -----------------------------------------------------------------------------------

    def issue(self, title: str = "Uploads are lost", body: str = "Pieces vanish.") -> int:
        """Open an issue as ann."""
        return int(self.post("issues", {"title": title, "body": body})["number"])

    def comment(self, number: int, text: str, *, by: Login | None = None) -> str:
        """Comment, and return the workflow that the delivery started."""
        before = len(self.started)
        self.post(f"issues/{number}/comments", {"body": text}, by=by)
        return self.next_workflow(before)

    def next_workflow(self, before: int) -> str:
        """Wait for the workflow that is started after so many others."""
        until(lambda: len(self.started) > before)
        return self.started[before]

    def pull(self, files: Mapping[str, str], *, branch: str = "topic") -> tuple[int, str]:
        """Open a pull request with changed files; return its number and the workflow that it started."""
        main = self.get("branches/main")["commit"]["sha"]
        entries = [
            {"path": path, "mode": "100644", "type": "blob", "content": text}
            for path, text in files.items()
        ]
        tree = self.post("git/trees", {"base_tree": main, "tree": entries})["sha"]
        commit = self.post("git/commits", {"message": "Change", "tree": tree, "parents": [main]})
        self.post("git/refs", {"ref": f"refs/heads/{branch}", "sha": commit["sha"]})
        before = len(self.started)
        pull = self.post(
            "pulls", {"title": "Mine", "head": branch, "base": "main", "body": "Look."}
        )
        return int(pull["number"]), self.next_workflow(before)

    def get(self, path: str) -> Any:
        """Ask the API as ann."""
        return self._ask("GET", path, None, self.ann)

    def post(self, path: str, body: Mapping[str, Any], *, by: Login | None = None) -> Any:
        """Do something as a person."""
        return self._ask("POST", path, body, by or self.ann)

    def _ask(self, verb: str, path: str, body: Any, who: Login) -> Any:
        url = f"{self.playground.api_url}/repos/{REPOSITORY}/{path}"
        headers = {"Authorization": f"Bearer {who.token}"}
        return (
            httpx.request(verb, url, json=body, headers=headers, timeout=60)
            .raise_for_status()
            .json()
        )

    # The worker ---------------------------------------------------------------------------------

    def work(self, workflow_id: str, **changes: Any) -> WorkflowStatus:
        """Let workers work on a workflow until it is left in a final state, or waits."""
        for _ in range(MOST_TRIES):
            status = self.engine(**changes).perform(workflow_id)
            if status is not None and status is not WorkflowStatus.PENDING:
                return status
        return self.store.workflow(workflow_id).status

    def engine(self, **changes: Any) -> Engine:
        """Return an engine as a new worker has it, but without the waits between writes."""
        settings = changes.pop("settings", self.settings)
        laboratory = open_laboratory(settings)
        engine = Engine(
            settings=settings,
            store=self.store,
            clock=self.clock,
            owner="benchmark",
            cache=Cache(settings.data_dir / "cache", program=find_git()),
            laboratory=laboratory,
            finder=CodeFinder(settings.data_dir / "cache"),
            open_gateway=partial(self._gateway, settings),
            open_model=partial(self._model, settings),
            first_backoff=0.0,
            open_tape=recording(settings, self.store, laboratory, self.clock),
        )
        return replace(engine, **changes)

    def _gateway(
        self, settings: Settings, workflow: Workflow, sleep: Callable[[float], None], tape: Tape
    ) -> Gateway:
        return installation_gateway(
            settings,
            installation_id=workflow.origin.installation_id,
            repository=workflow.origin.repository,
            clock=self.clock,
            pace=Pace(clock=self.clock, sleep=_no_wait, write_gap=0),
            patience=Patience(first_wait=0.0),
            tape=tape,
        )

    def _model(self, settings: Settings, supervisor: Supervisor, agent: AgentType) -> Model:
        policy = RetryPolicy(first_wait=0.01)
        return open_model(settings.models, supervisor, agent, policy=policy)

    def record(self, workflow_id: str) -> Record:
        """Return what was recorded of a workflow."""
        return record_of(workflow_id, self.store.record_parts(workflow_id))

    def secrets(self) -> list[str]:
        """Return values that no record may hold."""
        lines = self.app.private_key_pem.splitlines()[1:-1]
        return [KEY, self._secret, *lines]


def until(condition: Callable[[], bool]) -> None:
    """Wait for something that another thread does."""
    deadline = time.monotonic() + SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("it did not happen in time")
        time.sleep(0.01)


def sandbox() -> dict[str, str]:
    """Return the setting with which commands are really run."""
    return {"P2A_SANDBOX": "auto", "PATH": os.environ["PATH"]}


def _no_wait(seconds: float) -> None:
    """Do not wait."""
