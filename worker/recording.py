"""Opens the tape that writes a try of a workflow down, with the settings that it depends on."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from pydantic import TypeAdapter

from p2a import __version__
from p2a.domain import Lease, Task, Workflow
from p2a.model_settings import ModelSettings
from p2a.record.clean import Cleaner
from p2a.record.clock import HeldClock
from p2a.record.recorder import Recorder
from p2a.settings import Settings
from p2a.store.store import Store
from p2a.store.waits import NOTES, REPLIES
from p2a.tape import Tape, Untaped
from worker.command_run import Laboratory
from worker.engine import OpenTape
from worker.taped_sandbox import dump_environment

OWN_INDEX = "an index of the operator"
APART = frozenset({"data_dir", "models", "test_env"})
"""Settings that are of this machine, or stand apart."""
_MODELS = TypeAdapter(ModelSettings)
_WORKFLOW = TypeAdapter(Workflow)


def recording(
    settings: Settings, store: Store, laboratory: Laboratory, clock: HeldClock
) -> OpenTape:
    """Return what opens a recorder, or the tape that records nothing where that is switched off."""

    def open_tape(workflow: Workflow, lease: Lease) -> Tape:
        if not settings.record:
            return Untaped(clock)
        recorder = Recorder(store, lease, clock=clock, cleaner=Cleaner(secrets_of(settings)))
        recorder.begin(
            begin_facts(settings, laboratory, workflow, lease, store.tasks(workflow.id)),
            at=workflow.updated_at,
        )
        return recorder

    return open_tape


def secrets_of(settings: Settings) -> list[str]:
    """Return the values of the settings that nobody may see."""
    key = settings.private_key or ""
    named = (settings.webhook_secret, settings.database_url, settings.redis_url)
    lines = [line for line in key.splitlines() if not line.startswith("-----")]
    return [*filter(None, named), *settings.models.keys.values(), key, *lines]


def kept_settings(settings: Settings) -> dict[str, Any]:
    """Return the settings that a workflow depends on: of none that is a secret is the value shown."""
    values = {one.name: getattr(settings, one.name) for one in fields(settings) if one.repr}
    return {
        name: sorted(value) if isinstance(value, frozenset) else value
        for name, value in values.items()
        if name not in APART
    }


def begin_facts(
    settings: Settings,
    laboratory: Laboratory,
    workflow: Workflow,
    lease: Lease,
    tasks: Sequence[Task],
) -> dict[str, Any]:
    """Return what a try begins with."""
    models = _MODELS.dump_python(settings.models, mode="json")
    return {
        "p2a": __version__,
        "token": lease.token,
        "workflow": _WORKFLOW.dump_python(workflow, mode="json"),
        "settings": {
            **kept_settings(settings),
            "package_index": OWN_INDEX if settings.package_index else None,
            "has_test_env": settings.test_env is not None,
            "models": {name: models[name] for name in models if name not in {"keys", "urls"}},
        },
        "replies": {
            task.name: {key: task.result.get(key, []) for key in (REPLIES, NOTES)}
            for task in tasks
            if task.result.get(REPLIES)
        },
        "laboratory": {
            "sandbox": laboratory.sandbox.name if laboratory.sandbox else None,
            "python": dump_environment(laboratory.python) if laboratory.python else None,
            "reason": laboratory.reason,
        },
    }
