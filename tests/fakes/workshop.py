"""A worker's whole surroundings on this machine: playground, scripted model, store and engine."""

import json
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests

from p2a.checkout import Cache
from p2a.domain import (
    AgentType,
    DeliveryRecord,
    NewWorkflow,
    Origin,
    Repository,
    Workflow,
    WorkflowKind,
    WorkflowStatus,
)
from p2a.git import find_git
from p2a.github.connect import installation_gateway
from p2a.github.gateway import Gateway
from p2a.github.pace import Pace
from p2a.github.retry import Patience
from p2a.model_settings import ModelSettings
from p2a.record.archive import record_of
from p2a.record.clock import HeldClock
from p2a.record.form import Record
from p2a.settings import Settings
from p2a.store.engine import open_engine
from p2a.store.migrate import migrate
from p2a.store.store import Store
from p2a.tape import Tape
from playground.gemini import GeminiPeer
from playground.server import Playground
from playground.world import Login
from tests.fakes.app_key import app_keys
from tests.fakes.supervisor import Impatient
from worker.code_finder import CodeFinder
from worker.command_run import Laboratory
from worker.engine import Engine
from worker.model.interface import Model, Supervisor
from worker.model.open import open_model
from worker.model.retry import RetryPolicy
from worker.recording import recording

NO_LABORATORY = Laboratory(None, None, reason="no sandbox in this test")
FULL_NAME = "octo/uploader"


def now() -> datetime:
    return datetime.now(UTC)


def reply(agent: str, turn: int = 0, *, calls: Any = (), **outcome: Any) -> dict[str, Any]:
    """Return one reply of a script: calls of tools, or an outcome as JSON text."""
    if calls:
        made = [{"name": name, "args": args} for name, args in calls]
        return {"agent": agent, "turn": turn, "calls": made}
    return {"agent": agent, "turn": turn, "text": json.dumps(outcome)}


