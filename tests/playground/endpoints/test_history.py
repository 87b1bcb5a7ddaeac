"""Commits, comparisons, contents and statuses over REST."""

import base64

import pytest
from github import GithubException, UnknownObjectException

from tests.fakes.town import BASE, Town


def test_commits__list_by_path_author_and_page(town: Town) -> None:
    repository = town.repository(town.reader.token)
    messages = [commit.commit.message for commit in repository.get_commits()]
    assert messages == [
        "Send the pieces and return a receipt",
        "Cut data into pieces",
        "Start the uploader",
    ]
    assert repository.get_commits(path="README.md").totalCount == 1
    assert repository.get_commits(author="ada@example.com").totalCount == 3
    assert repository.get_commits(author="mona").totalCount == 0
    http = town.http()
    page = http.get(f"{BASE}/commits", params={"per_page": 2, "page": 2})
    assert len(page.json()) == 1
    assert (
        http.get(f"{BASE}/commits", params={"until": "2026-03-04T00:00:00Z"})
        .json()[0]["commit"]["message"]
        .startswith("Cut")
    )
    assert http.get(f"{BASE}/commits", params={"sha": "nope"}).status_code == 404


def test_commit__with_files_by_branch_tag_and_short_id(town: Town) -> None:
    repository = town.repository(town.app_token)
    repository.create_git_ref("refs/heads/feature/deep", town.head)
    for name in ("main", "feature/deep", town.head, town.head[:8], "heads/main"):
        commit = repository.get_commit(name)
        assert commit.sha == town.head
    assert [(file.filename, file.status) for file in commit.files] == [
        ("src/uploader/__init__.py", "added"),
        ("src/uploader/client.py", "added"),
        ("tests/test_client.py", "added"),
    ]
    assert commit.stats.additions == sum(file.additions for file in commit.files)
    missing = town.http().get(f"{BASE}/commits/nope")
    assert (missing.status_code, missing.json()["message"]) == (
        422,
        "No commit found for SHA: nope",
    )
    diff = town.http().get(
        f"{BASE}/commits/main", headers={"Accept": "application/vnd.github.v3.diff"}
    )
    assert diff.text.startswith("diff --git a/src/uploader/__init__.py")


def test_compare__ahead_behind_diverged_identical(town: Town) -> None:
    repository = town.repository(town.app_token)
    old = repository.get_commits()[2].sha
    ahead = repository.compare(old, "main")
    assert (ahead.status, ahead.ahead_by, ahead.behind_by, ahead.total_commits) == (
        "ahead",
        2,
        0,
        2,
    )
    assert [commit.sha for commit in ahead.commits][-1] == town.head
    assert ahead.merge_base_commit.sha == old
    assert "src/uploader/client.py" in [file.filename for file in ahead.files]
    assert repository.compare("main", old).status == "behind"
    assert repository.compare("main", "main").status == "identical"
    repository.create_git_ref("refs/heads/side", old)
    repository.create_file("side.txt", "Side", "x", branch="side")
    assert repository.compare("main", "side").status == "diverged"
    assert repository.compare("main", "octo:side").behind_by == 2
    assert town.http().get(f"{BASE}/compare/main...nope").status_code == 404
    orphan = repository.create_git_commit("Alone", repository.get_git_tree("main"), [])
    alone = town.http().get(f"{BASE}/compare/main...{orphan.sha}")
    assert alone.status_code == 404
    assert alone.json()["message"].startswith("No common ancestor")


