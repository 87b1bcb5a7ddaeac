"""The buttons of a check run: what pressing one starts, and what starts nothing."""

from typing import Any

import pytest
from sqlalchemy import text

from p2a.domain import Workflow, WorkflowKind
from tests.bot.conftest import Door
from tests.fakes.webhooks import check_payload

FORK = {"id": 99}


def only_workflow(door: Door) -> Workflow:
    return door.store.workflow(door.only_workflow_id())


def press(identifier: str) -> dict[str, Any]:
    return check_payload(action="requested_action", requested_action={"identifier": identifier})


def without_pulls(payload: dict[str, Any]) -> dict[str, Any]:
    name = "check_run" if "check_run" in payload else "check_suite"
    return {**payload, name: {**payload[name], "pull_requests": []}}


@pytest.mark.parametrize(
    ("event", "payload"),
    [
        ("check_run", check_payload()),
        ("check_run", press("rerun")),
        ("check_suite", check_payload(suite=True)),
    ],
)
def test_rerun__checks_the_same_head_again(door: Door, event: str, payload: dict[str, Any]) -> None:
    assert door.deliver(payload, event=event) == 202
    workflow = only_workflow(door)
    assert workflow.kind is WorkflowKind.CHECK
    origin = workflow.origin
    assert (origin.number, origin.head_sha, origin.base_sha) == (12, "a" * 40, "b" * 40)
    assert (origin.user, origin.is_command, origin.is_button) == ("mona", True, True)
    assert (origin.is_fork, origin.base_ref, origin.comment_id) == (False, "main", None)


def test_a16__a_delivery_that_comes_twice_is_one_run(door: Door) -> None:
    for guid in ("one", "two"):
        assert door.deliver(check_payload(), event="check_run", guid=guid) == 202
    again = check_payload()
    again["check_run"]["check_suite"] = {"updated_at": "2026-11-27T10:00:00Z"}
    assert door.rows("workflow") == 1
    assert door.deliver(again, event="check_run", guid="three") == 202
    assert door.rows("workflow") == 2


def by_the_bot(action: str) -> dict[str, Any]:
    """Return the event of a pull request on a branch of the bot's, sent by a bot."""
    payload = check_payload(action=action)
    (pull,) = payload.pop("check_run")["pull_requests"]
    pull["head"]["ref"] = "p2a/0123456789abcdef"
    sender = {"id": 9, "login": "p2a[bot]", "type": "Bot"}
    return {**payload, "pull_request": {**pull, "title": "Ours"}, "sender": sender}


def test_own_pull__is_checked_when_a_commit_is_added_and_not_when_it_is_opened(door: Door) -> None:
    assert door.deliver(by_the_bot("opened"), event="pull_request", guid="one") == 202
    assert door.rows("workflow") == 0
    assert door.deliver(by_the_bot("synchronize"), event="pull_request", guid="two") == 202
    assert only_workflow(door).kind is WorkflowKind.CHECK


def test_fix_this__starts_one_fix_for_the_findings_of_that_check(door: Door) -> None:
    for guid in ("one", "two"):
        payload = {**press("fix"), "more": guid}
        assert door.deliver(payload, event="check_run", guid=guid) == 202
    workflow = only_workflow(door)
    assert workflow.kind is WorkflowKind.FIX
    assert workflow.origin.mended_check == "0123456789abcdef"
    assert (workflow.origin.number, workflow.origin.is_pull_request) == (12, True)
    assert "findings" in workflow.prompt


@pytest.mark.parametrize(
    "payload",
    [
        press("merge"),
        {**press("fix"), "sender": {"id": 8, "login": "other[bot]", "type": "Bot"}},
        {**press("fix"), "installation": None},
        {**press("fix"), "check_run": {**press("fix")["check_run"], "external_id": "../x"}},
        {**press("fix"), "check_run": {**press("fix")["check_run"], "external_id": None}},
        check_payload(action="created"),
        check_payload(action="completed"),
    ],
)
def test_buttons__that_start_nothing(door: Door, payload: dict[str, Any]) -> None:
    assert door.deliver(payload, event="check_run") == 202
    assert door.rows("workflow") == 0


def test_buttons__without_a_name_are_not_of_github_s_form(door: Door) -> None:
    payload = check_payload(action="requested_action")
    assert door.deliver(payload, event="check_run") == 400


def pull_event() -> dict[str, Any]:
    pull = check_payload()["check_run"]["pull_requests"][0]
    fork = {**pull, "title": "Mine", "head": {**pull["head"], "repo": FORK}}
    rest = {name: check_payload()[name] for name in ("repository", "installation", "sender")}
    return {"action": "opened", "pull_request": fork, **rest}


@pytest.mark.parametrize(
    ("event", "payload"),
    [
        ("check_run", without_pulls(check_payload())),
        ("check_suite", without_pulls(check_payload(suite=True))),
        ("check_run", without_pulls(press("fix"))),
    ],
)
def test_buttons__of_a_fork_s_check_find_its_pull_request(
    door: Door, event: str, payload: dict[str, Any]
) -> None:
    assert door.deliver(payload, event=event) == 202
    assert door.rows("workflow") == 0
    assert door.deliver(pull_event(), event="pull_request", guid="opened") == 202
    assert door.deliver(payload, event=event, guid="again") == 202
    with door.engine.connect() as connection:
        ids = connection.scalars(text("SELECT id FROM workflow ORDER BY created_at")).all()
    first, second = (door.store.workflow(id) for id in ids)
    assert second.origin.number == first.origin.number == 12
    assert second.origin.is_fork
    assert second.origin.base_sha == "b" * 40


def test_buttons__a_pull_request_of_another_repository_is_not_ours(door: Door) -> None:
    payload = check_payload()
    payload["check_run"]["pull_requests"][0]["base"]["repo"] = FORK
    assert door.deliver(payload, event="check_run") == 202
    assert door.rows("workflow") == 0
