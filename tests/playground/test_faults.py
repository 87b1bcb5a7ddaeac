import httpx
import pytest

from playground.faults import Fault, FaultKind, Faults
from tests.playground.conftest import REPOSITORY, Scene

ISSUES = f"{REPOSITORY}/issues"


def titles(scene: Scene) -> list[str]:
    answer = scene.client(scene.owner.token).get(ISSUES, params={"direction": "asc"})
    return [one["title"] for one in answer.json()]


def test_faults__status_comes_without_the_work(scene: Scene) -> None:
    fault = Fault(
        "status", "POST", "/issues$", status=502, body={"message": "Bad"}, headers={"X": "y"}
    )
    scene.playground.faults.add(fault)
    client = scene.client(scene.owner.token)
    refused = client.post(ISSUES, json={"title": "T"})
    assert (refused.status_code, refused.json(), refused.headers["X"]) == (
        502,
        {"message": "Bad"},
        "y",
    )
    assert titles(scene) == []
    assert client.post(ISSUES, json={"title": "T"}).status_code == 201
    assert scene.playground.faults.pending() == []


def test_faults__text_body(scene: Scene) -> None:
    scene.playground.faults.add(Fault("status", status=503, body="<html>"))
    answer = scene.client().get(REPOSITORY)
    assert (answer.status_code, answer.text) == (503, "<html>")


@pytest.mark.parametrize(("kind", "left"), [("drop_before", []), ("drop_after", ["T"])])
def test_faults__dropped_connections(scene: Scene, kind: str, left: list[str]) -> None:
    scene.playground.faults.add(Fault(kind, "POST", "/issues$"))
    client = scene.client(scene.owner.token)
    with pytest.raises(httpx.TransportError):
        client.post(ISSUES, json={"title": "T"})
    assert titles(scene) == left
    assert [write.path for write in scene.playground.writes] == [ISSUES] * len(left)


def test_faults__delay(scene: Scene) -> None:
    scene.playground.faults.add(Fault("delay", seconds=0.3))
    client = scene.client(scene.owner.token)
    with pytest.raises(httpx.ReadTimeout):
        client.get(REPOSITORY, timeout=0.05)
    assert client.get(REPOSITORY).status_code == 200


def test_faults__expired_token_is_refused_from_then_on(scene: Scene) -> None:
    token = scene.token()
    scene.playground.faults.add(Fault("expire_token", after=1))
    client = scene.client(token)
    assert [client.get(REPOSITORY).status_code for _ in range(3)] == [200, 401, 401]
    assert scene.client(scene.token()).get(REPOSITORY).status_code == 200


def test_faults__rate_limit(scene: Scene) -> None:
    client = scene.client(scene.token())
    scene.playground.faults.add(Fault("rate_limit", seconds=90))
    answer = client.get(REPOSITORY)
    assert (answer.status_code, answer.headers["x-ratelimit-remaining"]) == (403, "0")
    assert answer.headers["x-ratelimit-reset"] == str(int(scene.clock().timestamp()) + 90)


@pytest.mark.parametrize("status", [403, 429])
def test_faults__secondary_limit(scene: Scene, status: int) -> None:
    client = scene.client(scene.token())
    scene.playground.faults.add(Fault("secondary_limit", seconds=3, status=status))
    answer = client.get(REPOSITORY)
    assert (answer.status_code, answer.headers["retry-after"]) == (status, "3")
    assert "secondary rate limit" in answer.json()["message"]


def test_faults__git_too(scene: Scene) -> None:
    scene.playground.faults.add(Fault("status", path=r"\.git/info/refs", status=500))
    url = f"{scene.playground.url}/olga/demo.git/info/refs?service=git-upload-pack"
    assert scene.client().get(url).status_code == 500
    assert scene.client().get(url).status_code == 200


def test_faults__after_times_and_order() -> None:
    faults = Faults()
    first = Fault("status", "GET", "/a", after=1, times=2)
    always = Fault("delay", path="/b", times=None)
    faults.add(first)
    faults.add(always)
    hits = [faults.take("GET", "/a") for _ in range(4)]
    assert hits == [None, first, first, None]
    assert [faults.take("GET", "/b") for _ in range(3)] == [always] * 3
    assert faults.take("POST", "/a") is None
    faults.clear()
    assert faults.take("GET", "/b") is None


def test_faults__one_fault_a_request() -> None:
    faults = Faults()
    faults.add(Fault(FaultKind.STATUS, status=500))
    faults.add(Fault(FaultKind.STATUS, status=502))
    taken = [faults.take("GET", "/") for _ in range(3)]
    assert [fault.status if fault else None for fault in taken] == [500, 502, None]


def test_faults__unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="earthquake"):
        Faults().add(Fault("earthquake"))
