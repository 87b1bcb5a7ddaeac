"""The check of everything that a running playground was asked, answered and sent."""

import json
import sys
from collections.abc import Iterable
from urllib.parse import parse_qsl

from playground import journal
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
    sys.stdout.write(f"{report}\n")
    _refuse([*(str(one) for one in report.violations), *_spoilt_deliveries(playground)])
    return report


def assert_answers(playground: Playground) -> Report:
    """Check only what the playground answered and sent, where requests are wrong on purpose.

    Raises:
        AssertionError: an answer breaks GitHub's description; the text lists it.
    """
    report = Contract.load().check(read(one) for one in playground.exchanges)
    report.violations = [one for one in report.violations if one.part == "answer"]
    sys.stdout.write(f"{str(report).replace('exchanges', 'answers')}\n")
    _refuse([*(str(one) for one in report.violations), *_spoilt_deliveries(playground)])
    return report


def _spoilt_deliveries(playground: Playground) -> list[str]:
    with playground.world.lock:
        deliveries = playground.world.deliveries.all()
    hooks = HookContract.load()
    found = [
        complaint
        for one in deliveries
        for complaint in hooks.check(one.event, json.loads(one.request_body))
    ]
    sys.stdout.write(
        f"contract: {len(deliveries)} webhook payloads checked, {len(found)} violations\n"
    )
    return found


def _refuse(complaints: Iterable[str]) -> None:
    found = list(dict.fromkeys(complaints))
    assert not found, "\n".join(["GitHub's description is broken:", *found[:MOST_SHOWN]])


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
