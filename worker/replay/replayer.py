"""Works a recorded workflow again, try by try, and compares all that it does with the record."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import TypeAdapter, ValidationError

from p2a.checkout import Cache, kept_name
from p2a.domain import Awaited, DeliveryRecord, Lease, NewWorkflow, Workflow, WorkflowStatus
from p2a.errors import GitFailed
from p2a.git import Git, find_git
from p2a.github.connect import installation_gateway
from p2a.github.gateway import Gateway
from p2a.github.pace import Pace
from p2a.model_settings import ModelSettings
from p2a.objects import lay_out
from p2a.record.clock import HeldClock
from p2a.record.difference import Difference, Differs
from p2a.record.form import FULL, Event, Record, unreadable
from p2a.record.player import Abandoned, Player
from p2a.sandbox.interface import StoppableSandbox
from p2a.scratch import scratch
from p2a.settings import Settings
from p2a.store.engine import open_engine
from p2a.store.migrate import migrate
from p2a.store.store import Store
from p2a.store.waits import NOTES, REPLIES, SIGNAL
from p2a.tape import Tape
from worker.code_finder import CodeFinder
from worker.command_run import Laboratory
from worker.engine import Engine
from worker.replay.parts import PlayedSandbox, StillPulse, no_sleep, played_model
from worker.replay.webhook import KIND, differing_start
from worker.taped_sandbox import load_environment

OWNER = "replay"
KEY_BITS = 2048
_MODELS = TypeAdapter(ModelSettings)
_WORKFLOW = TypeAdapter(Workflow)


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came of a replay."""

    workflow_id: str
    tries: int
    status: str
    """In which the record leaves the workflow."""
    events: Mapping[str, int]
    """How many events of each kind were the same."""
    difference: Difference | None = None

    @property
    def is_equal(self) -> bool:
        """Whether everything was the same, byte for byte."""
        return self.difference is None


def replay(record: Record, *, laboratory: Laboratory | None = None) -> Replayed:
    """Run a recorded workflow again, from the record alone.

    Args:
        record: of whatever origin; it is data, and nothing of it is run without a laboratory.
        laboratory: where its commands are run again, to compare how they end; by default nowhere.

    Raises:
        RecordUnreadable: the record does not hold what a replay needs.
    """
    with scratch("replay") as folder:
        player = Player(record, verify_commands=laboratory is not None)
        database = open_engine(f"sqlite:///{folder}/p2a.db")
        try:
            migrate(database)
            clock = HeldClock(player.clock)
            stage = _Stage(record, player, folder, Store(database, clock), clock, laboratory)
            return stage.play()
        finally:
            database.dispose()