def small_script(**changes: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a script for a chain that edits one file; `changes` replace an agent's replies."""
    edit = {
        "path": "src/uploader/pieces.py",
        "old": "PIECE_SIZE = 1024",
        "new": "PIECE_SIZE = 2048",
    }
    parts: dict[str, list[dict[str, Any]]] = {
        "COORDINATOR": [reply("COORDINATOR", kind="feature", title="Send more", summary="Bigger.")],
        "PLANNER": [
            reply(
                "PLANNER", task="Double it", acceptance_criteria=["2048"], steps=["edit"], files=[]
            )
        ],
        "DEVELOPER": [
            reply("DEVELOPER", 0, calls=[("edit", edit)]),
            reply("DEVELOPER", 1, calls=[("done", {"summary": "Pieces are bigger."})]),
        ],
        "REVIEWER": [reply("REVIEWER", verdict="approve", summary="fine", findings=[])],
        "TESTER": [reply("TESTER", summary="no tests needed", edits=[])],
        "DOCUMENTER": [reply("DOCUMENTER", summary="nothing to say", edits=[])],
        "QUALITY": [reply("QUALITY", feedback="small", recommendations=["more docstrings"])],
    }
    replies = [item for part in {**parts, **changes}.values() for item in part]
    return {"format": "p2a-script/1", "replies": replies}


@dataclass
class Workshop:
    """Everything around one repository with one issue."""

    playground: Playground
    peer: GeminiPeer
    settings: Settings
    store: Store
    repository: Repository
    installation_id: int
    ann: Login
    bob: Login
    """Who may only read."""
    laboratory: Laboratory = NO_LABORATORY
    model_waits: list[float] = field(default_factory=list)
    issue: int = 0
    clock: HeldClock = field(default_factory=lambda: HeldClock(now))
    _comments: int = 0

    def engine(self, **changes: Any) -> Engine:
        """Return an engine as a new worker process would have it."""
        engine = Engine(
            settings=self.settings,
            store=self.store,
            clock=self.clock,
            owner="test",
            cache=Cache(self.settings.data_dir / "cache", program=find_git()),
            laboratory=self.laboratory,
            finder=CodeFinder(self.settings.data_dir / "cache"),
            open_gateway=self.open_gateway,
            open_model=self.open_model,
            first_backoff=0.0,
        )
        return replace(engine, **changes)

    def open_gateway(
        self, workflow: Workflow, sleep: Callable[[float], None], tape: Tape
    ) -> Gateway:
        """Open the gateway without the waits between writes."""
        return installation_gateway(
            self.settings,
            installation_id=self.installation_id,
            repository=self.repository,
            clock=now,
            pace=Pace(clock=now, sleep=no_wait, write_gap=0),
            patience=Patience(tries=2, first_wait=0.0, longest_wait=1.0),
            tape=tape,
        )

    def open_model(self, supervisor: Supervisor, agent: AgentType) -> Model:
        """Open the real adapter on the scripted peer; waits are noted, not done."""
        noted = Impatient(supervisor, self.model_waits)
        policy = RetryPolicy(attempts=3)
        return open_model(self.settings.models, noted, agent, chance=lambda: 0.0, policy=policy)

    def command(
        self,
        kind: WorkflowKind,
        prompt: str = "",
        *,
        by: Login | None = None,
        budget_usd: float | None = None,
        title: str = "Uploads are lost",
        body: str = "It fails {{7*7}} {0.__class__}",
        **origin: Any,
    ) -> str:
        """Store a workflow as the web door does for a comment and return its id."""
        who = by or self.ann
        comment = self.post(f"issues/{self.issue}/comments", {"body": f"/p2a {prompt}"}, by=who)
        self._comments += 1
        values: dict[str, Any] = {
            "key": f"comment:{self.repository.id}:{comment['id']}",
            "repository": self.repository,
            "installation_id": self.installation_id,
            "number": self.issue,
            "is_pull_request": False,
            "user": who.login,
            "user_id": who.id,
            "comment_id": comment["id"],
        }
        new = NewWorkflow(
            kind=kind,
            origin=Origin(**{**values, **origin}),
            title=title,
            body=body,
            prompt=prompt,
            budget_usd=budget_usd,
        )
        delivery = DeliveryRecord(
            guid=f"guid-{new.id}",
            event="issue_comment",
            action="created",
            digest="0" * 64,
            received_at=now(),
        )
        return self.store.record_delivery(delivery, new).workflow_id

    def perform(self, workflow_id: str, **changes: Any) -> WorkflowStatus | None:
        """Let a new worker work on a workflow."""
        return self.engine(**changes).perform(workflow_id)

    def record(self, workflow_id: str, **changes: Any) -> WorkflowStatus | None:
        """Let a new worker work on a workflow and write down what it meets."""
        laboratory = changes.get("laboratory", self.laboratory)
        tape = recording(self.settings, self.store, laboratory, self.clock)
        return self.perform(workflow_id, open_tape=tape, **changes)

    def record_of(self, workflow_id: str) -> Record:
        """Return what was written down."""
        return record_of(workflow_id, self.store.record_parts(workflow_id))

    def get(self, path: str) -> Any:
        """Return what the API says to a person with access."""
        answer = requests.get(self._url(path), headers=self._headers(self.ann), timeout=30)
        answer.raise_for_status()
        return answer.json()

    def post(self, path: str, body: Mapping[str, Any], *, by: Login | None = None) -> Any:
        """Do something as a person."""
        headers = self._headers(by or self.ann)
        answer = requests.post(self._url(path), json=body, headers=headers, timeout=30)
        answer.raise_for_status()
        return answer.json()

    def bot_comments(self) -> list[str]:
        """Return the texts of our App's comments on the issue."""
        comments = self.get(f"issues/{self.issue}/comments?per_page=100")
        return [one["body"] for one in comments if one["user"]["type"] == "Bot"]

    def reactions(self, comment_id: int) -> list[str]:
        """Return the reactions on a comment."""
        return [one["content"] for one in self.get(f"issues/comments/{comment_id}/reactions")]

    def _url(self, path: str) -> str:
        return f"{self.playground.api_url}/repos/{FULL_NAME}/{path}"

    def _headers(self, login: Login) -> dict[str, str]:
        return {"Authorization": f"Bearer {login.token}"}


def start_workshop(
    closing: ExitStack,
    folder: Path,
    source: Path,
    script: Mapping[str, Any] | None = None,
    **settings: Any,
) -> Workshop:
    """Start a playground with the repository `source` and a scripted model; `closing` ends them."""
    path = write_script(folder / "script.json", script or small_script())
    playground = closing.enter_context(Playground.start())
    peer = closing.enter_context(GeminiPeer.start(path))
    world = playground.world
    ann, bob = world.add_user("ann"), world.add_user("bob")
    owner, _, name = FULL_NAME.partition("/")
    record = world.add_repository(owner, name, source)
    world.set_permission(FULL_NAME, "ann", "write")
    world.set_permission(FULL_NAME, "bob", "read")
    app = world.add_app("p2a-test", key_pair=app_keys())
    values: dict[str, Any] = {
        "data_dir": folder / "data",
        "database_url": f"sqlite:///{folder}/p2a.db",
        "github_url": playground.url,
        "app_id": app.id,
        "private_key": app.private_key_pem,
        "models": ModelSettings(keys={"gemini": "test-key"}, urls={"gemini": peer.url}),
        "public_url": "http://127.0.0.1:9",
        "progress_seconds": 0.0,
    }
    whole = Settings(**{**values, **settings})
    database = open_engine(whole.database_url)
    closing.callback(database.dispose)
    migrate(database)
    clock = HeldClock(now)
    workshop = Workshop(
        playground=playground,
        peer=peer,
        settings=whole,
        store=Store(database, clock),
        clock=clock,
        repository=Repository(record.id, owner, name),
        installation_id=world.install(app, FULL_NAME),
        ann=ann,
        bob=bob,
    )
    workshop.issue = workshop.post("issues", {"title": "Uploads are lost"})["number"]
    return workshop


def no_wait(seconds: float) -> None:
    """Do not wait."""


def write_script(path: Path, script: Mapping[str, Any]) -> Path:
    """Write a model's script."""
    path.write_text(json.dumps(script), encoding="utf-8")
    return path
