"""The playground answers what GitHub describes, and nothing else."""

import re
from pathlib import Path

import pytest

from playground.limits import Limits, Meter
from playground.routes import all_routes
from playground.webhooks import Webhooks
from playground.world import World
from tests.contract.validator import Contract, Exchange
from tests.fakes.playground_world import NOW


@pytest.fixture
def routes(tmp_path: Path) -> set[str]:
    """Return every route of the playground as `METHOD /path/{placeholder}`."""
    world = World(folder=tmp_path, clock=lambda: NOW)
    webhooks = Webhooks(world, render=lambda event, installation: {})
    found = all_routes(webhooks=webhooks, meter=Meter(lambda: NOW, Limits.off()))
    return {f"{one.method} {one.pattern.replace(':path', '')}" for one in found}


def test_routes__are_described(routes: set[str], contract: Contract) -> None:
    def is_described(route: str) -> bool:
        method, _, path = route.partition(" ")
        report = contract.check([Exchange(method, re.sub(r"\{\w+\}", "1", path), 404)])
        return "operation" not in {one.part for one in report.violations}

    assert {route for route in routes if not is_described(route)} == set()


def test_operations__are_routed(routes: set[str], contract: Contract) -> None:
    def path(operation: str) -> str:
        return re.sub(r"\{\w+\}", "{}", operation.replace("{base}...{head}", "{basehead}"))

    routed = {path(route) for route in routes}
    described = {f"{one.method} {one.path}" for one in contract.operations}
    assert {one for one in described if path(one) not in routed} == set()
