"""A workshop for each test: playground, scripted model, store and engine."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from p2a.domain import Repository
from p2a.model_settings import ModelSettings
from p2a.settings import Settings
from p2a.store.engine import open_engine
from p2a.store.migrate import migrate
from p2a.store.store import Store
from playground.gemini import GeminiPeer
from playground.server import Playground
from tests.fakes.app_key import app_keys
from tests.fakes.workshop import FULL_NAME, Workshop, now, small_script, write_script

OpenWorkshop = Callable[..., Workshop]


@pytest.fixture
def open_workshop(tmp_path: Path, sample: Path) -> Iterator[OpenWorkshop]:
    """Return a function that opens a workshop with a script; all is closed after the test."""
    with ExitStack() as closing:

        def opened(script: dict[str, Any] | None = None, **settings: Any) -> Workshop:
            path = write_script(tmp_path / "script.json", script or small_script())
            playground = closing.enter_context(Playground.start())
            peer = closing.enter_context(GeminiPeer.start(path))
            world = playground.world
            ann, bob = world.add_user("ann"), world.add_user("bob")
            owner, _, name = FULL_NAME.partition("/")
            record = world.add_repository(owner, name, sample)
            world.set_permission(FULL_NAME, "ann", "write")
            world.set_permission(FULL_NAME, "bob", "read")
            app = world.add_app("p2a-test", key_pair=app_keys())
            values: dict[str, Any] = {
                "data_dir": tmp_path / "data",
                "database_url": f"sqlite:///{tmp_path}/p2a.db",
                "github_url": playground.url,
                "app_id": app.id,
                "private_key": app.private_key_pem,
                "models": ModelSettings(keys={"gemini": "test-key"}, urls={"gemini": peer.url}),
                "public_url": "http://127.0.0.1:9",
                "progress_seconds": 0.0,
            }
            database = open_engine(values["database_url"])
            closing.callback(database.dispose)
            migrate(database)
            workshop = Workshop(
                playground=playground,
                peer=peer,
                settings=Settings(**{**values, **settings}),
                store=Store(database, now),
                repository=Repository(record.id, owner, name),
                installation_id=world.install(app, FULL_NAME),
                ann=ann,
                bob=bob,
            )
            workshop.issue = workshop.post("issues", {"title": "Uploads are lost"})["number"]
            return workshop

        yield opened


@pytest.fixture
def workshop(open_workshop: OpenWorkshop) -> Workshop:
    """Return a workshop with the small script and without a sandbox."""
    return open_workshop()
