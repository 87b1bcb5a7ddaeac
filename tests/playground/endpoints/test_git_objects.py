"""Blobs, trees and commits over the Git Data API."""

import base64

import pytest
from github import InputGitAuthor, InputGitTreeElement, UnknownObjectException

from tests.fakes.town import BASE, Town

BOT = "p2a[bot]"


def test_blob__round_trip(town: Town) -> None:
    repository = town.repository(town.writer.token)
    data = bytes(range(256)) * 20
    written = repository.create_git_blob(base64.b64encode(data).decode(), "base64")
    read = repository.get_git_blob(written.sha)
    assert base64.b64decode(read.content) == data
    assert (read.size, read.encoding) == (len(data), "base64")
    text = repository.create_git_blob("hällo\n", "utf-8")
    raw = town.http().get(
        f"{BASE}/git/blobs/{text.sha}", headers={"Accept": "application/vnd.github.raw"}
    )
    assert raw.content == "hällo\n".encode()


def test_blob__unknown_is_404_and_malformed_422(town: Town) -> None:
    with pytest.raises(UnknownObjectException):
        town.repository(town.writer.token).get_git_blob("0" * 40)
    assert town.http().get(f"{BASE}/git/blobs/xyz").status_code == 422
    bad = town.http(town.writer.token).post(
        f"{BASE}/git/blobs", json={"content": "%%%", "encoding": "base64"}
    )
    assert (bad.status_code, bad.json()["message"]) == (422, "content is not valid Base64")


def test_tree__inline_content_over_a_base(town: Town) -> None:
    repository = town.repository(town.app_token)
    base = repository.get_git_tree(town.head)
    tree = repository.create_git_tree(
        [
            InputGitTreeElement("docs/new.md", "100644", "blob", content="# New\n"),
            InputGitTreeElement("README.md", "100644", "blob", sha=None),
        ],
        base,
    )
    paths = {entry.path: entry for entry in repository.get_git_tree(tree.sha, recursive=True).tree}
    assert "README.md" not in paths
    assert paths["docs/new.md"].type == "blob"
    assert paths["docs"].type == "tree"
    assert "src/uploader/client.py" in paths
    assert {entry.path for entry in repository.get_git_tree("main").tree} == {
        ".gitignore",
        "README.md",
        "pyproject.toml",
        "src",
        "tests",
    }


def test_tree__without_a_base_holds_only_its_entries(town: Town) -> None:
    repository = town.repository(town.app_token)
    sub = repository.get_git_tree(town.head).tree
    src = next(entry for entry in sub if entry.path == "src")
    tree = repository.create_git_tree(
        [
            InputGitTreeElement("copy", "040000", "tree", sha=src.sha),
            InputGitTreeElement("run.sh", "100755", "blob", content="#!/bin/sh\n"),
            InputGitTreeElement("link", "120000", "blob", content="run.sh"),
        ]
    )
    found = {e.path: e.mode for e in repository.get_git_tree(tree.sha, recursive=True).tree}
    assert found["run.sh"] == "100755"
    assert found["link"] == "120000"
    assert found["copy"] == "040000"
    assert found["copy/uploader/client.py"] == "100644"


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        ({"path": "../x", "mode": "100644", "content": "x"}, "malformed path"),
        ({"path": "a/.git/config", "mode": "100644", "content": "x"}, "malformed path"),
        ({"path": "/abs", "mode": "100644", "content": "x"}, "malformed path"),
        ({"path": "a", "mode": "100600", "content": "x"}, "tree.mode"),
        ({"path": "a", "mode": "100644"}, "either tree.sha or tree.content"),
        ({"path": "a", "mode": "100644", "sha": "1" * 40}, "not a valid object"),
        ({"path": "gone", "mode": "100644", "sha": None}, "BadObjectState"),
        ({"mode": "100644", "content": "x"}, "tree.path"),
    ],
)
def test_tree__refusals(still_town: Town, entry: dict[str, object], text: str) -> None:
    town = still_town
    answer = town.http(town.app_token).post(
        f"{BASE}/git/trees", json={"base_tree": town.head, "tree": [entry]}
    )
    assert answer.status_code == 422
    assert text in answer.json()["message"]


