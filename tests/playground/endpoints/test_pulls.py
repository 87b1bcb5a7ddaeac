"""Pull requests over REST: opening, files with patches, changing, and following pushes."""

from typing import Any

import pytest
from github import GithubException
from github.PullRequest import PullRequest

from playground.ref_move import pull_ref
from tests.fakes.town import BASE, FULL_NAME, Town


def branch(town: Town, name: str, files: dict[str, str | None], *, parent: str = "") -> str:
    """Make a branch with one commit on top of the default branch, as the bot does."""
    tree = {
        path: {"sha": None} if text is None else {"content": text} for path, text in files.items()
    }
    return branch_of(town, name, tree, base=parent or town.head)


def branch_of(town: Town, name: str, entries: dict[str, dict[str, Any]], *, base: str) -> str:
    """Make a branch with one commit of tree entries on top of a commit."""
    http = town.http(town.app_token)
    tree = [
        {"path": path, "mode": "100644", "type": "blob"} | entry for path, entry in entries.items()
    ]
    made = http.post(f"{BASE}/git/trees", json={"base_tree": base, "tree": tree}).json()
    body = {"message": f"Change {name}", "tree": made["sha"], "parents": [base]}
    sha: str = http.post(f"{BASE}/git/commits", json=body).json()["sha"]
    ref = f"refs/heads/{name}"
    answer = http.post(f"{BASE}/git/refs", json={"ref": ref, "sha": sha})
    if answer.status_code == 422:
        answer = http.patch(f"{BASE}/git/{ref}", json={"sha": sha, "force": True})
    assert answer.status_code in (200, 201)
    return sha


def opened(town: Town, name: str = "topic", **more: Any) -> PullRequest:
    """Open a pull request that changes, adds, removes and moves a file."""
    source = town.store.entry("main", "src/uploader/client.py")
    assert source is not None
    client = (town.store.blob(source.sha) or b"").decode()
    old = town.store.entry("main", "tests/test_pieces.py")
    assert old is not None
    files = {
        "README.md": None,
        "new.txt": "one\ntwo",
        "src/uploader/client.py": client.replace("not name", "name is None"),
        "tests/test_pieces.py": None,
        "tests/test_cutting.py": (town.store.blob(old.sha) or b"").decode(),
    }
    branch(town, name, files)
    return town.repository(town.app_token).create_pull(
        base="main", head=name, title="A change", body="For #1", **more
    )


def test_create__draft_with_numbers_and_events(town: Town) -> None:
    pull = opened(town, draft=True)
    assert (pull.number, pull.draft, pull.state) == (1, True, "open")
    assert (pull.commits, pull.changed_files, pull.mergeable) == (1, 4, True)
    assert (pull.additions, pull.deletions) == (3, 16)
    assert pull.user.login == "p2a[bot]"
    assert (pull.head.label, pull.base.ref) == ("octo:topic", "main")
    assert town.store.ref(pull_ref(1)) is not None
    assert town.told[-1] == ("pull_request", "opened")
    payload = town.payloads_of("pull_request")[-1]
    assert payload["number"] == 1
    assert payload["pull_request"]["draft"] is True


def test_files__with_real_patches(town: Town) -> None:
    files = {file.filename: file for file in opened(town).get_files()}
    shown = {name: (f.status, f.additions, f.deletions) for name, f in files.items()}
    assert shown == {
        "README.md": ("removed", 0, 15),
        "new.txt": ("added", 2, 0),
        "src/uploader/client.py": ("modified", 1, 1),
        "tests/test_cutting.py": ("renamed", 0, 0),
    }
    assert files["tests/test_cutting.py"].previous_filename == "tests/test_pieces.py"
    assert files["new.txt"].patch == "@@ -0,0 +1,2 @@\n+one\n+two\n\\ No newline at end of file"
    assert (
        "-        if not name:\n+        if name is None:" in files["src/uploader/client.py"].patch
    )


