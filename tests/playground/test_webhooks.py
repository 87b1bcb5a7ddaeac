import hashlib
import hmac
import json
from typing import Any

import pytest

from playground.server import Playground
from tests.fakes.hook_server import HookServer, Taken
from tests.fakes.stopwatch import Stopwatch
from tests.playground.conftest import REPOSITORY, SECRET, Scene

ISSUES = f"{REPOSITORY}/issues"


def told(taken: list[Taken]) -> list[tuple[str, str | None]]:
    return [(one.headers["x-github-event"], json.loads(one.body).get("action")) for one in taken]


def payload(taken: Taken) -> Any:
    return json.loads(taken.body)


def test_webhooks__ping_and_installation_come_first(scene: Scene) -> None:
    assert told(scene.settled().taken) == [("ping", None), ("installation", "created")]


def test_webhooks__headers_and_signatures(scene: Scene) -> None:
    scene.client(scene.owner.token).post(ISSUES, json={"title": "Größe 🎉"})
    taken = scene.settled().named("issues")[0]
    assert "Größe 🎉".encode() in taken.body
    known = {
        "x-hub-signature-256": "sha256=" + hmac.digest(SECRET.encode(), taken.body, "sha256").hex(),
        "x-hub-signature": "sha1="
        + hmac.new(SECRET.encode(), taken.body, hashlib.sha1).hexdigest(),
        "x-github-event": "issues",
        "x-github-hook-id": str(scene.app.hook_id),
        "x-github-hook-installation-target-id": str(scene.app.id),
        "x-github-hook-installation-target-type": "integration",
        "content-type": "application/json",
    }
    assert {name: taken.headers[name] for name in known} == known
    assert taken.headers["user-agent"].startswith("GitHub-Hookshot/")
    assert len(taken.headers["x-github-delivery"]) == 36
    assert taken.path == "/hook?from=playground"


def test_webhooks__no_secret_no_signature(scene: Scene) -> None:
    scene.playground.world.set_webhook(scene.app.id, url=scene.hook.url, secret=None)
    scene.client(scene.owner.token).post(ISSUES, json={"title": "T"})
    taken = scene.settled().named("issues")[0]
    assert not [name for name in taken.headers if name.startswith("x-hub-signature")]


def test_webhooks__a_life_of_an_issue_in_order(scene: Scene) -> None:
    client = scene.client(scene.owner.token)
    client.post(ISSUES, json={"title": "T", "labels": ["bug"]})
    comment = client.post(f"{ISSUES}/1/comments", json={"body": "one"}).json()
    path = f"{ISSUES}/comments/{comment['id']}"
    client.patch(path, json={"body": "two"})
    client.patch(path, json={"body": "two"})
    client.delete(path)
    client.patch(f"{ISSUES}/1", json={"title": "U", "body": "B"})
    client.delete(f"{ISSUES}/1/labels/bug")
    client.patch(f"{ISSUES}/1", json={"state": "closed"})
    client.patch(f"{ISSUES}/1", json={"state": "open"})
    taken = scene.settled().taken[2:]
    assert told(taken) == [
        ("issues", "opened"),
        ("issues", "labeled"),
        ("issue_comment", "created"),
        ("issue_comment", "edited"),
        ("issue_comment", "deleted"),
        ("issues", "edited"),
        ("issues", "unlabeled"),
        ("issues", "closed"),
        ("issues", "reopened"),
    ]
    assert payload(taken[1])["label"]["name"] == "bug"
    assert payload(taken[3])["changes"] == {"body": {"from": "one"}}
    assert payload(taken[5])["changes"] == {"title": {"from": "T"}, "body": {"from": ""}}


def test_webhooks__payload_is_the_state_at_the_time(scene: Scene) -> None:
    scene.settled()
    scene.hook.release.clear()
    client = scene.client(scene.owner.token)
    client.post(ISSUES, json={"title": "First"})
    scene.hook.wait_for(3)
    client.post(f"{ISSUES}/1/comments", json={"body": "one"})
    client.patch(f"{ISSUES}/1", json={"title": "Second"})
    scene.hook.release.set()
    comment = scene.settled().named("issue_comment")[0]
    assert payload(comment)["issue"]["title"] == "First"


def test_webhooks__comment_of_an_app(scene: Scene) -> None:
    scene.client(scene.owner.token).post(ISSUES, json={"title": "T"})
    scene.client(scene.token()).post(f"{ISSUES}/1/comments", json={"body": "Working on it"})
    document = payload(scene.settled().named("issue_comment")[0])
    assert document["sender"]["login"] == "p2a[bot]"
    assert document["sender"]["type"] == document["comment"]["user"]["type"] == "Bot"
    assert document["comment"]["performed_via_github_app"]["slug"] == "p2a"
    assert document["installation"]["id"] == scene.installation_id


def test_webhooks__only_subscribed_events_of_installed_repositories(scene: Scene) -> None:
    world = scene.playground.world
    with HookServer() as other:
        quiet = world.add_app("quiet", webhook_url=other.url, events=["push"])
        world.install(quiet, "olga/demo")
        world.add_app("elsewhere", webhook_url=other.url)
        world.add_repository("olga", "free")
        client = scene.client(scene.owner.token)
        client.post(ISSUES, json={"title": "T"})
        client.post("/repos/olga/free/issues", json={"title": "T"})
        assert len(scene.settled().named("issues")) == 1
        # Each App has its own line, so the order between two Apps is open.
        events = sorted(event for event, _ in told(other.taken))
        assert events == ["installation", "ping", "ping"]


