import base64
import dataclasses
from typing import Any

import httpx
import pytest

from tests.playground.conftest import REPOSITORY, Scene


def basic(login: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{login}:{password}".encode()).decode()


def test_auth__anonymous_reads_a_public_repository(scene: Scene) -> None:
    answer = scene.client().get(REPOSITORY)
    assert (answer.status_code, answer.json()["full_name"]) == (200, "olga/demo")


@pytest.mark.parametrize("who", ["anonymous", "rita", "installation"])
def test_auth__private_repository_is_not_found(scene: Scene, who: str) -> None:
    scene.playground.world.add_repository("olga", "secret", private=True)
    token = {"anonymous": None, "rita": scene.reader.token, "installation": scene.token()}[who]
    answer = scene.client(token).get("/repos/olga/secret")
    assert (answer.status_code, answer.json()["message"]) == (404, "Not Found")


def test_auth__private_repository_opens_to_its_own(scene: Scene) -> None:
    scene.playground.world.add_repository("olga", "secret", private=True)
    scene.playground.world.install(scene.app, "olga/secret")
    for token in (scene.owner.token, scene.token()):
        assert scene.client(token).get("/repos/olga/secret").status_code == 200


@pytest.mark.parametrize("form", ["Bearer {}", "bearer {}", "token {}"])
def test_auth__header_forms(scene: Scene, form: str) -> None:
    header = form.format(scene.reader.token)
    answer = scene.client(None, Authorization=header).get("/user")
    assert answer.json()["login"] == "rita"


@pytest.mark.parametrize("pair", [("x-access-token", "T"), ("T", ""), ("T", "x-oauth-basic")])
def test_auth__basic(scene: Scene, pair: tuple[str, str]) -> None:
    login, password = (scene.reader.token if part == "T" else part for part in pair)
    answer = scene.client(None, Authorization=basic(login, password)).get("/user")
    assert answer.json()["login"] == "rita"


@pytest.mark.parametrize(
    "header", ["Bearer ghp_unknown", "Basic ???", "Digest x", "Bearer", "a.b.c"]
)
def test_auth__bad_credentials(scene: Scene, header: str) -> None:
    answer = scene.client(None, Authorization=header).get(REPOSITORY)
    assert (answer.status_code, answer.json()["message"]) == (401, "Bad credentials")


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["message"]


def test_auth__jwt_with_the_id_as_text_number_or_client_id(scene: Scene) -> None:
    for issuer in (scene.app.id, str(scene.app.id), scene.app.client_id):
        answer = scene.client(scene.jwt(iss=issuer)).get("/app")
        assert answer.json()["slug"] == "p2a"


@pytest.mark.parametrize(
    ("claims", "status", "words"),
    [
        ({"exp": 3600}, 401, "too far in the future"),
        ({"exp": -120}, 401, "'Expiration time' claim ('exp') must be"),
        ({"exp": None}, 401, "'Expiration time' claim ('exp') must be"),
        ({"iat": 120}, 401, "'Issued at' claim"),
        ({"iat": None}, 401, "'Issued at' claim"),
        ({"iss": "77"}, 404, "Integration not found"),
        ({"iss": None}, 401, "'Issuer' claim"),
    ],
)
def test_auth__jwt_claims(scene: Scene, claims: dict[str, Any], status: int, words: str) -> None:
    now = int(scene.clock().timestamp())
    moved = {
        name: now + value if isinstance(value, int) else value for name, value in claims.items()
    }
    answer = scene.client(scene.jwt(**moved)).get("/app")
    assert answer.status_code == status
    assert words in answer.json()["message"]


def test_auth__jwt_drift_of_a_minute_is_let_pass(scene: Scene) -> None:
    now = int(scene.clock().timestamp())
    token = scene.jwt(iat=now + 59, exp=now + 659)
    assert scene.client(token).get("/app").status_code == 200


def test_auth__jwt_of_another_key(scene: Scene) -> None:
    other = scene.playground.world.add_app("other")
    scene.app = scene.playground.world.apps.need(scene.app.id)
    forged = Scene.jwt(Scene(**{**vars(scene), "app": other}), iss=str(scene.app.id))
    answer = scene.client(forged).get("/app")
    assert refusal(answer) == (401, "A JSON web token could not be decoded")


def test_auth__user_token_is_no_jwt(scene: Scene) -> None:
    answer = scene.client(scene.owner.token).get("/app")
    assert refusal(answer) == (401, "A JSON web token could not be decoded")


def test_auth__installation_token_lives_an_hour(scene: Scene) -> None:
    client = scene.client(scene.token())
    scene.pass_time(minutes=59)
    assert client.get("/installation/repositories").status_code == 200
    scene.pass_time(minutes=1)
    assert refusal(client.get("/installation/repositories")) == (401, "Bad credentials")


def test_auth__revoked_token(scene: Scene) -> None:
    client = scene.client(scene.token())
    assert client.delete("/installation/token").status_code == 204
    assert refusal(client.get(REPOSITORY)) == (401, "Bad credentials")


def test_auth__uninstalling_ends_the_tokens(scene: Scene) -> None:
    client = scene.client(scene.token())
    scene.playground.world.uninstall(scene.installation_id)
    assert refusal(client.get(REPOSITORY)) == (401, "Bad credentials")


def test_auth__permission_of_a_narrowed_token(scene: Scene) -> None:
    client = scene.client(scene.token(permissions={"issues": "read"}))
    answer = client.post(f"{REPOSITORY}/issues", json={"title": "No"})
    assert refusal(answer) == (403, "Resource not accessible by integration")
    assert answer.headers["X-Accepted-GitHub-Permissions"] == "issues=write"
    assert client.get(f"{REPOSITORY}/issues").status_code == 200


def test_auth__token_narrowed_to_a_repository(scene: Scene) -> None:
    world = scene.playground.world
    other = world.add_repository("olga", "other")
    world.install(scene.app, "olga/other")
    for narrowing in ({"repositories": ["other"]}, {"repository_ids": [other.id]}):
        client = scene.client(scene.token(**narrowing))
        listed = client.get("/installation/repositories").json()
        assert [one["name"] for one in listed["repositories"]] == ["other"]
        answer = client.post(f"{REPOSITORY}/issues", json={"title": "No"})
        assert refusal(answer) == (403, "Resource not accessible by integration")


@pytest.mark.parametrize(
    ("narrowing", "words"),
    [
        ({"permissions": {"administration": "write"}}, "permissions requested are not granted"),
        ({"permissions": {"contents": "root"}}, "permissions requested are not granted"),
        ({"repositories": ["unknown"]}, "at least one repository that does not exist"),
        ({"repository_ids": [1]}, "at least one repository that does not exist"),
    ],
)
def test_auth__token_cannot_be_widened(scene: Scene, narrowing: dict[str, Any], words: str) -> None:
    path = f"/app/installations/{scene.installation_id}/access_tokens"
    answer = scene.as_app().post(path, json=narrowing)
    assert answer.status_code == 422
    assert words in answer.json()["message"]


def test_auth__app_jwt_may_not_touch_repositories(scene: Scene) -> None:
    answer = scene.as_app().get(f"{REPOSITORY}/issues")
    assert refusal(answer) == (403, "Resource not accessible by integration")


def test_auth__installation_has_no_user(scene: Scene) -> None:
    answer = scene.client(scene.token()).get("/user")
    assert refusal(answer) == (403, "Resource not accessible by integration")
    assert refusal(scene.client().get("/user")) == (401, "Requires authentication")


def test_auth__levels_of_users(scene: Scene) -> None:
    issue = scene.client(scene.reader.token).post(f"{REPOSITORY}/issues", json={"title": "T"})
    assert issue.status_code == 201
    path = f"{REPOSITORY}/issues/1/labels"
    for login, status in ((scene.reader, 403), (scene.triager, 200), (scene.writer, 200)):
        assert scene.client(login.token).post(path, json=["bug"]).status_code == status
    answer = scene.client(scene.triager.token).post(f"{REPOSITORY}/labels", json={"name": "n"})
    assert refusal(answer) == (403, "Must have admin rights to Repository.")
    assert refusal(scene.client().post(path, json=["bug"])) == (401, "Requires authentication")


def test_auth__archived_is_read_only(scene: Scene) -> None:

    world = scene.playground.world
    world.repositories.put(dataclasses.replace(world.named("olga/demo"), archived=True))
    answer = scene.client(scene.owner.token).post(f"{REPOSITORY}/issues", json={"title": "T"})
    assert refusal(answer) == (403, "Repository was archived so is read-only.")
