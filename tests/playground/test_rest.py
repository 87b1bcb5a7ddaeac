import json
import socket
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.playground.conftest import REPOSITORY, Scene

ISSUES = f"{REPOSITORY}/issues"


def make_issues(scene: Scene, count: int) -> None:
    client = scene.client(scene.owner.token)
    for number in range(1, count + 1):
        assert client.post(ISSUES, json={"title": f"Issue {number}"}).status_code == 201


def test_rest__headers(scene: Scene) -> None:
    answer = scene.client(scene.owner.token).get(REPOSITORY)
    shown = {
        name: answer.headers[name]
        for name in ("X-GitHub-Media-Type", "X-GitHub-Api-Version-Selected", "Content-Type")
    }
    assert shown == {
        "X-GitHub-Media-Type": "github.v3; format=json",
        "X-GitHub-Api-Version-Selected": "2022-11-28",
        "Content-Type": "application/json; charset=utf-8",
    }
    again = scene.client(scene.owner.token).get(REPOSITORY)
    assert answer.headers["X-GitHub-Request-Id"] != again.headers["X-GitHub-Request-Id"]


@pytest.mark.parametrize(
    ("accept", "said"),
    [
        ("application/vnd.github+json", "github.v3; format=json"),
        ("application/vnd.github.v3+json", "github.v3; format=json"),
        ("application/vnd.github.raw+json", "github.v3; param=raw; format=json"),
        ("application/vnd.github.v3.diff", "github.v3; param=diff; format=json"),
    ],
)
def test_rest__media_type(scene: Scene, accept: str, said: str) -> None:
    answer = scene.client(None, Accept=accept).get(REPOSITORY)
    assert answer.headers["X-GitHub-Media-Type"] == said


def test_rest__api_version(scene: Scene) -> None:
    newer = scene.client(None, **{"X-GitHub-Api-Version": "2026-03-10"}).get(REPOSITORY)
    assert newer.headers["X-GitHub-Api-Version-Selected"] == "2026-03-10"
    odd = scene.client(None, **{"X-GitHub-Api-Version": "1999-01-01"}).get(REPOSITORY)
    assert odd.status_code == 400


def test_rest__user_agent_is_asked_for(scene: Scene) -> None:
    answer = scene.client(None, **{"User-Agent": ""}).get(REPOSITORY)
    assert answer.status_code == 403
    assert "User-Agent" in answer.json()["message"]


@pytest.mark.parametrize("path", ["/nothing", "/repos/olga", "/repos/olga/none", "/users/nobody"])
def test_rest__unknown_path(scene: Scene, path: str) -> None:
    answer = scene.client().get(path)
    assert answer.json() == {
        "message": "Not Found",
        "documentation_url": "https://docs.github.com/rest",
        "status": "404",
    }


def test_rest__unknown_method(scene: Scene) -> None:
    assert scene.client(scene.owner.token).put(REPOSITORY).status_code == 404


def test_rest__names_in_any_case(scene: Scene) -> None:
    assert scene.client().get("/repos/OLGA/Demo").json()["full_name"] == "olga/demo"


def test_rest__head_has_no_body(scene: Scene) -> None:
    answer = scene.client().head(REPOSITORY)
    assert (answer.status_code, answer.content) == (200, b"")
    assert "ETag" in answer.headers


@pytest.mark.parametrize("body", [b"{", b"\xff", b'{"title": "a"'])
def test_rest__problems_parsing(scene: Scene, body: bytes) -> None:
    answer = scene.client(scene.owner.token).post(ISSUES, content=body)
    assert (answer.status_code, answer.json()["message"]) == (400, "Problems parsing JSON")


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ([], 400, "Body should be a JSON object"),
        ({}, 422, '"title" wasn\'t supplied.'),
        ({"title": None}, 422, "For 'properties/title', nil is not a string."),
        ({"title": ["x"]}, 422, "For 'properties/title', [\"x\"] is not a string."),
        ({"title": "x", "body": 1}, 422, "For 'properties/body', 1 is not a string."),
        ({"title": "x", "labels": "bug"}, 422, "is not an array"),
        ({"title": "x", "assignees": [1]}, 422, "For 'items/0', 1 is not a string."),
    ],
)
def test_rest__wrong_form(scene: Scene, body: Any, status: int, words: str) -> None:
    answer = scene.client(scene.owner.token).post(ISSUES, json=body)
    assert answer.status_code == status
    assert words in answer.json()["message"]


def test_rest__lone_surrogates_become_replacement_characters(scene: Scene) -> None:
    body = b'{"title": "a\\ud800b", "body": "\\ud83d\\ude00"}'
    made = scene.client(scene.owner.token).post(ISSUES, content=body).json()
    assert (made["title"], made["body"]) == ("a\ufffdb", "\U0001f600")