def test_webhooks__installation_changes(scene: Scene) -> None:
    world = scene.playground.world
    world.add_repository("olga", "other")
    world.install(scene.app, "olga/other")
    world.uninstall_from(scene.installation_id, "olga/other")
    world.uninstall(scene.installation_id)
    taken = scene.settled().taken[2:]
    assert told(taken) == [
        ("installation_repositories", "added"),
        ("installation_repositories", "removed"),
        ("installation", "deleted"),
    ]
    assert payload(taken[0])["repositories_added"][0]["full_name"] == "olga/other"
    assert payload(taken[1])["repositories_removed"][0]["full_name"] == "olga/other"


def test_webhooks__deliveries_are_recorded_and_listed(scene: Scene) -> None:
    scene.hook.status = 500
    scene.client(scene.owner.token).post(ISSUES, json={"title": "T"})
    scene.settled()
    client = scene.as_app()
    listed = client.get("/app/hook/deliveries").json()
    shown = [(one["event"], one["status"], one["status_code"]) for one in listed]
    assert shown[0] == ("issues", "Invalid HTTP Response: 500", 500)
    assert [one[0] for one in shown] == ["issues", "installation", "ping"]
    one = client.get(f"/app/hook/deliveries/{listed[0]['id']}").json()
    taken = scene.hook.named("issues")[0]
    assert one["request"]["payload"] == payload(taken)
    assert one["request"]["headers"]["X-GitHub-Delivery"] == taken.headers["x-github-delivery"]
    assert one["response"]["payload"] == "ok"
    assert len(scene.hook.named("issues")) == 1  # a failed delivery is never repeated by itself


def test_webhooks__redelivery_keeps_guid_and_body(scene: Scene) -> None:
    scene.hook.status = 500
    scene.client(scene.owner.token).post(ISSUES, json={"title": "T"})
    scene.settled()
    scene.hook.status = 202
    client = scene.as_app()
    failed = client.get("/app/hook/deliveries", params={"status": "failure"}).json()
    path = f"/app/hook/deliveries/{failed[0]['id']}/attempts"
    assert client.post(path).status_code == 202
    first, second = scene.settled().named("issues")
    assert first.body == second.body
    assert first.headers["x-github-delivery"] == second.headers["x-github-delivery"]
    newest = client.get("/app/hook/deliveries").json()[0]
    assert (newest["redelivery"], newest["status"], newest["guid"]) == (
        True,
        "OK",
        failed[0]["guid"],
    )


def test_webhooks__delivery_list_has_a_cursor(scene: Scene) -> None:
    client = scene.client(scene.owner.token)
    for number in range(3):
        client.post(ISSUES, json={"title": str(number)})
    scene.settled()
    app = scene.as_app()
    first = app.get("/app/hook/deliveries", params={"per_page": 3})
    second = app.get(first.links["next"]["url"])
    ids = [one["id"] for one in first.json() + second.json()]
    assert (len(ids), ids) == (5, sorted(ids, reverse=True))
    assert "Link" not in second.headers
    assert app.get("/app/hook/deliveries", params={"cursor": "x"}).status_code == 422


def test_webhooks__deliveries_are_the_apps_own(scene: Scene) -> None:
    delivery = scene.as_app().get("/app/hook/deliveries").json()[0]
    other = scene.playground.world.add_app("other")
    scene.app = other
    stranger = scene.as_app()
    assert stranger.get("/app/hook/deliveries").json() == []
    assert stranger.get(f"/app/hook/deliveries/{delivery['id']}").status_code == 404
    assert stranger.post(f"/app/hook/deliveries/{delivery['id']}/attempts").status_code == 404


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("http://127.0.0.1:1/hook", "failed to connect to host"),
        ("http://127.0.0.1:nonsense/", "failed to connect to host"),
    ],
)
def test_webhooks__hook_not_there(scene: Scene, url: str, status: str) -> None:
    scene.playground.world.set_webhook(scene.app.id, url=url, secret=SECRET)
    scene.client(scene.owner.token).post(ISSUES, json={"title": "T"})
    scene.settled()
    newest = scene.as_app().get("/app/hook/deliveries").json()[0]
    assert (newest["status"], newest["status_code"]) == (status, 0)


def test_webhooks__slow_hook_times_out_and_delays_no_other(clock: Stopwatch) -> None:
    with (
        HookServer() as slow,
        HookServer() as quick,
        Playground.start(clock=clock, webhook_seconds=0.2) as playground,
    ):
        slow.release.clear()
        app = playground.world.add_app("slow", webhook_url=slow.url)
        playground.world.add_app("quick", webhook_url=quick.url)
        quick.wait_for(1)
        assert playground.webhooks.settle()
        delivery = playground.world.deliveries.where(app_id=app.id)[0]
        assert (delivery.status, delivery.status_code) == ("timed out", 0)


def test_webhooks__hook_config(scene: Scene) -> None:
    client = scene.as_app()
    shown = client.get("/app/hook/config").json()
    assert (shown["url"], shown["secret"]) == (scene.hook.url, "********")
    changed = client.patch("/app/hook/config", json={"url": "http://127.0.0.1:1/", "secret": "n"})
    assert changed.json()["url"] == "http://127.0.0.1:1/"
    assert scene.playground.world.apps.need(scene.app.id).webhook_secret == "n"
