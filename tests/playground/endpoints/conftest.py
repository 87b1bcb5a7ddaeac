"""A fresh town for each test of the endpoints, held against GitHub's description at the end."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.contract.hook_validator import HookContract
from tests.contract.playground_contract import read
from tests.contract.validator import Contract
from tests.fakes.town import Town, open_town


@pytest.fixture(scope="session")
def contract() -> Contract:
    """Return GitHub's description of its REST API."""
    return Contract.load()


@pytest.fixture(scope="session")
def hook_contract() -> HookContract:
    """Return GitHub's description of its webhooks."""
    return HookContract.load()


@pytest.fixture
def town(sample: Path, contract: Contract, hook_contract: HookContract) -> Iterator[Town]:
    """Return a running playground with a repository, people and an App."""
    with held_town(sample, contract, hook_contract) as opened:
        yield opened


@pytest.fixture(scope="module")
def still_town(sample: Path, contract: Contract, hook_contract: HookContract) -> Iterator[Town]:
    """Return a town for all tests of a file that are only refused: they change nothing."""
    with held_town(sample, contract, hook_contract) as opened:
        yield opened


@contextmanager
def held_town(sample: Path, contract: Contract, hook_contract: HookContract) -> Iterator[Town]:
    """Open a town, and hold it against GitHub's description at the end."""
    with open_town(sample) as opened:
        yield opened
        report = contract.check(read(one) for one in opened.playground.exchanges)
    # Tests also ask what GitHub refuses, so only what was answered is judged.
    wrong = [str(one) for one in report.violations if one.part == "answer"]
    for event, payload in opened.payloads:
        wrong += hook_contract.check(event, payload)
    assert not wrong, "\n".join(wrong[:10])
