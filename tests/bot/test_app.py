"""The webhook's edge: what is refused, what is stored once, what is never a server error."""

import hashlib
import hmac
import json
from typing import Any

import pytest

from p2a.domain import AgentType, Awaited, TaskStatus, WorkflowKind
from p2a.errors import ConfigurationInvalid
from p2a.settings import Settings
from tests.bot.conftest import Door
from tests.fakes.webhooks import SECRET, comment_payload, sign


def test_webhook__a_command_becomes_one_workflow(door: Door) -> None:
    assert door.deliver(comment_payload()) == 202
    workflow = door.store.workflow(door.only_workflow_id())
    assert (workflow.prompt, workflow.title, workflow.body) == (
        "add retry",
        "Uploads fail",
        "On a flaky network.",
    )
    assert workflow.origin.repository.full_name == "acme/uploader"
    assert door.queue.told == [workflow.id]
    assert door.store.outbox_due(limit=10) == []


def test_w01__no_signature(door: Door) -> None:
    body = json.dumps(comment_payload()).encode()
    answer = door.client.post(
        "/webhook",
        content=body,
        headers={"content-type": "application/json", "x-github-event": "issue_comment"},
    )
    assert answer.status_code == 401
    assert door.rows("delivery") == door.rows("workflow") == 0
    assert door.queue.told == []


def test_w02__only_the_legacy_signature(door: Door) -> None:
    body = json.dumps(comment_payload()).encode()
    legacy = "sha1=" + hmac.new(SECRET.encode(), body, hashlib.sha1).hexdigest()
    headers = {"x-hub-signature": legacy, "content-type": "application/json"}
    assert door.client.post("/webhook", content=body, headers=headers).status_code == 401
    headers["x-hub-signature-256"] = legacy
    assert door.client.post("/webhook", content=body, headers=headers).status_code == 401
    assert door.rows("delivery") == 0


@pytest.mark.parametrize("secret", [None, "", "   ", "changeme", "ChangeMe", "short"])
def test_w04__no_start_without_a_secret(secret: str | None, tmp_path: Any) -> None:
    environ = {"P2A_DATA_DIR": str(tmp_path)}
    if secret is not None:
        environ["P2A_WEBHOOK_SECRET"] = secret
    with pytest.raises(ConfigurationInvalid) as caught:
        Settings.from_environ(environ).required_secret()
    assert caught.value.exit_code == 3
    assert "P2A_WEBHOOK_SECRET" in str(caught.value)


def test_w05__the_signature_is_over_the_raw_bytes(door: Door) -> None:
    text = json.dumps(comment_payload(extra="x"), indent=3).replace('"x"', '"\\u00e9 é 1"')
    body = text.replace('"number": 3', '"number":   3, "share": 1e2').encode()
    assert door.deliver(body) == 202
    again = json.dumps(json.loads(body)).encode()
    assert again != body
    assert door.deliver(again, headers={"x-hub-signature-256": sign(body)}) == 401
    assert door.rows("workflow") == 1


def test_w10__deeply_nested_json_is_refused(door: Door) -> None:
    assert door.deliver(b"[" * 100_000 + b"]" * 100_000) == 400
    assert door.deliver(b'{"a":' * 100_000 + b"1" + b"}" * 100_000) == 400
    assert door.deliver(comment_payload()) == 202


@pytest.mark.parametrize(
    "number", ["1" * 5000, "1e400", "-1e400", "NaN", "Infinity", '3, "number": 4', "3.0", "true"]
)
def test_w11__numbers_and_keys_that_are_not_json_are_refused(door: Door, number: str) -> None:
    body = json.dumps(comment_payload()).replace('"number": 3', f'"number": {number}').encode()
    assert door.deliver(body) == 400
    assert door.rows("delivery") == 0


def test_w11__a_repeated_action_is_refused(door: Door) -> None:
    body = json.dumps(comment_payload()).encode()[:-1] + b', "action": "deleted"}'
    assert door.deliver(body) == 400


WRONG: tuple[Any, ...] = (None, [], {}, "text", 1.5, True, "\ud800")