def test_contents__read_file_directory_and_raw(town: Town) -> None:
    repository = town.repository(town.reader.token)
    readme = repository.get_contents("README.md")
    assert not isinstance(readme, list)
    assert readme.decoded_content.startswith(b"# uploader")
    listing = repository.get_contents("src/uploader", ref="main")
    assert isinstance(listing, list)
    assert [entry.path for entry in listing] == [
        f"src/uploader/{name}.py" for name in ("__init__", "client", "errors", "pieces")
    ]
    root = town.http().get(f"{BASE}/contents/").json()
    assert [entry["name"] for entry in root if entry["type"] == "dir"] == ["src", "tests"]
    raw = town.http().get(
        f"{BASE}/contents/README.md", headers={"Accept": "application/vnd.github.raw+json"}
    )
    assert raw.content == readme.decoded_content
    for path in ("nope", "README.md/below", "../etc/passwd", "%00"):
        assert town.http().get(f"{BASE}/contents/{path}").status_code == 404
    missing = town.http().get(f"{BASE}/contents/README.md", params={"ref": "nope"})
    assert (missing.status_code, missing.json()["message"]) == (
        404,
        "No commit found for the ref nope",
    )


def test_contents__make_change_delete(town: Town) -> None:
    repository = town.repository(town.writer.token)
    made = repository.create_file("docs/a b.md", "Add a page", "one\n", branch="main")
    assert made["commit"].sha == town.head
    changed = repository.update_file("docs/a b.md", "Change it", "two\n", made["content"].sha)
    assert town.store.commits([town.head])[0].parents == (made["commit"].sha,)
    assert changed["commit"].sha == town.head
    with pytest.raises(GithubException) as stale:
        repository.update_file("docs/a b.md", "Again", "three\n", made["content"].sha)
    assert stale.value.status == 409
    with pytest.raises(GithubException) as without:
        repository.create_file("docs/a b.md", "Again", "three\n")
    assert without.value.status == 422
    assert '"sha" wasn\'t supplied' in without.value.data["message"]
    repository.delete_file("docs/a b.md", "Remove it", changed["content"].sha)
    with pytest.raises(UnknownObjectException):
        repository.get_contents("docs/a b.md")
    assert [name for name, _ in town.told if name == "push"] == ["push"] * 3


def test_contents__an_app_commits_signed(town: Town) -> None:
    made = town.repository(town.app_token).create_file("x", "Add x", "x")
    commit = made["commit"]
    assert commit.raw_data["verification"]["verified"] is True
    missing = town.http(town.app_token).put(
        f"{BASE}/contents/y",
        json={"message": "m", "content": base64.b64encode(b"y").decode(), "branch": "nope"},
    )
    assert (missing.status_code, missing.json()["message"]) == (404, "Branch nope not found")


def test_contents__first_commit_of_an_empty_repository(town: Town) -> None:
    town.playground.world.add_repository("octo", "empty")
    http = town.http(town.owner.token)
    assert http.get("/repos/octo/empty/commits").status_code == 409
    assert http.get("/repos/octo/empty/contents/").status_code == 404
    body = {"message": "First", "content": base64.b64encode(b"hi").decode()}
    assert http.put("/repos/octo/empty/contents/hi.txt", json=body).status_code == 201
    assert len(http.get("/repos/octo/empty/commits").json()) == 1


def test_statuses__combined_takes_the_newest_of_each_context(town: Town) -> None:
    commit = town.repository(town.app_token).get_commit(town.head)
    assert commit.get_combined_status().state == "pending"
    commit.create_status("pending", context="ci", description="running")
    commit.create_status("success", context="lint", target_url="https://example.com")
    assert commit.get_combined_status().state == "pending"
    commit.create_status("failure", context="ci")
    combined = commit.get_combined_status()
    assert (combined.state, combined.total_count) == ("failure", 2)
    assert [status.state for status in commit.get_statuses()] == ["failure", "success", "pending"]
    assert [name for name, _ in town.told] == ["status"] * 3


def test_statuses__refusals(town: Town) -> None:
    http = town.http(town.app_token)
    url = f"{BASE}/statuses/{town.head}"
    assert http.post(url, json={"state": "great"}).status_code == 422
    assert http.post(url, json={"state": "error", "description": "x" * 141}).status_code == 422
    unknown = http.post(f"{BASE}/statuses/{'1' * 40}", json={"state": "error"})
    assert unknown.json()["message"] == f"No commit found for SHA: {'1' * 40}"
    assert http.post(f"{BASE}/statuses/main%0Amain", json={"state": "error"}).status_code == 422


