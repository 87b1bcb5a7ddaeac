"""Decides a recorded delivery again: the same payload must start the same workflow; no I/O."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from p2a.domain import NewWorkflow, Workflow
from p2a.record.difference import Difference
from p2a.record.form import Event, canonical, unreadable
from p2a.trigger.decide import Locate, Reply, Start, decide
from p2a.trigger.delivery import Delivery

KIND = "delivery"


def differing_start(event: Event, workflow: Workflow) -> Difference | None:
    """Return what another workflow the delivery would start now, None where it is the same.

    What a button's delivery leaves open was looked up in the database of that time; it is not
    compared.

    Raises:
        RecordUnreadable: the payload is not one of GitHub's.
    """
    try:
        decision = decide(_delivery(event.request), repositories=("*/*",))
    except (ValueError, KeyError, TypeError) as error:
        raise unreadable("its delivery is not of its form", why=str(error)[:300]) from error
    if isinstance(decision, Locate):
        return None
    if isinstance(decision, Start | Reply):
        got = _facts(decision.workflow)
    else:
        got = {"ignored": decision.reason}
    expected = _facts(workflow)
    if canonical(got) == canonical(expected):
        return None
    return Difference(event, lane=event.lane, kind="workflow", got=got, expected=expected)


def _delivery(facts: Mapping[str, Any]) -> Delivery:
    return Delivery(
        guid=facts["guid"],
        event=facts["event"],
        action=facts["action"],
        digest=facts["digest"],
        payload=facts["payload"],
    )


def _facts(workflow: Workflow | NewWorkflow) -> dict[str, Any]:
    return {
        "id": workflow.id,
        "kind": workflow.kind.value,
        "origin": asdict(workflow.origin),
        "title": workflow.title,
        "body": workflow.body,
        "prompt": workflow.prompt,
        "budget_usd": workflow.budget_usd,
    }
