"""What the renderers' tests share."""

from pathlib import Path

import pytest

from tests.contract.hook_validator import HookContract
from tests.contract.validator import Contract
from tests.fakes import playground_world
from tests.fakes.playground_world import Scene


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """Return a small world of records."""
    return playground_world.scene(tmp_path)


@pytest.fixture(scope="session")
def contract() -> Contract:
    """Return GitHub's description."""
    return Contract.load()


@pytest.fixture(scope="session")
def hook_contract() -> HookContract:
    """Return GitHub's webhook description."""
    return HookContract.load()