def test_files__pages_and_the_limit_of_3000(town: Town) -> None:
    entry = {"sha": town.store.put_blob(b"x\n")}
    entries = {f"many/{number:04}.txt": entry for number in range(3050)}
    branch_of(town, "many", entries, base=town.head)
    pull = town.repository(town.app_token).create_pull(base="main", head="many", title="Many")
    assert pull.changed_files == 3050
    http = town.http()
    page = http.get(f"{BASE}/pulls/1/files", params={"per_page": 100, "page": 30})
    assert len(page.json()) == 100
    assert 'rel="next"' not in page.headers["Link"]
    beyond = http.get(f"{BASE}/pulls/1/files", params={"per_page": 100, "page": 31})
    assert beyond.json() == []


def test_commits_and_diff(town: Town) -> None:
    pull = opened(town)
    assert [commit.sha for commit in pull.get_commits()] == [pull.head.sha]
    diff = town.http().get(f"{BASE}/pulls/1", headers={"Accept": "application/vnd.github.diff"})
    assert "rename from tests/test_pieces.py" in diff.text
    found = town.http().get(f"{BASE}/commits/{pull.head.sha}/pulls").json()
    assert [one["number"] for one in found] == [1]


def test_create__refusals(town: Town) -> None:
    opened(town)
    repository = town.repository(town.app_token)
    repository.create_git_ref("refs/heads/same", town.head)

    def refusal(**body: str) -> dict[str, Any]:
        values: dict[str, Any] = {"title": "t", "base": "main", "head": "same"}
        with pytest.raises(GithubException) as refused:
            repository.create_pull(**values | body)
        assert refused.value.status == 422
        assert refused.value.data["message"] == "Validation Failed"
        error: dict[str, Any] = refused.value.data["errors"][0]
        return error

    assert refusal(head="topic")["message"] == "A pull request already exists for octo:topic."
    assert refusal()["message"] == "No commits between main and same"
    assert refusal(head="nope") == {"resource": "PullRequest", "code": "invalid", "field": "head"}
    assert refusal(base="nope") == {"resource": "PullRequest", "code": "invalid", "field": "base"}
    assert refusal(head="nobody:topic")["field"] == "head"
    assert refusal(body="x" * 65_537)["message"].startswith("Body is too long")
    assert refusal(title="x" * 257)["message"].startswith("title is too long")
    assert refusal(title="  ")["field"] == "title"
    orphan = repository.create_git_commit("Alone", repository.get_git_tree("main"), [])
    repository.create_git_ref("refs/heads/alone", orphan.sha)
    assert "no history in common" in refusal(head="alone")["message"]


def test_create__who_may(town: Town) -> None:
    branch(town, "topic", {"x": "x"})
    body = {"title": "t", "base": "main", "head": "topic"}
    assert town.http().post(f"{BASE}/pulls", json=body).status_code == 401
    assert town.http(town.reader.token).post(f"{BASE}/pulls", json=body).status_code == 403
    assert town.http(town.writer.token).post(f"{BASE}/pulls", json=body).status_code == 201


def test_listing__by_state_head_and_base(town: Town) -> None:
    first = opened(town)
    branch(town, "second", {"x": "x"})
    repository = town.repository(town.app_token)
    second = repository.create_pull(base="topic", head="second", title="On top")
    first.edit(state="closed")
    assert [pull.number for pull in repository.get_pulls()] == [2]
    assert [pull.number for pull in repository.get_pulls(state="all")] == [2, 1]
    assert [p.number for p in repository.get_pulls(state="all", direction="asc")] == [1, 2]
    assert [pull.number for pull in repository.get_pulls(state="closed")] == [1]
    assert [p.number for p in repository.get_pulls(state="all", head="octo:topic")] == [1]
    assert [p.number for p in repository.get_pulls(state="all", head="mona:topic")] == []
    assert [pull.number for pull in repository.get_pulls(base="topic")] == [second.number]


def test_update__texts_state_and_base(town: Town) -> None:
    pull = opened(town)
    town.repository(town.app_token).create_git_ref("refs/heads/release", town.head)
    town.told.clear()
    pull.edit(title="Better", body="Text", base="release")
    assert (pull.title, pull.body, pull.base.ref) == ("Better", "Text", "release")
    pull.edit(state="closed")
    assert pull.state == "closed"
    pull.edit(state="open")
    assert pull.state == "open"
    assert town.told == [
        ("pull_request", "edited"),
        ("pull_request", "edited"),
        ("pull_request", "closed"),
        ("pull_request", "reopened"),
    ]
    assert (
        town.http(town.reader.token).patch(f"{BASE}/pulls/1", json={"title": "Mine"}).status_code
        == 403
    )


