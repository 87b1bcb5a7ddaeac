"""The job door: what a work-horse runs, with the workflow's id as its only argument."""

import os
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from p2a.checkout import Cache
from p2a.domain import Workflow
from p2a.git import find_git
from p2a.github.connect import installation_gateway
from p2a.github.gateway import Gateway
from p2a.record.clock import HeldClock
from p2a.scratch import remove_leftovers
from p2a.settings import Settings
from p2a.store.engine import open_engine
from p2a.store.store import Store
from p2a.tape import Tape
from worker.code_finder import CodeFinder
from worker.engine import Engine, OpenGateway
from worker.laboratory import open_laboratory
from worker.model.open import open_model
from worker.recording import recording


def perform(workflow_id: str) -> None:
    """Work one stored workflow; everything else is read from the environment and the store."""
    remove_leftovers()
    settings = Settings.from_environ(os.environ)
    database = open_engine(settings.database_url)
    clock = HeldClock(now)
    store = Store(database, clock)
    laboratory = open_laboratory(settings)
    try:
        engine = Engine(
            settings=settings,
            store=store,
            clock=clock,
            owner=f"{socket.gethostname()}:{os.getpid()}",
            cache=Cache(settings.data_dir / "cache", program=find_git()),
            laboratory=laboratory,
            finder=CodeFinder(settings.data_dir / "cache"),
            open_gateway=_gateway_opener(settings),
            open_model=partial(open_model, settings.models),
            open_tape=recording(settings, store, laboratory, clock),
        )
        engine.perform(workflow_id)
    finally:
        database.dispose()


def now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


def _gateway_opener(
    settings: Settings,
) -> OpenGateway:
    def open_gateway(workflow: Workflow, sleep: Callable[[float], None], tape: Tape) -> Gateway:
        return installation_gateway(
            settings,
            installation_id=workflow.origin.installation_id,
            repository=workflow.origin.repository,
            clock=now,
            sleep=sleep,
            tape=tape,
        )

    return open_gateway
