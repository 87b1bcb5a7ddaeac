"""The endpoints as PyGithub, which knows nothing of us, uses them."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest
from github import GithubException, UnknownObjectException
from github.Issue import Issue
from github.NamedUser import NamedUser

from playground.server import Playground
from tests.fakes.hook_server import HookServer
from tests.fakes.stopwatch import Stopwatch
from tests.playground.conftest import Scene, build_scene


class RealTime(Stopwatch):
    """The real time, since the foreign client signs its JWT by it; it can be moved on."""

    def __init__(self) -> None:
        super().__init__(datetime.now(UTC))
        self._started = self.now

    def __call__(self) -> datetime:
        return datetime.now(UTC) + (self.now - self._started)


@pytest.fixture
def scene() -> Iterator[Scene]:
    clock = RealTime()
    with ExitStack() as closing:
        hook = closing.enter_context(HookServer())
        playground = closing.enter_context(Playground.start(clock=clock, webhook_seconds=5))
        yield build_scene(playground, clock=clock, hook=hook, closing=closing)


@pytest.fixture
def issue(scene: Scene) -> Issue:
    return scene.repository(scene.reader.token).create_issue("Uploads fail", body="Often.")


def test_pygithub__app_and_installations(scene: Scene) -> None:
    integration = scene.integration()
    assert integration.get_app().slug == "p2a"
    assert [one.id for one in integration.get_installations()] == [scene.installation_id]
    one = integration.get_app_installation(scene.installation_id)
    assert (one.app_id, one.target_type) == (scene.app.id, "User")
    assert integration.get_repo_installation("olga", "demo").id == scene.installation_id
    with pytest.raises(UnknownObjectException):
        integration.get_app_installation(1)


def test_pygithub__installation_token(scene: Scene) -> None:
    integration = scene.integration()
    token = integration.get_access_token(scene.installation_id, permissions={"issues": "write"})
    assert token.permissions == {"issues": "write", "metadata": "read"}
    left = token.expires_at - datetime.now(UTC)
    assert timedelta(minutes=59) < left <= timedelta(hours=1)
    github = integration.get_github_for_installation(scene.installation_id)
    scene.closing.callback(github.close)
    assert github.get_repo("olga/demo").full_name == "olga/demo"


def test_pygithub__installation_repositories(scene: Scene) -> None:
    installation = scene.integration().get_app_installation(scene.installation_id)
    assert [one.full_name for one in installation.get_repos()] == ["olga/demo"]


def test_pygithub__app_by_slug(scene: Scene) -> None:
    assert scene.pygithub(scene.reader.token).get_app("p2a").id == scene.app.id


def test_pygithub__users(scene: Scene) -> None:
    github = scene.pygithub(scene.reader.token)
    me = github.get_user()
    assert (me.login, me.id, me.type) == ("rita", scene.reader.id, "User")
    assert github.get_user("wim").id == scene.writer.id
    assert github.get_user("p2a[bot]").type == "Bot"


def test_pygithub__repository(scene: Scene) -> None:
    repository = scene.repository(scene.writer.token)
    assert repository.default_branch == "main"
    assert repository.owner.login == "olga"
    assert (repository.permissions.push, repository.permissions.admin) == (True, False)
    assert repository.clone_url == f"{scene.playground.url}/olga/demo.git"


def test_pygithub__collaborators(scene: Scene) -> None:
    repository = scene.repository(scene.owner.token)
    levels = {one.login: one.role_name for one in repository.get_collaborators()}
    assert levels == {"olga": "admin", "wim": "write", "tara": "triage"}
    pushers = repository.get_collaborators(permission="push")
    assert [one.login for one in pushers] == ["olga", "wim"]
    assert repository.has_in_collaborators("wim")
    assert not repository.has_in_collaborators("rita")
    repository.add_to_collaborators("rita", "maintain")
    assert repository.get_collaborator_role_name("rita") == "maintain"
    assert repository.get_collaborator_permission("rita") == "write"
    repository.remove_from_collaborators("rita")
    assert repository.get_collaborator_permission("rita") == "read"


@pytest.mark.parametrize(("login", "permission"), [("olga", "admin"), ("tara", "read")])
def test_pygithub__permission_as_installation(scene: Scene, login: str, permission: str) -> None:
    repository = scene.repository(scene.token())
    assert repository.get_collaborator_permission(login) == permission


@pytest.mark.parametrize("login", ["nobody", "p2a[bot]"])
def test_pygithub__permission_of_no_user(scene: Scene, login: str) -> None:
    with pytest.raises(GithubException) as caught:
        scene.repository(scene.token()).get_collaborator_permission(login)
    assert caught.value.status == 404


def test_pygithub__collaborators_are_for_writers(scene: Scene) -> None:
    repository = scene.repository(scene.reader.token)
    with pytest.raises(GithubException, match="Must have push access"):
        list(repository.get_collaborators())
    with pytest.raises(GithubException, match="Must have admin rights"):
        scene.repository(scene.writer.token).add_to_collaborators("rita", "push")


def test_pygithub__permission_on_a_private_repository(scene: Scene) -> None:
    scene.playground.world.add_repository("olga", "secret", private=True)
    repository = scene.pygithub(scene.owner.token).get_repo("olga/secret")
    assert repository.get_collaborator_permission("rita") == "none"


def test_pygithub__issues(scene: Scene) -> None:
    repository = scene.repository(scene.writer.token)
    made = repository.create_issue("One", body="B", labels=["bug", "brand new"], assignee="wim")
    assert [label.name for label in made.labels] == ["bug", "brand new"]
    assert [one.login for one in made.assignees] == ["wim"]
    repository.create_issue("Two")
    made.edit(title="First", body="C", state="closed", labels=["bug"])
    again = repository.get_issue(1)
    assert (again.title, again.body, again.state, again.state_reason) == (
        "First",
        "C",
        "closed",
        "completed",
    )
    assert again.closed_by is not None
    assert again.closed_by.login == "wim"
    assert [one.number for one in repository.get_issues()] == [2]
    assert [one.number for one in repository.get_issues(state="all", direction="asc")] == [1, 2]
    assert [one.number for one in repository.get_issues(state="all", labels=["BUG"])] == [1]
    rita = scene.pygithub(scene.writer.token).get_user("rita")
    assert isinstance(rita, NamedUser)
    assert [one.number for one in repository.get_issues(creator=rita)] == []
    assert [one.number for one in repository.get_issues(state="all", assignee="wim")] == [1]
    assert [one.number for one in repository.get_issues(state="all", assignee="none")] == [2]


def test_pygithub__reader_opens_an_issue_without_labels(scene: Scene) -> None:
    made = scene.repository(scene.reader.token).create_issue("T", labels=["bug"], assignee="wim")
    assert (made.labels, made.assignees) == ([], [])


def test_pygithub__author_closes_the_own_issue_only(scene: Scene, issue: Issue) -> None:
    issue.edit(state="closed", state_reason="not_planned")
    assert issue.state_reason == "not_planned"
    other = scene.repository(scene.owner.token).create_issue("Mine")
    with pytest.raises(GithubException, match="Must have admin rights"):
        scene.repository(scene.reader.token).get_issue(other.number).edit(state="closed")


def test_pygithub__comments(scene: Scene, issue: Issue) -> None:
    first = issue.create_comment("one")
    second = scene.repository(scene.token()).get_issue(1).create_comment("two")
    assert [one.body for one in issue.get_comments()] == ["one", "two"]
    assert (second.user.login, second.user.type) == ("p2a[bot]", "Bot")
    assert second.performed_via_github_app is not None
    assert second.performed_via_github_app.slug == "p2a"
    second.edit("three")
    assert issue.get_comment(second.id).body == "three"
    repository = scene.repository(scene.owner.token)
    newest = repository.get_issues_comments(sort="created", direction="desc")
    assert [one.body for one in newest] == ["three", "one"]
    first.delete()
    assert [one.id for one in issue.get_comments()] == [second.id]
    with pytest.raises(UnknownObjectException):
        issue.get_comment(first.id)


def test_pygithub__comments_since(scene: Scene, issue: Issue) -> None:
    issue.create_comment("old")
    scene.pass_time(minutes=10)
    issue.create_comment("new")
    since = scene.clock() - timedelta(minutes=5)
    assert [one.body for one in issue.get_comments(since=since)] == ["new"]


def test_pygithub__comment_of_somebody_else(scene: Scene, issue: Issue) -> None:
    comment = scene.repository(scene.owner.token).get_issue(1).create_comment("mine")
    with pytest.raises(GithubException, match="Must have admin rights"):
        issue.get_comment(comment.id).edit("yours")


def test_pygithub__reactions(scene: Scene, issue: Issue) -> None:
    comment = issue.create_comment("x")
    app_view = scene.repository(scene.token()).get_issue(1)
    for subject in (app_view, app_view.get_comment(comment.id)):
        reaction = subject.create_reaction("eyes")
        assert subject.create_reaction("eyes").id == reaction.id
        assert [(one.content, one.user.login) for one in subject.get_reactions()] == [
            ("eyes", "p2a[bot]")
        ]
        assert subject.delete_reaction(reaction.id)
        assert list(subject.get_reactions()) == []
    with pytest.raises(GithubException, match="Validation Failed"):
        issue.create_reaction("banana")


def test_pygithub__reaction_of_somebody_else_stays(scene: Scene, issue: Issue) -> None:
    reaction = issue.create_reaction("heart")
    assert not scene.repository(scene.writer.token).get_issue(1).delete_reaction(reaction.id)
    assert [one.id for one in issue.get_reactions()] == [reaction.id]


def test_pygithub__labels(scene: Scene, issue: Issue) -> None:
    repository = scene.repository(scene.writer.token)
    made = repository.create_label("p2a", "0e8a16", "Made by p2a")
    assert repository.get_label("P2A").color == "0e8a16"
    assert made.name in [one.name for one in repository.get_labels()]
    writable = repository.get_issue(issue.number)
    writable.add_to_labels("p2a", "bug")
    assert [one.name for one in issue.get_labels()] == ["p2a", "bug"]
    writable.remove_from_labels("bug")
    writable.set_labels("question")
    assert [one.name for one in issue.get_labels()] == ["question"]
    writable.delete_labels()
    assert list(issue.get_labels()) == []


@pytest.mark.parametrize(
    ("name", "color", "code"),
    [
        ("bug", "ededed", "already_exists"),
        ("x", "red", "invalid"),
        ("", "ededed", "missing_field"),
        ("x" * 51, "ededed", "custom"),
    ],
)
def test_pygithub__label_refused(scene: Scene, name: str, color: str, code: str) -> None:
    with pytest.raises(GithubException) as caught:
        scene.repository(scene.writer.token).create_label(name, color)
    assert caught.value.status == 422
    assert caught.value.data["errors"][0]["code"] == code


def test_pygithub__rate_limit(scene: Scene) -> None:
    assert scene.pygithub(scene.reader.token).get_rate_limit().rate.limit == 5000


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (
            "x" * 65_537,
            {
                "resource": "IssueComment",
                "code": "unprocessable",
                "field": "data",
                "message": "Body is too long (maximum is 65536 characters)",
            },
        ),
        (
            " ",
            {
                "resource": "IssueComment",
                "code": "unprocessable",
                "field": "data",
                "message": "Body cannot be blank",
            },
        ),
    ],
)
def test_pygithub__comment_body_refused(
    scene: Scene, issue: Issue, body: str, error: dict[str, str]
) -> None:
    with pytest.raises(GithubException) as caught:
        issue.create_comment(body)
    assert (caught.value.status, caught.value.data["errors"]) == (422, [error])
    assert issue.create_comment("ü" * 65_536).body == "ü" * 65_536


@pytest.mark.parametrize(
    ("title", "body", "field"),
    [("", "b", "title"), ("x" * 257, "b", "title"), ("t", "x" * 65_537, "body")],
)
def test_pygithub__issue_refused(scene: Scene, title: str, body: str, field: str) -> None:
    with pytest.raises(GithubException) as caught:
        scene.repository(scene.writer.token).create_issue(title, body=body)
    assert caught.value.data["errors"][0]["field"] == field
    assert list(scene.repository(scene.writer.token).get_issues(state="all")) == []
