from dataclasses import replace

import pytest

from playground.limits import Limits
from tests.playground.conftest import REPOSITORY, Scene

COMMENTS = f"{REPOSITORY}/issues/1/comments"


def test_limits__primary_headers_count_down(scene: Scene) -> None:
    client = scene.client(scene.token())
    client.get(REPOSITORY)
    headers = client.get(REPOSITORY).headers
    reset = int(scene.clock().timestamp()) + 3600
    shown = {name: text for name, text in headers.items() if name.startswith("x-ratelimit")}
    assert shown == {
        "x-ratelimit-limit": "5000",
        "x-ratelimit-remaining": "4998",
        "x-ratelimit-used": "2",
        "x-ratelimit-reset": str(reset),
        "x-ratelimit-resource": "core",
    }


def test_limits__primary_used_up_until_reset(scene: Scene) -> None:
    scene.playground.meter.limits = Limits(authenticated_per_hour=2)
    client = scene.client(scene.owner.token)
    assert [client.get(REPOSITORY).status_code for _ in range(3)] == [200, 200, 403]
    refused = client.get(REPOSITORY)
    assert refused.json()["message"] == f"API rate limit exceeded for user ID {scene.owner.id}."
    assert refused.headers["x-ratelimit-remaining"] == "0"
    assert "retry-after" not in refused.headers
    assert client.get("/rate_limit").status_code == 200
    scene.pass_time(hours=1)
    assert client.get(REPOSITORY).status_code == 200


def test_limits__are_counted_per_actor(scene: Scene) -> None:
    scene.playground.meter.limits = Limits(authenticated_per_hour=1, anonymous_per_hour=1)
    for token in (None, scene.owner.token, scene.writer.token):
        client = scene.client(token)
        assert [client.get(REPOSITORY).status_code for _ in range(2)] == [200, 403]


def test_limits__304_is_free_for_the_authorized(scene: Scene) -> None:
    client = scene.client(scene.owner.token)
    tag = client.get(REPOSITORY).headers["ETag"]
    for _ in range(3):
        answer = client.get(REPOSITORY, headers={"If-None-Match": tag})
    assert (answer.status_code, answer.headers["x-ratelimit-used"]) == (304, "1")
    anonymous = scene.client()
    tag = anonymous.get(REPOSITORY).headers["ETag"]
    answer = anonymous.get(REPOSITORY, headers={"If-None-Match": tag})
    assert (answer.status_code, answer.headers["x-ratelimit-used"]) == (304, "2")


@pytest.mark.parametrize("status", [403, 429])
def test_limits__content_per_minute(scene: Scene, status: int) -> None:
    limits = Limits(content_per_minute=3, secondary_status=status)
    scene.playground.meter.limits = limits
    client = scene.client(scene.owner.token)
    client.post(f"{REPOSITORY}/issues", json={"title": "T"})
    scene.pass_time(seconds=20)
    for _ in range(2):
        assert client.post(COMMENTS, json={"body": "x"}).status_code == 201
    refused = client.post(COMMENTS, json={"body": "x"})
    assert (refused.status_code, refused.headers["retry-after"]) == (status, "40")
    assert refused.json()["message"].startswith("You have exceeded a secondary rate limit")
    assert "secondary-rate-limits" in refused.json()["documentation_url"]
    assert len(client.get(COMMENTS).json()) == 2
    scene.pass_time(seconds=40)
    assert client.post(COMMENTS, json={"body": "x"}).status_code == 201


def test_limits__edits_count_as_content(scene: Scene) -> None:
    scene.playground.meter.limits = Limits(content_per_minute=2)
    client = scene.client(scene.owner.token)
    client.post(f"{REPOSITORY}/issues", json={"title": "T"})
    comment = client.post(COMMENTS, json={"body": "x"}).json()
    path = f"{REPOSITORY}/issues/comments/{comment['id']}"
    assert client.patch(path, json={"body": "y"}).status_code == 403


def test_limits__content_per_hour(scene: Scene) -> None:
    scene.playground.meter.limits = Limits(content_per_hour=2)
    client = scene.client(scene.owner.token)
    for _ in range(2):
        client.post(f"{REPOSITORY}/issues", json={"title": "T"})
        scene.pass_time(minutes=10)
    refused = client.post(f"{REPOSITORY}/issues", json={"title": "T"})
    assert (refused.status_code, refused.headers["retry-after"]) == (403, str(40 * 60))


def test_limits__points_per_minute(scene: Scene) -> None:
    scene.playground.meter.limits = Limits(points_per_minute=7)
    client = scene.client(scene.owner.token)
    assert client.post(f"{REPOSITORY}/issues", json={"title": "T"}).status_code == 201
    assert [client.get(REPOSITORY).status_code for _ in range(3)] == [200, 200, 403]


def test_limits__off_as_on_an_enterprise_server(scene: Scene) -> None:
    scene.playground.meter.limits = Limits.off()
    client = scene.client(scene.owner.token)
    for _ in range(90):
        answer = client.post(f"{REPOSITORY}/issues", json={"title": "T"})
    assert answer.status_code == 201
    assert not [name for name in answer.headers if name.startswith("x-ratelimit")]
    gone = client.get("/rate_limit")
    assert (gone.status_code, gone.json()["message"]) == (404, "Rate limiting is not enabled.")


def test_limits__githubs_own_are_the_default(scene: Scene) -> None:
    assert scene.playground.meter.limits == Limits()
    assert replace(Limits(), points_per_minute=900).content_per_minute == 80
    client = scene.client(scene.owner.token)
    path = f"{REPOSITORY}/issues"
    statuses = [client.post(path, json={"title": "T"}).status_code for _ in range(81)]
    assert statuses == [201] * 80 + [403]
