import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import httpx
import pytest

from tests.playground.conftest import REPOSITORY, Scene

ISSUES = f"{REPOSITORY}/issues"


def open_pull(client: httpx.Client) -> int:
    """Make a commit on main, one on a branch, and a pull request; return its number."""
    contents = f"{REPOSITORY}/contents"
    first = client.put(f"{contents}/a.txt", json={"message": "a", "content": "eA=="}).json()
    reference = {"ref": "refs/heads/feature", "sha": first["commit"]["sha"]}
    client.post(f"{REPOSITORY}/git/refs", json=reference)
    change = {"message": "b", "content": "eQ==", "branch": "feature"}
    client.put(f"{contents}/b.txt", json=change)
    pull = {"title": "P", "head": "feature", "base": "main"}
    return int(client.post(f"{REPOSITORY}/pulls", json=pull).json()["number"])


def test_world__a_pull_request_is_an_issue_too(scene: Scene) -> None:
    client = scene.client(scene.owner.token)
    number = open_pull(client)
    shown = client.get(f"{ISSUES}/{number}").json()
    assert shown["pull_request"]["url"].endswith(f"/pulls/{number}")
    client.post(f"{ISSUES}/{number}/labels", json={"labels": ["bug"]})
    client.post(f"{ISSUES}/{number}/comments", json={"body": "/p2a check"})
    client.patch(f"{ISSUES}/{number}", json={"state": "closed"})
    hook = scene.settled()
    pulls = [json.loads(one.body) for one in hook.named("pull_request")]
    assert [one["action"] for one in pulls] == ["opened", "labeled", "closed"]
    assert pulls[1]["label"]["name"] == "bug"
    comment = json.loads(hook.named("issue_comment")[0].body)
    assert comment["issue"]["pull_request"]["html_url"].endswith(f"/pull/{number}")
    assert hook.named("issues") == []


def test_world__permission_on_pull_requests_is_enough_for_their_comments(scene: Scene) -> None:
    number = open_pull(scene.client(scene.owner.token))
    client = scene.client(scene.token(permissions={"pull_requests": "write"}))
    made = client.post(f"{ISSUES}/{number}/comments", json={"body": "x"})
    assert made.status_code == 201
    plain = scene.client(scene.owner.token).post(ISSUES, json={"title": "T"}).json()["number"]
    refused = client.post(f"{ISSUES}/{plain}/comments", json={"body": "x"})
    assert refused.status_code == 403
    assert refused.headers["X-Accepted-GitHub-Permissions"] == "issues=write"


def test_world__many_clients_at_once(scene: Scene) -> None:
    client = scene.client(scene.owner.token)
    client.post(ISSUES, json={"title": "T"})

    def comment(number: int) -> int:
        answer = client.post(f"{ISSUES}/1/comments", json={"body": str(number)})
        return answer.status_code

    with ThreadPoolExecutor(16) as pool:
        statuses = set(pool.map(comment, range(48)))
    assert statuses == {201}
    bodies = [one.body for one in scene.playground.world.comments.all()]
    assert sorted(map(int, bodies)) == list(range(48))
    told = [
        json.loads(one.body)["comment"]["body"] for one in scene.settled().named("issue_comment")
    ]
    assert told == bodies
    assert [write.id for write in scene.playground.writes] == list(range(1, 50))


def test_world__ids_need_more_than_32_bits(scene: Scene) -> None:
    made = scene.client(scene.owner.token).post(ISSUES, json={"title": "T"}).json()
    assert made["id"] > 2**31


def test_world__unknown_names(scene: Scene) -> None:
    world = scene.playground.world
    with pytest.raises(LookupError, match="no repository olga/none"):
        world.install(scene.app, "olga/none")
    with pytest.raises(LookupError, match="no user nobody"):
        world.set_permission("olga/demo", "nobody", "read")
    with pytest.raises(LookupError, match="no Issue 5"):
        world.issues.need(5)


def test_world__permission_can_be_raised_and_taken_away(scene: Scene) -> None:
    world = scene.playground.world
    repository = world.named("olga/demo")
    levels = []
    for level in ("read", "maintain", "none", "none"):
        world.set_permission("olga/demo", "rita", level)
        levels.append(world.permission(repository, scene.reader.id))
    assert levels == ["read", "maintain", "read", "read"]


def test_world__installing_twice_is_one_installation(scene: Scene) -> None:
    again = scene.playground.world.install(scene.app, "olga/demo")
    assert again == scene.installation_id
    assert len(scene.playground.world.installations.all()) == 1