def test_tree__base_tree_unknown_and_no_entries(town: Town) -> None:
    http = town.http(town.app_token)
    entry = {"path": "a", "mode": "100644", "content": "x"}
    bad = http.post(f"{BASE}/git/trees", json={"base_tree": "1" * 40, "tree": [entry]})
    assert (bad.status_code, bad.json()["message"]) == (422, "base_tree is not a valid tree oid")
    empty = http.post(f"{BASE}/git/trees", json={"tree": []})
    assert (empty.status_code, empty.json()["message"]) == (422, "Invalid tree info")


def test_commit__an_app_that_names_no_author_is_verified(town: Town) -> None:
    repository = town.repository(town.app_token)
    parent = repository.get_git_commit(town.head)
    commit = repository.create_git_commit("Do nothing\n\nAt all.", parent.tree, [parent])
    read = repository.get_git_commit(commit.sha)
    assert read.message == "Do nothing\n\nAt all."
    assert read.author.name == BOT
    assert read.author.email.endswith("+p2a[bot]@users.noreply.github.com")
    assert (read.committer.name, read.committer.email) == ("GitHub", "noreply@github.com")
    verification = read.raw_data["verification"]
    assert verification["verified"] is True
    assert verification["reason"] == "valid"
    assert verification["signature"].startswith("-----BEGIN PGP SIGNATURE-----")
    assert verification["payload"].endswith("\n\nDo nothing\n\nAt all.")
    assert repository.get_commit(commit.sha).author.login == BOT


def test_commit__a_user_or_a_named_author_is_unsigned(town: Town) -> None:
    somebody = InputGitAuthor("Some One", "one@example.com", "2026-01-02T03:04:05+02:00")
    for token in (town.app_token, town.writer.token):
        repository = town.repository(token)
        parent = repository.get_git_commit(town.head)
        commit = repository.create_git_commit("By hand", parent.tree, [parent], somebody)
        raw = repository.get_git_commit(commit.sha).raw_data
        assert raw["author"] == raw["committer"]
        assert raw["author"]["date"] == "2026-01-02T01:04:05Z"
        assert raw["verification"]["reason"] == "unsigned"
    plain = town.repository(town.writer.token)
    commit = plain.create_git_commit("Mine", plain.get_git_commit(town.head).tree, [])
    assert commit.author.name == "mona"
    assert commit.raw_data["verification"]["verified"] is False


def test_commit__refusals(town: Town) -> None:
    http = town.http(town.app_token)
    for body, text in (
        ({"message": "m", "tree": "1" * 40}, "Tree SHA does not exist"),
        ({"message": "m", "tree": "main"}, "exactly 40 characters"),
        ({"tree": town.store.tree_id("main")}, "wasn't supplied"),
        (
            {"message": "m", "tree": town.store.tree_id("main"), "parents": ["2" * 40]},
            "Parent SHA does not exist or is not a commit object",
        ),
    ):
        answer = http.post(f"{BASE}/git/commits", json=body)
        assert answer.status_code == 422
        assert text in answer.json()["message"]
    assert http.get(f"{BASE}/git/commits/{'3' * 40}").status_code == 404


def test_writes__need_the_permission(town: Town) -> None:
    body = {"content": "x"}
    assert town.http().post(f"{BASE}/git/blobs", json=body).status_code == 401
    assert town.http(town.reader.token).post(f"{BASE}/git/blobs", json=body).status_code == 403
    world = town.playground.world
    other = world.add_app("readonly", permissions={"contents": "read"})
    town.app, town.installation_id = other, world.install(other, "octo/uploader")
    answer = town.http(town.app_token).post(f"{BASE}/git/blobs", json=body)
    assert answer.status_code == 403
    assert answer.json()["message"] == "Resource not accessible by integration"
