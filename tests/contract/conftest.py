"""What the contract's own tests share."""

import pytest

from tests.contract.hook_validator import HookContract
from tests.contract.validator import Contract


@pytest.fixture(scope="session")
def contract() -> Contract:
    """Return GitHub's description."""
    return Contract.load()


@pytest.fixture(scope="session")
def hook_contract() -> HookContract:
    """Return GitHub's webhook description."""
    return HookContract.load()