@dataclass(slots=True)
class _Stage:
    """Everything around the engine while a record is played."""

    record: Record
    player: Player
    folder: Path
    store: Store
    clock: HeldClock
    laboratory: Laboratory | None
    key: str = field(default_factory=lambda: _throwaway_key())
    tries: int = 0

    def play(self) -> Replayed:
        """Work every try of the record."""
        if any(event.kind == FULL for event in self.record.events):
            raise unreadable("it is not whole", why="the workflow met more than is kept")
        self._lay_out_objects()
        status = ""
        try:
            while (begin := self.player.begin()) is not None:
                self.tries += 1
                status = self._work(begin) or status
        except Differs as found:
            return self._replayed(status, found.difference)
        if not self.tries:
            raise unreadable("no try of the workflow is in it", why="it holds no event `begin`")
        return self._replayed(status, None)

    def _replayed(self, status: str, difference: Difference | None) -> Replayed:
        return Replayed(
            workflow_id=self.record.workflow_id,
            tries=self.tries,
            status=status,
            events=dict(self.player.matched),
            difference=difference,
        )

    def _work(self, begin: Event) -> str:
        workflow = _read(_WORKFLOW, begin.request, "workflow")
        self._set_up(workflow)
        _reply(self.store, workflow.id, begin.request.get("replies", {}))
        engine = self._engine(begin.request)
        try:
            engine.perform(workflow.id)
        except Abandoned:
            return ""
        left = self.player.left
        if left is not None:
            raise Differs(Difference(left, lane=left.lane, kind="", got=None))
        return self.store.workflow(workflow.id).status.value

    def _set_up(self, workflow: Workflow) -> None:
        """Bring the stored workflow to where others had brought it before this try."""
        if self.tries == 1:
            self._hold_delivery(workflow)
            with self.clock.held(workflow.created_at):
                _store_new(self.store, workflow)
        stored = self.store.workflow(workflow.id)
        if stored.status in {WorkflowStatus.FAILED, WorkflowStatus.CANCELLED}:
            self.store.reopen(workflow.id, budget_usd=workflow.budget_usd)
        if workflow.cancel_requested and not stored.cancel_requested:
            self.store.request_cancel(workflow.id, by=workflow.cancelled_by or "")

    def _hold_delivery(self, workflow: Workflow) -> None:
        """Decide the recorded delivery again, where there is one: the Action has none."""
        for event in self.record.events:
            found = differing_start(event, workflow) if event.kind == KIND else None
            if found is not None:
                raise Differs(found)

    def _engine(self, begin: Mapping[str, Any]) -> Engine:
        settings = self._settings(begin)
        return Engine(
            settings=settings,
            store=self.store,
            clock=self.player.clock,
            owner=OWNER,
            cache=Cache(settings.data_dir / "cache", program=find_git()),
            laboratory=self._laboratory(begin),
            finder=CodeFinder(settings.data_dir / "cache"),
            open_gateway=partial(self._gateway, settings),
            open_model=partial(played_model, settings.models, self.player.clock),
            first_backoff=0.0,
            open_tape=self._tape,
            open_pulse=StillPulse,
        )

    def _settings(self, begin: Mapping[str, Any]) -> Settings:
        kept = dict(begin["settings"])
        models = _read(_MODELS, kept, "models")
        kept.pop("models")
        has_test_env = kept.pop("has_test_env", False)
        try:
            return Settings(
                data_dir=self.folder / "data",
                database_url=f"sqlite:///{self.folder}/p2a.db",
                private_key=self.key,
                models=replace(models, keys={}),
                test_env=self.folder if has_test_env else None,
                **{name: _frozen(name, value) for name, value in kept.items()},
            )
        except (TypeError, KeyError) as error:
            raise unreadable("its settings are not of their form", why=str(error)) from error

    def _laboratory(self, begin: Mapping[str, Any]) -> Laboratory:
        facts = begin["laboratory"]
        if facts["sandbox"] is None:
            return Laboratory(None, None, reason=facts["reason"])
        python = load_environment(facts["python"]) if facts["python"] else None
        sandbox: StoppableSandbox = PlayedSandbox(facts["sandbox"])
        if self.laboratory is not None and self.laboratory.sandbox is not None:
            sandbox = self.laboratory.sandbox
            mounts = self.laboratory.python.mounts if self.laboratory.python else ()
            python = replace(python, mounts=mounts) if python else None
        return Laboratory(sandbox, python)

    def _gateway(
        self, settings: Settings, workflow: Workflow, sleep: Callable[[float], None], tape: Tape
    ) -> Gateway:
        return installation_gateway(
            settings,
            installation_id=workflow.origin.installation_id,
            repository=workflow.origin.repository,
            clock=self.player.clock,
            pace=Pace(clock=self.player.clock, sleep=no_sleep, write_gap=0),
            tape=tape,
        )

    def _tape(self, workflow: Workflow, lease: Lease) -> Tape:
        return self.player

    def _lay_out_objects(self) -> None:
        """Put the recorded git objects where a fetch would have put them."""
        kept = [event.answer for event in self.record.events if event.kind == "objects"]
        begins = [event for event in self.record.events if event.kind == "begin"]
        if not kept or not begins:
            return
        repository = _read(_WORKFLOW, begins[0].request, "workflow").origin.repository
        cache = self.folder / "data" / "cache"
        git = Git(find_git(), cache / f"{repository.id}.git")
        missing = [facts["missing"] for facts in kept if facts["missing"]]
        if missing and not self.record.packs:
            raise unreadable("its git objects were not kept", why=missing[0])
        try:
            for pack in self.record.packs:
                lay_out(git, pack, shallow=[sha for facts in kept for sha in facts["shallow"]])
            for sha in {sha for facts in kept for sha in facts["commits"]}:
                git.run("update-ref", kept_name(sha), sha)
        except GitFailed as error:
            raise unreadable("its git objects are damaged", why=error.why or error.what) from error


def _frozen(name: str, value: Any) -> Any:
    """Return a setting's value as the settings hold it; JSON knows one kind of list."""
    if not isinstance(value, list):
        return value
    return frozenset(value) if name == "agents_off" else tuple(value)


def _reply(store: Store, workflow_id: str, replies: Mapping[str, Any]) -> None:
    """Give a workflow that waits what people had replied by then."""
    for task in store.tasks(workflow_id):
        given = replies.get(task.name)
        awaited = next((one for one in Awaited if one == task.result.get(SIGNAL)), None)
        if given is None or awaited is None:
            continue
        notes = given[NOTES][len(task.result.get(NOTES, [])) :]
        for reply in given[REPLIES][len(task.result.get(REPLIES, [])) :]:
            store.reply(workflow_id, awaited, reply, notes=tuple(notes))
            notes = []


def _store_new(store: Store, workflow: Workflow) -> None:
    new = NewWorkflow(
        kind=workflow.kind,
        origin=workflow.origin,
        title=workflow.title,
        body=workflow.body,
        prompt=workflow.prompt,
        budget_usd=workflow.budget_usd,
    )
    delivery = DeliveryRecord(
        guid=workflow.id,
        event=OWNER,
        action="",
        digest="",
        received_at=workflow.created_at,
    )
    store.record_delivery(delivery, new)


def _read(adapter: TypeAdapter[Any], facts: Mapping[str, Any], name: str) -> Any:
    try:
        return adapter.validate_python(facts[name])
    except (KeyError, ValidationError) as error:
        raise unreadable(f"its {name} is not of its form", why=str(error)[:300]) from error


def _throwaway_key() -> str:
    """Return a key that GitHub never sees: the App's own is on no record."""
    key = generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    encoded = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return encoded.decode("ascii")
