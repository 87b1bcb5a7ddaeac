"""What the tests of a repository need is installed for its workflows, and for nobody else's."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from p2a.domain import WorkflowKind, WorkflowStatus
from tests.fakes.package_index import PackageIndex, wheel
from tests.fakes.pulls import open_pull, push
from tests.fakes.workshop import Workshop
from worker.equipment import INSTALLING
from worker.laboratory import open_laboratory
from worker.suite import FORK

ADDER = wheel("adder", {"adder.py": "def add(a, b):\n    return a + b\n"})
NEEDY = {
    ".p2a.yml": "setup: {requirements: [adder]}\n",
    "tests/test_adder.py": "import adder\n\n\ndef test_adder():\n    assert adder.add(1, 2) == 3\n",
}


@pytest.fixture
def index() -> Iterator[PackageIndex]:
    with PackageIndex(ADDER) as served:
        yield served


def checked(workshop: Workshop, index: PackageIndex, **changes: Any) -> tuple[str, dict[str, Any]]:
    """Check a pull request on a base that needs a package; return its workflow and its tests."""
    workshop.settings = replace(workshop.settings, package_index=index.url)
    workshop.laboratory = open_laboratory(workshop.settings)
    push(workshop, "main", files=NEEDY)
    edited = {".p2a.yml": "setup: {requirements: [adder, other]}\n"}
    origin = open_pull(workshop, None, files=edited)
    name = workshop.command(WorkflowKind.CHECK, **{**origin, **changes})
    assert workshop.perform(name) is WorkflowStatus.COMPLETED
    stored = workshop.store.artifact(name, "quality.json")
    assert stored is not None
    return name, json.loads(stored.content)["suite"]


def test_check__has_the_packages_that_the_base_needs(
    workshop: Workshop, index: PackageIndex
) -> None:
    name, tests = checked(workshop, index)
    assert tests["reason_not_measured"] is None, tests
    assert tests["counts"]["failed"] == 0
    assert [one.message for one in workshop.store.progress(name)].count(INSTALLING) == 1
    assert not any("other" in path for path in index.asked)


def test_g23__check_of_a_fork_installs_nothing(workshop: Workshop, index: PackageIndex) -> None:
    _, tests = checked(workshop, index, is_fork=True)
    assert FORK in tests["reason_not_measured"]
    assert index.asked == []
