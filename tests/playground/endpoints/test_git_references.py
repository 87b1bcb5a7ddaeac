"""References and branches over REST, and what follows when they move."""

import threading

import pytest
from github import GithubException, UnknownObjectException

from playground.git_commit import NO_OBJECT
from tests.fakes.town import BASE, FULL_NAME, Town


def new_commit(town: Town, name: str = "x.txt", *, parent: str | None = None) -> str:
    repository = town.repository(town.app_token)
    base = parent or town.head
    tree = town.http(town.app_token).post(
        f"{BASE}/git/trees",
        json={"base_tree": base, "tree": [{"path": name, "mode": "100644", "content": name}]},
    )
    commit = repository.get_git_commit(base)
    return repository.create_git_commit(
        f"Add {name}", repository.get_git_tree(tree.json()["sha"]), [commit]
    ).sha


def test_reference__make_read_list_move_delete(town: Town) -> None:
    repository = town.repository(town.app_token)
    first, old = new_commit(town), town.head
    made = repository.create_git_ref("refs/heads/p2a/one", old)
    assert made.object.sha == old
    assert repository.get_git_ref("heads/p2a/one").ref == "refs/heads/p2a/one"
    repository.create_git_ref("refs/tags/v1", old)
    matching = [ref.ref for ref in repository.get_git_matching_refs("heads/p")]
    assert matching == ["refs/heads/p2a/one"]
    made.edit(first)
    assert town.store.branch("p2a/one") == first
    made.delete()
    assert town.store.branch("p2a/one") is None
    with pytest.raises(UnknownObjectException):
        repository.get_git_ref("heads/p2a/one")
    pushes = town.payloads_of("push")
    assert [(p["ref"], p["before"], p["after"], p["created"], p["deleted"]) for p in pushes] == [
        ("refs/heads/p2a/one", NO_OBJECT, old, True, False),
        ("refs/tags/v1", NO_OBJECT, old, True, False),
        ("refs/heads/p2a/one", old, first, False, False),
        ("refs/heads/p2a/one", first, NO_OBJECT, False, True),
    ]
    assert [commit["id"] for commit in pushes[2]["commits"]] == [first]
    assert pushes[2]["sender"]["login"] == "p2a[bot]"


def test_reference__a_push_opens_one_check_suite_for_each_app_with_checks(town: Town) -> None:
    world = town.playground.world
    silent = world.add_app("silent", permissions={"contents": "write"})
    world.install(silent, FULL_NAME)
    sha = new_commit(town)
    repository = town.repository(town.app_token)
    repository.create_git_ref("refs/heads/a", sha)
    repository.create_git_ref("refs/heads/b", sha)
    requested = [e for e in town.events if (e.name, e.action) == ("check_suite", "requested")]
    assert [event.only_app_id for event in requested] == [town.app.id]
    [suite] = repository.get_commit(sha).get_check_suites()
    assert (suite.head_branch, suite.head_sha, suite.status) == ("a", sha, "queued")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"ref": "refs/heads/main"}, "Reference already exists"),
        ({"ref": "main"}, "main is not a valid ref name."),
        ({"ref": "refs/heads/bad..name"}, "refs/heads/bad..name is not a valid ref name."),
        ({"ref": "refs/heads/x", "sha": "1" * 40}, "Object does not exist"),
        ({"ref": "refs/heads/main/below"}, "Reference update failed"),
        ({"ref": "refs/pull/9/head"}, "Reference update failed"),
    ],
)
def test_create__refusals(still_town: Town, body: dict[str, str], message: str) -> None:
    town = still_town
    answer = town.http(town.app_token).post(f"{BASE}/git/refs", json={"sha": town.head} | body)
    assert (answer.status_code, answer.json()["message"]) == (422, message)
    assert [ref.name for ref in town.store.refs()] == ["refs/heads/main"]


def test_update__only_forward_unless_forced(town: Town) -> None:
    repository = town.repository(town.app_token)
    one, two = new_commit(town, "one"), new_commit(town, "two")
    ref = repository.create_git_ref("refs/heads/topic", one)
    with pytest.raises(GithubException) as refused:
        ref.edit(two)
    assert refused.value.status == 422
    assert refused.value.data["message"] == "Update is not a fast forward"
    ref.edit(two, force=True)
    assert town.store.branch("topic") == two
    assert town.payloads_of("push")[-1]["forced"] is True
    missing = town.http(town.app_token).patch(f"{BASE}/git/refs/heads/nope", json={"sha": one})
    assert (missing.status_code, missing.json()["message"]) == (422, "Reference does not exist")


def test_delete__unknown_and_default_branch(town: Town) -> None:
    http = town.http(town.app_token)
    assert http.delete(f"{BASE}/git/refs/heads/nope").status_code == 422
    assert http.delete(f"{BASE}/git/refs/heads/main").status_code == 422
    assert town.head


def test_create__two_at_once_make_one(town: Town) -> None:
    http, answers = town.http(town.app_token), []

    def make() -> None:
        body = {"ref": "refs/heads/race", "sha": town.head}
        answers.append(http.post(f"{BASE}/git/refs", json=body).status_code)

    threads = [threading.Thread(target=make) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [201, 422, 422, 422, 422, 422]


def test_branches__list_and_get(town: Town) -> None:
    repository = town.repository(town.app_token)
    repository.create_git_ref("refs/heads/feature/deep", town.head)
    assert [branch.name for branch in repository.get_branches()] == ["feature/deep", "main"]
    assert repository.get_branch("feature/deep").commit.sha == town.head
    with pytest.raises(UnknownObjectException) as missing:
        repository.get_branch("nope")
    assert missing.value.data["message"] == "Branch not found"