def test_push__moves_the_head_and_tells_synchronize(town: Town) -> None:
    pull = opened(town)
    old = pull.head.sha
    new = branch(town, "topic", {"y": "y"}, parent=old)
    pull.update()
    assert pull.head.sha == new
    ref = town.store.ref(pull_ref(1))
    assert ref is not None
    assert ref.sha == new
    payload = town.payloads_of("pull_request")[-1]
    assert (payload["before"], payload["after"]) == (old, new)
    assert pull.commits == 2


def test_push__deleting_the_branch_closes_and_merging_the_head_merges(town: Town) -> None:
    pull = opened(town)
    town.repository(town.app_token).get_git_ref("heads/topic").delete()
    pull.update()
    assert (pull.state, pull.merged) == ("closed", False)
    refused = town.http(town.app_token).patch(f"{BASE}/pulls/1", json={"state": "open"})
    assert refused.status_code == 422
    sha = branch(town, "second", {"x": "x"})
    repository = town.repository(town.app_token)
    second = repository.create_pull(base="main", head="second", title="Second")
    repository.get_git_ref("heads/main").edit(sha)
    second.update()
    assert (second.state, second.merged, second.merge_commit_sha) == ("closed", True, sha)
    assert second.changed_files == 1


def test_mergeable__false_on_a_conflict(town: Town) -> None:
    pull = opened(town)
    repository = town.repository(town.app_token)
    readme = repository.get_contents("README.md")
    assert not isinstance(readme, list)
    repository.update_file("README.md", "Change it", "other\n", readme.sha)
    pull.update()
    assert pull.mergeable is False
    assert pull.mergeable_state == "dirty"


def test_fork__a_pull_from_another_repository(town: Town) -> None:
    world = town.playground.world
    parent = world.named(FULL_NAME)
    world.add_repository("rita", "uploader", town.store.git_dir, parent_id=parent.id)
    http = town.http(town.reader.token)
    body = {"message": "Add x", "content": "eA==", "branch": "main"}
    assert http.put("/repos/rita/uploader/contents/x", json=body).status_code == 201
    answer = http.post(f"{BASE}/pulls", json={"title": "t", "base": "main", "head": "rita:main"})
    assert answer.status_code == 201
    assert answer.json()["head"]["repo"]["full_name"] == "rita/uploader"
    assert [file["filename"] for file in http.get(f"{BASE}/pulls/1/files").json()] == ["x"]
    body = {"message": "Add y", "content": "eQ==", "branch": "main"}
    http.put("/repos/rita/uploader/contents/y", json=body)
    assert http.get(f"{BASE}/pulls/1").json()["changed_files"] == 2


def test_create__out_of_an_issue(town: Town) -> None:
    branch(town, "topic", {"x": "x"})
    repository = town.repository(town.writer.token)
    issue = repository.create_issue("Make it better")
    pull = repository.create_pull(base="main", head="topic", issue=issue)
    assert (pull.number, pull.title) == (issue.number, "Make it better")
    assert repository.get_issue(issue.number).pull_request is not None
    again = {"base": "main", "head": "topic", "issue": 99}
    answer = town.http(town.writer.token).post(f"{BASE}/pulls", json=again)
    assert answer.status_code == 422


def test_update__refusals(town: Town) -> None:
    opened(town)
    http = town.http(town.app_token)
    for body in ({"base": "nope"}, {"state": "gone"}, {"title": " "}, {"title": 3}):
        assert http.patch(f"{BASE}/pulls/1", json=body).status_code == 422
    assert http.patch(f"{BASE}/pulls/2", json={}).status_code == 404
    assert http.get(f"{BASE}/pulls/one").status_code == 404


def test_listing__sorted(town: Town) -> None:
    first = opened(town)
    branch(town, "second", {"x": "x"})
    repository = town.repository(town.app_token)
    repository.create_pull(base="main", head="second", title="Second")
    first.edit(title="Touched")
    assert [pull.number for pull in repository.get_pulls(sort="created")] == [2, 1]
    assert [p.number for p in repository.get_pulls(sort="created", direction="asc")] == [1, 2]