def test_rest__etag_and_304(scene: Scene) -> None:
    client = scene.client(scene.owner.token)
    first = client.get(REPOSITORY)
    again = client.get(REPOSITORY, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    make_issues(scene, 1)
    changed = client.get(REPOSITORY, headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200


def relations(link: str) -> dict[str, str]:
    parts = (part.split(";") for part in link.split(", "))
    return {
        relation.strip().removeprefix('rel="').rstrip('"'): url.strip("<>")
        for url, relation in parts
    }


def test_rest__pages(scene: Scene) -> None:
    make_issues(scene, 5)
    client = scene.client(scene.owner.token)
    base = f"{scene.playground.api_url}{ISSUES}?per_page=2&state=all&page="
    first = client.get(ISSUES, params={"per_page": 2, "state": "all"})
    assert [one["number"] for one in first.json()] == [5, 4]
    assert relations(first.headers["Link"]) == {"next": f"{base}2", "last": f"{base}3"}
    middle = client.get(relations(first.headers["Link"])["next"])
    assert [one["number"] for one in middle.json()] == [3, 2]
    assert relations(middle.headers["Link"]) == {
        "prev": f"{base}1",
        "next": f"{base}3",
        "last": f"{base}3",
        "first": f"{base}1",
    }
    last = client.get(relations(first.headers["Link"])["last"])
    assert [one["number"] for one in last.json()] == [1]
    assert set(relations(last.headers["Link"])) == {"prev", "first"}


def test_rest__one_page_has_no_link(scene: Scene) -> None:
    make_issues(scene, 1)
    assert "Link" not in scene.client().get(ISSUES).headers


@pytest.mark.parametrize(
    ("per_page", "shown"), [("1000", 9), ("0", 9), ("-1", 9), ("x", 9), ("4", 4)]
)
def test_rest__odd_page_sizes(scene: Scene, per_page: str, shown: int) -> None:
    answer = scene.client().get(f"{REPOSITORY}/labels", params={"per_page": per_page})
    assert len(answer.json()) == shown


def test_rest__page_size_has_a_bound(scene: Scene) -> None:
    world = scene.playground.world
    for number in range(101):
        scene_token = world.add_user(f"user{number}")
        world.set_permission("olga/demo", scene_token.login, "read")
    client = scene.client(scene.owner.token)
    answer = client.get(f"{REPOSITORY}/collaborators", params={"per_page": 101})
    assert len(answer.json()) == 100


def test_rest__logs_writes_and_exchanges(scene: Scene) -> None:
    client = scene.client(scene.owner.token)
    made = client.post(ISSUES, json={"title": "T"}).json()
    client.get(f"{ISSUES}/1?a=b")
    client.post(ISSUES, json={})
    writes = [(w.actor, w.method, w.path, w.status, w.done) for w in scene.playground.writes]
    assert writes == [
        ("olga", "POST", ISSUES, 201, True),
        ("olga", "POST", ISSUES, 422, False),
    ]
    first = scene.playground.writes[0]
    assert (first.id, first.request, first.response_id) == (1, {"title": "T"}, made["id"])
    read = scene.playground.exchanges[1]
    assert (read.method, read.path, read.query, read.status) == ("GET", f"{ISSUES}/1", "a=b", 200)
    assert read.response_body["id"] == made["id"]


def test_rest__half_a_request_asks_for_nothing(scene: Scene) -> None:
    place = urlsplit(scene.playground.url)
    head = f"POST /api/v3{ISSUES} HTTP/1.1\r\nHost: x\r\nUser-Agent: x\r\nContent-Length: 9\r\n\r\n"
    with socket.create_connection((place.hostname, place.port), timeout=60) as line:
        line.sendall(head.encode("ascii"))
        line.shutdown(socket.SHUT_WR)
        while line.recv(4096):
            pass
    scene.client(scene.owner.token).get("/user")
    assert [one.path for one in scene.playground.exchanges] == ["/user"]


def test_rest__exchanges_hold_no_token(scene: Scene) -> None:
    scene.client(scene.owner.token).get("/user")
    text = json.dumps([str(vars_of(one)) for one in scene.playground.exchanges])
    assert scene.owner.token not in text


def vars_of(exchange: Any) -> dict[str, Any]:
    return {name: getattr(exchange, name) for name in exchange.__slots__}


def test_rest__meta_and_rate_limit(scene: Scene) -> None:
    client = scene.client(scene.owner.token)
    assert client.get("/meta").status_code == 200
    client.get(REPOSITORY)
    assert client.get("/rate_limit").json()["rate"]["used"] == 2
    assert client.get("/rate_limit").json()["rate"]["used"] == 2