def test_contents__a_link_a_submodule_and_large_files(town: Town) -> None:
    http = town.http(town.app_token)
    entries = [
        {"path": "link", "mode": "120000", "type": "blob", "content": "README.md"},
        {"path": "sub", "mode": "160000", "type": "commit", "sha": town.head},
        {
            "path": ".gitmodules",
            "mode": "100644",
            "type": "blob",
            "content": '[submodule "a"]\n\tpath = sub\n\turl = https://example.com/sub.git\n',
        },
        {"path": "large.txt", "mode": "100644", "type": "blob", "content": "x" * 1_048_577},
    ]
    body = {"base_tree": town.head, "tree": entries}
    tree = http.post(f"{BASE}/git/trees", json=body).json()["sha"]
    commit = {"message": "Add three", "tree": tree, "parents": [town.head]}
    sha = http.post(f"{BASE}/git/commits", json=commit).json()["sha"]
    shown = {
        name: http.get(f"{BASE}/contents/{name}", params={"ref": sha}).json()
        for name in ("link", "sub", "large.txt")
    }
    assert (shown["link"]["type"], shown["link"]["target"]) == ("symlink", "README.md")
    assert shown["sub"]["type"] == "submodule"
    assert shown["sub"]["submodule_git_url"] == "https://example.com/sub.git"
    assert (shown["large.txt"]["content"], shown["large.txt"]["encoding"]) == ("", "none")
    raw = http.get(
        f"{BASE}/contents/large.txt",
        params={"ref": sha},
        headers={"Accept": "application/vnd.github.raw"},
    )
    assert len(raw.content) == 1_048_577


def test_contents__refused_paths_and_bodies(town: Town) -> None:
    http = town.http(town.app_token)
    body = {"message": "m", "content": "eA=="}
    for path, status in (("src", 422), (".git/config", 422), ("a/../b", 422)):
        assert http.put(f"{BASE}/contents/{path.replace('/', '%2F')}", json=body).status_code == (
            status
        )
    given = http.put(f"{BASE}/contents/new", json=body | {"sha": "1" * 40})
    assert (given.status_code, given.json()["message"]) == (409, f"new does not match {'1' * 40}")
    gone = {"message": "m", "sha": "1" * 40}
    assert http.request("DELETE", f"{BASE}/contents/new", json=gone).status_code == 404


def test_contents__committer_and_author_as_given(town: Town) -> None:
    body = {
        "message": "m",
        "content": "eA==",
        "committer": {"name": "Ann", "email": "ann@example.com", "date": "2026-01-02T03:04:05Z"},
    }
    http = town.http(town.writer.token)
    commit = http.put(f"{BASE}/contents/a", json=body).json()["commit"]
    assert commit["author"] == commit["committer"] == body["committer"]
    for wrong in ({"name": "Ann"}, {"name": "Ann", "email": "a@x", "date": "soon"}):
        refused = http.put(f"{BASE}/contents/b", json=body | {"committer": wrong})
        assert refused.status_code == 422
    plain = http.put(f"{BASE}/contents/b", json={"message": "m", "content": "eA=="}).json()
    assert plain["commit"]["committer"]["name"] == "GitHub"


def test_compare__pages_and_diff(town: Town) -> None:
    http = town.http()
    old = http.get(f"{BASE}/commits").json()[2]["sha"]
    page = http.get(f"{BASE}/compare/{old}...main", params={"per_page": 1, "page": 2})
    assert [one["sha"] for one in page.json()["commits"]] == [town.head]
    assert page.json()["files"] == []
    assert 'rel="prev"' in page.headers["Link"]
    diff = http.get(
        f"{BASE}/compare/{old}...main", headers={"Accept": "application/vnd.github.diff"}
    )
    assert diff.text.startswith("diff --git")
    assert http.get(f"{BASE}/compare/main").status_code == 404
    assert http.get(f"{BASE}/compare/nobody:main...main").status_code == 404
    assert http.get(f"{BASE}/commits", params={"since": "soon"}).status_code == 422
