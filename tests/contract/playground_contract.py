"""The check of everything that a running playground was asked, answered and sent."""

import json
import sys
from collections.abc import Iterable
from urllib.parse import parse_qsl

from playground import journal
from playground.records import HookDelivery
from playground.server import Playground
from tests.contract.hook_validator import HookContract
from tests.contract.validator import Contract, Exchange, Report

MOST_SHOWN = 20
"""How many violations a failure lists."""


def assert_contract(playground: Playground) -> Report:
    """Check all exchanges and webhook deliveries so far, print both counts, and return the report.

    Raises:
        AssertionError: something breaks GitHub's description; the text lists it.
    """
    report = Contract.load().check(read(one) for one in playground.exchanges)
    with playground.world.lock:
        deliveries = playground.world.deliveries.all()
    hooks = HookContract.load()
    spoilt = [complaint for one in deliveries for complaint in _complaints(one, hooks)]
    sys.stdout.write(f"{report}\n")
    sys.stdout.write(
        f"contract: {len(deliveries)} webhook payloads checked, {len(spoilt)} violations\n"
    )
    found = _distinct([*(str(one) for one in report.violations), *spoilt])
    assert not found, "\n".join(["GitHub's description is broken:", *found[:MOST_SHOWN]])
    return report


def read(logged: journal.Exchange) -> Exchange:
    """Return a logged exchange as the contract's check wants it."""
    media = logged.response_headers.get("content-type", "application/json")
    return Exchange(
        method=logged.method,
        path=logged.path,
        status=logged.status,
        query=dict(parse_qsl(logged.query, keep_blank_values=True)),
        request=logged.request_body,
        answer=logged.response_body,
        other_media=not media.startswith("application/json"),
    )


def _complaints(delivery: HookDelivery, hooks: HookContract) -> list[str]:
    return hooks.check(delivery.event, json.loads(delivery.request_body))


def _distinct(complaints: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(complaints))
