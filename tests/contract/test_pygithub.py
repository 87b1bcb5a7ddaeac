"""PyGithub plays users and an App against the playground, through every kind of object."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from github import Auth, Github, GithubException, GithubIntegration, InputGitTreeElement
from github.Repository import Repository

from tests.contract.playground_contract import assert_contract
from tests.contract.stage import NAME, OWNER, Stage, stage

FULL_NAME = f"{OWNER}/{NAME}"
FIXED = "def add(a, b):\n    return a + b\n"


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Stage]:
    """Return a stage whose exchanges are checked at the end."""
    with stage(tmp_path) as scene:
        yield scene
        assert scene.playground.webhooks.settle()
        assert_contract(scene.playground)


def client(scene: Stage, auth: Auth.Auth) -> Github:
    return Github(
        auth=auth,
        base_url=scene.playground.api_url,
        retry=None,
        seconds_between_requests=0,
        seconds_between_writes=0,
        per_page=20,
    )


def as_user(scene: Stage, token: str) -> Repository:
    return client(scene, Auth.Token(token)).get_repo(FULL_NAME)


def as_app(scene: Stage) -> Repository:
    auth = Auth.AppAuth(scene.app.id, scene.app.private_key_pem)
    installation = auth.get_installation_auth(scene.installation_id)
    return client(scene, installation).get_repo(FULL_NAME)


def publish(repository: Repository, *, base: str, branch: str) -> str:
    """Publish a commit by the Git Data API and return its id."""
    parent = repository.get_git_commit(base)
    element = InputGitTreeElement("calc.py", "100644", "blob", content=FIXED)
    tree = repository.create_git_tree([element], base_tree=parent.tree)
    commit = repository.create_git_commit("Fix add", tree, [parent])
    repository.create_git_ref(f"refs/heads/{branch}", commit.sha)
    return commit.sha


def test_users__issues_comments_labels_reactions(scene: Stage) -> None:
    repository = as_user(scene, scene.guest.token)
    issue = repository.create_issue("add subtracts", body="See `calc.py`", labels=["bug"])
    comment = issue.create_comment("/p2a fix")
    comment.edit("/p2a fix it")
    reaction = comment.create_reaction("eyes")
    assert [one.content for one in comment.get_reactions()] == ["eyes"]
    assert comment.delete_reaction(reaction.id)
    issue.create_reaction("heart")
    assert issue.get_reactions().totalCount == 1
    repository.create_label("p2a", "5319e7", "Let the bot do it")
    issue.add_to_labels("p2a")
    assert {one.name for one in issue.get_labels()} == {"bug", "p2a"}
    issue.remove_from_labels("bug")
    issue.set_labels("bug", "p2a")
    issue.delete_labels()
    issue.edit(title="add() subtracts", state="closed", state_reason="completed")
    issue.edit(state="open")
    found = repository.get_issue(issue.number)
    assert (found.title, found.state, found.comments) == ("add() subtracts", "open", 1)
    assert [one.body for one in found.get_comments()] == ["/p2a fix it"]
    assert [one.id for one in repository.get_issues_comments()] == [comment.id]
    assert [one.number for one in repository.get_issues(state="all")] == [issue.number]
    comment.delete()
    with pytest.raises(GithubException):
        repository.get_issue(99)


def test_users__collaborators_and_accounts(scene: Stage) -> None:
    github = client(scene, Auth.Token(scene.ada.token))
    assert github.get_user().login == "ada"
    assert github.get_user("guest").type == "User"
    repository = github.get_repo(FULL_NAME)
    assert {one.login for one in repository.get_collaborators()} == {"ada", "guest"}
    assert repository.get_collaborator_permission("guest") == "write"
    assert repository.get_collaborator_role_name("guest") == "write"
    assert repository.has_in_collaborators("guest")
    stranger = scene.playground.world.add_user("stranger")
    assert not repository.has_in_collaborators("stranger")
    repository.add_to_collaborators("stranger", "triage")
    repository.remove_from_collaborators("stranger")
    assert repository.get_collaborator_permission(stranger.login) in ("read", "none")
    assert github.get_rate_limit().rate.limit > 0


def test_app__about_itself(scene: Stage) -> None:
    auth = Auth.AppAuth(scene.app.id, scene.app.private_key_pem)
    integration = GithubIntegration(auth=auth, base_url=scene.playground.api_url, retry=None)
    assert integration.get_app().slug == "prompt2action"
    assert [one.id for one in integration.get_installations()] == [scene.installation_id]
    assert integration.get_repo_installation(OWNER, NAME).id == scene.installation_id
    token = integration.get_access_token(scene.installation_id, permissions={"issues": "write"})
    assert token.permissions["issues"] == "write"


def test_app__publishes_a_pull_request_with_a_check(scene: Stage) -> None:
    repository = as_app(scene)
    sha = publish(repository, base=scene.sha, branch="p2a/1")
    pull = repository.create_pull(
        base="main", head="p2a/1", title="Fix add", body="By a bot", draft=True
    )
    assert [one.filename for one in pull.get_files()] == ["calc.py"]
    assert [one.sha for one in pull.get_commits()] == [sha]
    assert (pull.additions, pull.deletions, pull.changed_files) == (1, 1, 1)
    pull.as_issue().create_comment("It is ready")
    run = repository.create_check_run("p2a", sha, status="in_progress", external_id="1")
    remark = {
        "path": "calc.py",
        "start_line": 2,
        "end_line": 2,
        "annotation_level": "notice",
        "message": "Better now",
    }
    output = {"title": "92", "summary": "Good"}
    run.edit(output={**output, "annotations": [remark] * 50})
    run.edit(output={**output, "annotations": [remark]}, conclusion="success", status="completed")
    assert run.get_annotations().totalCount == 51
    assert [one.id for one in repository.get_commit(sha).get_check_runs()] == [run.id]
    assert repository.get_commit(sha).get_check_suites().totalCount == 1
    assert repository.get_check_suite(run.check_suite.id).get_check_runs().totalCount == 1
    repository.get_commit(sha).create_status("success", context="p2a", description="Good")
    assert repository.get_commit(sha).get_combined_status().state == "success"
    assert [one.context for one in repository.get_commit(sha).get_statuses()] == ["p2a"]
    pull.edit(title="Fix add()", state="closed")
    pull.edit(state="open")
    assert [one.number for one in repository.get_pulls(head=f"{OWNER}:p2a/1")] == [pull.number]
    assert repository.get_pull(pull.number).mergeable


def test_users__review_a_pull_request(scene: Stage) -> None:
    writer = as_user(scene, scene.guest.token)
    sha = publish(writer, base=scene.sha, branch="guest/fix")
    pull = writer.create_pull(base="main", head="guest/fix", title="Fix add", body="")
    reviewer = as_user(scene, scene.ada.token)
    same = reviewer.get_pull(pull.number)
    commit = reviewer.get_commit(sha)
    comment = same.create_review_comment("Why?", commit, "calc.py", line=2, side="RIGHT")
    same.create_review_comment_reply(comment.id, "Because")
    assert same.get_review_comments().totalCount == 2
    review = same.create_review(commit, "Nearly", "REQUEST_CHANGES")
    same.create_review(commit, "Fine", "APPROVE")
    assert [one.state for one in same.get_reviews()][-2:] == ["CHANGES_REQUESTED", "APPROVED"]
    assert same.get_review(review.id).user.login == "ada"
    comment.create_reaction("+1")
    comment.edit("Why so?")
    assert same.get_review_comment(comment.id).body == "Why so?"


def test_users__branches_commits_contents(scene: Stage) -> None:
    repository = as_user(scene, scene.guest.token)
    made = repository.create_file("docs/a b.md", "Add a page", "# Über\n", branch="main")
    assert repository.get_contents("docs/a b.md").decoded_content == "# Über\n".encode()  # type: ignore[union-attr]
    assert len(repository.get_contents("")) == 3  # type: ignore[arg-type]
    assert [one.path for one in repository.get_contents("docs")] == ["docs/a b.md"]  # type: ignore[union-attr]
    changed = repository.update_file("docs/a b.md", "Change it", "# U\n", made["content"].sha)
    repository.delete_file("docs/a b.md", "Drop it", changed["content"].sha)
    assert [one.name for one in repository.get_branches()] == ["main"]
    assert repository.get_branch("main").commit.sha == repository.get_commits()[0].sha
    assert repository.get_commits().totalCount == 5
    comparison = repository.compare(scene.sha, "main")
    assert (comparison.status, comparison.ahead_by) == ("ahead", 3)
    assert repository.get_commit("main").stats.deletions == 1
    assert repository.get_git_tree("main", recursive=True).tree[0].path == "README.md"
    blob = repository.create_git_blob("hi", "utf-8")
    assert repository.get_git_blob(blob.sha).size == 2
    reference = repository.create_git_ref("refs/heads/side/one", scene.sha)
    reference.edit(repository.get_branch("main").commit.sha)
    assert repository.get_git_ref("heads/side/one").object.sha != scene.sha
    assert [one.ref for one in repository.get_git_matching_refs("heads/side")] == [
        "refs/heads/side/one"
    ]
    reference.delete()