@pytest.mark.parametrize("wrong", WRONG, ids=repr)
@pytest.mark.parametrize(
    "path",
    [
        ("action",),
        ("issue",),
        ("issue", "number"),
        ("issue", "title"),
        ("issue", "body"),
        ("issue", "pull_request"),
        ("comment",),
        ("comment", "id"),
        ("comment", "body"),
        ("comment", "user"),
        ("comment", "user", "id"),
        ("comment", "user", "login"),
        ("repository",),
        ("repository", "id"),
        ("repository", "name"),
        ("repository", "owner"),
        ("repository", "owner", "login"),
        ("installation",),
        ("installation", "id"),
        ("sender",),
        ("sender", "type"),
        ("sender", "login"),
    ],
    ids=".".join,
)
def test_w12__no_wrong_type_is_a_server_error(
    door: Door, path: tuple[str, ...], wrong: Any
) -> None:
    payload = json.loads(json.dumps(comment_payload()))
    place = payload
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = wrong
    assert door.deliver(payload) in {202, 400}


def test_w12__a_ghost_and_an_empty_body(door: Door) -> None:
    ghost = comment_payload(comment={"id": 21, "body": "/p2a fix", "user": None})
    assert door.deliver(ghost) == 202
    assert door.rows("workflow") == 0
    empty = comment_payload(issue={"number": 3, "title": "t", "body": None})
    assert door.deliver(empty) == 202
    assert door.store.workflow(door.only_workflow_id()).body == ""


@pytest.mark.parametrize(
    "media_type", ["application/x-www-form-urlencoded", "text/plain", "", "application/json-patch"]
)
def test_w14__only_json_is_read(door: Door, media_type: str) -> None:
    body = b"payload=" + json.dumps(comment_payload()).encode()
    assert door.deliver(body, headers={"content-type": media_type}) == 415
    unsigned = {"content-type": media_type, "x-hub-signature-256": sign(b"other")}
    assert door.deliver(body, headers=unsigned) == 401
    assert door.rows("delivery") == 0


def test_w15__nul_and_lone_surrogates_are_stored_visibly(door: Door) -> None:
    issue = {"number": 3, "title": "a\x00b\ud800", "body": "\x00\udfff"}
    assert door.deliver(comment_payload(issue=issue)) == 202
    workflow = door.store.workflow(door.only_workflow_id())
    assert "\x00" not in workflow.title + workflow.body
    (workflow.title + workflow.body).encode("utf-8")
    assert workflow.title.startswith("a")
    assert len(workflow.title) >= 4
    assert workflow.body != ""


@pytest.mark.parametrize("number", [4294967296, 2**53 + 1])
def test_w16__large_ids_are_stored_exactly(door: Door, number: int) -> None:
    user = {"id": number, "login": "mona", "type": "User"}
    comment = {"id": number, "body": "/p2a fix", "user": user}
    payload = comment_payload(comment=comment, sender=user, installation={"id": number})
    assert door.deliver(payload) == 202
    origin = door.store.workflow(door.only_workflow_id()).origin
    assert (origin.comment_id, origin.user_id, origin.installation_id) == (number,) * 3


@pytest.mark.parametrize("number", [2**63, 10**40, -1])
@pytest.mark.parametrize("place", ["comment", "issue", "installation", "repository", "owner"])
def test_w16__ids_that_no_database_keeps_are_refused(door: Door, place: str, number: int) -> None:
    payload = comment_payload()
    payload["comment"]["user"] = payload["sender"] = {**payload["sender"]}
    if place == "owner":
        payload["repository"]["owner"]["id"] = number
    else:
        payload[place]["number" if place == "issue" else "id"] = number
    assert door.deliver(payload) == 400
    assert door.rows("delivery") == 0


@pytest.mark.parametrize("method", ["GET", "PUT", "HEAD", "OPTIONS", "DELETE", "PATCH"])
def test_w17__other_methods(door: Door, method: str) -> None:
    answer = door.client.request(method, "/webhook")
    assert answer.status_code == 405
    assert "server" not in answer.headers


def test_w17__long_headers_and_odd_paths(door: Door) -> None:
    assert door.deliver(comment_payload(), headers={"x-github-delivery": "a" * 8192}) == 400
    for path in ("/../webhook/..", "/artifacts/..%2f..%2fetc%2fpasswd", "/artifacts/a/%00", "/x"):
        answer = door.client.get(path)
        assert answer.status_code in {404, 405}
        assert "Traceback" not in answer.text


def test_w20__without_the_queue_the_delivery_is_kept(door: Door) -> None:
    door.queue.is_away = True
    assert door.deliver(comment_payload()) == 202
    assert door.store.outbox_due(limit=10) == [door.only_workflow_id()]


def test_w26__another_repository_or_no_installation(door: Door) -> None:
    elsewhere = {"id": 9, "name": "x", "owner": {"id": 8, "login": "evil", "type": "User"}}
    assert door.deliver(comment_payload(repository=elsewhere)) == 202
    assert door.deliver(comment_payload(installation=None)) == 202
    assert door.rows("delivery") == door.rows("workflow") == door.rows("outbox") == 0
    assert door.queue.told == []