@pytest.mark.parametrize(
    "path",
    [
        f"{ISSUES}/77",
        f"{ISSUES}/x",
        f"{ISSUES}/comments/77",
        f"{ISSUES}/77/comments",
        f"{ISSUES}/77/reactions",
        f"{ISSUES}/comments/77/reactions",
        f"{REPOSITORY}/pulls/comments/77/reactions",
        f"{REPOSITORY}/labels/none",
        "/apps/none",
        "/users/none",
        f"{REPOSITORY}/collaborators/none",
        f"{REPOSITORY}/collaborators/rita",
    ],
)
def test_world__not_found(scene: Scene, path: str) -> None:
    answer = scene.client(scene.owner.token).get(path)
    assert (answer.status_code, answer.json()["message"]) == (404, "Not Found")


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"state": "odd"}, 422),
        ({"since": "yesterday"}, 422),
        ({"since": "2026-11-02T08:00:00Z"}, 200),
        ({"since": "2026-11-02T08:00:00"}, 200),
        ({"sort": "updated"}, 200),
        ({"sort": "comments", "assignee": "*"}, 200),
    ],
)
def test_world__issue_queries(scene: Scene, query: dict[str, str], status: int) -> None:
    client = scene.client(scene.owner.token)
    client.post(ISSUES, json={"title": "T", "assignee": "wim"})
    answer = client.get(ISSUES, params=query)
    assert answer.status_code == status
    if status == 200:
        assert [one["number"] for one in answer.json()] == [1]


@pytest.mark.parametrize(
    "body",
    [
        {"state": "gone"},
        {"state_reason": "tired"},
        {"assignees": ["nobody"], "labels": ["made too early"]},
        {"labels": [7]},
        {"title": " "},
    ],
)
def test_world__wrong_issue_update_changes_nothing(scene: Scene, body: dict[str, object]) -> None:
    client = scene.client(scene.owner.token)
    made = client.post(ISSUES, json={"title": "T"}).json()
    answer = client.patch(f"{ISSUES}/1", json={"body": "new", **body})
    assert answer.status_code == 422
    assert client.get(f"{ISSUES}/1").json() == made
    assert len(client.get(f"{REPOSITORY}/labels").json()) == 9


def test_world__locked_issue(scene: Scene) -> None:
    world = scene.playground.world
    scene.client(scene.owner.token).post(ISSUES, json={"title": "T"})
    issue = world.issues.all()[0]
    world.issues.put(replace(issue, locked=True))
    body = {"body": "x"}
    assert (
        scene.client(scene.reader.token).post(f"{ISSUES}/1/comments", json=body).status_code == 403
    )
    assert (
        scene.client(scene.writer.token).post(f"{ISSUES}/1/comments", json=body).status_code == 201
    )


def test_world__issues_switched_off(scene: Scene) -> None:
    world = scene.playground.world
    world.repositories.put(replace(world.named("olga/demo"), has_issues=False))
    answer = scene.client(scene.owner.token).post(ISSUES, json={"title": "T"})
    assert (answer.status_code, answer.json()["message"]) == (
        410,
        "Issues has been disabled in this repository.",
    )


def test_world__label_bodies(scene: Scene) -> None:
    client = scene.client(scene.owner.token)
    client.post(ISSUES, json={"title": "T"})
    path = f"{ISSUES}/1/labels"
    for body in (["bug"], {"labels": ["bug"]}, {"labels": [{"name": "bug"}]}):
        assert [one["name"] for one in client.put(path, json=body).json()] == ["bug"]
    wrong: list[object] = [{"labels": "bug"}, [7]]
    for form in wrong:
        assert client.put(path, json=form).status_code == 422
    missing = client.delete(f"{path}/question")
    assert (missing.status_code, missing.json()["message"]) == (404, "Label does not exist")


def test_world__reactions_by_content(scene: Scene) -> None:
    client = scene.client(scene.owner.token)
    client.post(ISSUES, json={"title": "T"})
    path = f"{ISSUES}/1/reactions"
    for content in ("+1", "eyes"):
        assert client.post(path, json={"content": content}).status_code == 201
    assert client.post(path, json={"content": "eyes"}).status_code == 200
    shown = client.get(path, params={"content": "eyes"}).json()
    assert [one["content"] for one in shown] == ["eyes"]
    assert client.delete(f"{path}/77").status_code == 404


def test_world__a_token_of_a_user_is_no_installation(scene: Scene) -> None:
    answer = scene.client(scene.owner.token).get("/installation/repositories")
    assert answer.status_code == 403


def test_world__app_elsewhere_has_no_installation(scene: Scene) -> None:
    scene.playground.world.add_repository("olga", "free")
    for path in ("/repos/olga/free/installation", "/repos/olga/none/installation"):
        assert scene.as_app().get(path).status_code == 404


def test_world__unknown_permission_word(scene: Scene) -> None:
    path = f"{REPOSITORY}/collaborators/rita"
    answer = scene.client(scene.owner.token).put(path, json={"permission": "king"})
    assert answer.status_code == 422