def test_c04__an_edited_comment_starts_nothing(door: Door) -> None:
    assert door.deliver(comment_payload(action="edited")) == 202
    assert door.rows("workflow") == 0


@pytest.mark.parametrize(
    "user",
    [
        {"id": 7, "login": "evil[bot]", "type": "Bot"},
        {"id": 7, "login": "evil[bot]", "type": "User"},
        {"id": 7, "login": "evil", "type": "Bot"},
        {"id": 7, "login": "acme", "type": "Organization"},
    ],
)
def test_c08__bots_give_no_commands(door: Door, user: dict[str, Any]) -> None:
    comment = {"id": 21, "body": "/p2a fix", "user": user}
    assert door.deliver(comment_payload(comment=comment, sender=user)) == 202
    assert door.rows("workflow") == 0


def test_c10__our_own_comments_start_nothing(door: Door) -> None:
    user = {"id": 7, "login": "mona", "type": "User"}
    body = "/p2a fix"
    comment = {"id": 21, "body": body, "user": user, "performed_via_github_app": {"id": 1}}
    assert door.deliver(comment_payload(comment=comment)) == 202
    assert door.rows("workflow") == 0


def test_c23__somebody_else_s_comment_starts_nothing(door: Door) -> None:
    other = {"id": 8, "login": "hubot", "type": "User"}
    assert door.deliver(comment_payload(sender=other)) == 202
    assert door.rows("workflow") == 0


def test_webhook__the_same_command_under_another_guid_is_one_workflow(door: Door) -> None:
    assert door.deliver(comment_payload()) == 202
    assert door.deliver(comment_payload(), guid="another-guid") == 202
    assert door.rows("workflow") == 1
    assert len(door.queue.told) == 1


def test_webhook__a_body_over_the_limit_is_not_read(door: Door) -> None:
    headers = {"content-length": str(26 * 1024 * 1024)}
    assert door.deliver(b"{}", headers=headers) == 413


def test_ready__answers_for_the_database(door: Door) -> None:
    assert door.client.get("/ready").json() == {"status": "ready"}
    assert door.client.get("/health").json() == {"status": "ok"}


@pytest.mark.parametrize("more", [{}, {"pull_request": {"url": "https://api.example.org"}}])
def test_webhook__a_comment_without_a_command_is_an_answer_where_one_is_awaited(
    door: Door, more: dict[str, Any]
) -> None:
    comment = {"id": 99, "body": "Bytes, please.", "user": comment_payload()["sender"]}
    said = comment_payload(comment=comment, issue={**comment_payload()["issue"], **more})
    assert door.deliver(said) == 202
    assert door.rows("workflow") == 0
    assert door.deliver(comment_payload()) == 202
    asking = door.only_workflow_id()
    lease = door.store.claim(asking, owner="me", seconds=60)
    assert lease is not None
    task = door.store.start_task(
        lease, name="planner", agent=AgentType.PLANNER, description="", order=1
    )
    result = {"signal": Awaited.ANSWER.value}
    door.store.finish_task(lease, task.id, TaskStatus.COMPLETED, result=result)
    door.store.wait(lease)
    assert door.deliver(said, guid="another-guid") == 202
    (reply,) = [name for name in door.queue.told if name != asking]
    workflow = door.store.workflow(reply)
    assert (workflow.kind, workflow.prompt) == (WorkflowKind.REPLY, "Bytes, please.")


def test_webhook__a_plan_is_to_be_approved(door: Door) -> None:
    comment = {"id": 99, "body": "/p2a plan it", "user": comment_payload()["sender"]}
    assert door.deliver(comment_payload(comment=comment)) == 202
    workflow = door.store.workflow(door.only_workflow_id())
    assert (workflow.kind, workflow.origin.wants_approval) == (WorkflowKind.FIX, True)


@pytest.mark.parametrize(("word", "wants_paused"), [("resume", True), ("retry", False)])
def test_webhook__resume_is_about_what_is_paused(
    door: Door, word: str, *, wants_paused: bool
) -> None:
    comment = {"id": 99, "body": f"/p2a {word}", "user": comment_payload()["sender"]}
    assert door.deliver(comment_payload(comment=comment)) == 202
    workflow = door.store.workflow(door.only_workflow_id())
    assert (workflow.kind, workflow.origin.wants_paused) == (WorkflowKind.RETRY, wants_paused)
