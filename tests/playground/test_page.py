"""The web page: what GitHub would show, and nothing in it that runs or loads."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from playground.check_suites import Wanted, open_suite
from playground.git_facts import store_of
from playground.page.app import make_pages
from playground.page.markdown import to_html
from playground.records import CheckAction, CheckRun, Event
from playground.sample import make_sample
from playground.server import Playground
from tests.fakes.app_key import app_keys


@pytest.fixture
def shown(tmp_path: Path) -> Iterator[tuple[Playground, httpx.Client]]:
    with Playground.start(pages=make_pages) as playground:
        world = playground.world
        world.add_user("acme", "Organization")
        mona = world.add_user("mona")
        make_sample(tmp_path / "sample")
        world.add_repository("acme", "uploader", tmp_path / "sample")
        world.set_permission("acme/uploader", "mona", "write")
        headers = {"Authorization": f"Bearer {mona.token}"}
        with httpx.Client(base_url=playground.url, headers=headers) as client:
            yield playground, client


def test_page__shows_an_issue_with_its_comments(
    shown: tuple[Playground, httpx.Client],
) -> None:
    _, client = shown
    issue = {"title": "Uploads <b>fail</b>", "body": "| a | b |\n|---|---|\n| 1 | 2 |"}
    client.post("/api/v3/repos/acme/uploader/issues", json=issue).raise_for_status()
    said = {"body": "- [x] done\n\n<script>alert(1)</script>![x](https://evil.example/x.png)"}
    client.post("/api/v3/repos/acme/uploader/issues/1/comments", json=said).raise_for_status()
    page = client.get("/acme/uploader/issues/1")
    assert page.status_code == 200
    assert "Uploads &lt;b&gt;fail&lt;/b&gt;" in page.text
    assert "<td>1</td>" in page.text
    assert 'type="checkbox"' in page.text
    assert "<script" not in page.text
    assert "<img" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_page__lists_repositories_and_issues(shown: tuple[Playground, httpx.Client]) -> None:
    _, client = shown
    assert "acme/uploader" in client.get("/").text
    client.post("/api/v3/repos/acme/uploader/issues", json={"title": "One"}).raise_for_status()
    assert ">One</a>" in client.get("/acme/uploader").text
    assert client.get("/style.css").headers["content-type"].startswith("text/css")


@pytest.mark.parametrize("path", ["/acme/none", "/acme/uploader/issues/9", "/x/y/pull/1", "/zzz"])
def test_page__says_not_found(shown: tuple[Playground, httpx.Client], path: str) -> None:
    _, client = shown
    assert client.get(path).status_code == 404


def test_page__leads_an_issue_s_address_to_its_pull_request(
    shown: tuple[Playground, httpx.Client],
) -> None:
    playground, client = shown
    sha = client.get("/api/v3/repos/acme/uploader/branches/main").json()["commit"]["sha"]
    api = "/api/v3/repos/acme/uploader"
    new = {"message": "Say more", "content": "bW9yZQo=", "branch": "more"}
    ref = {"ref": "refs/heads/more", "sha": sha}
    client.post(f"{api}/git/refs", json=ref).raise_for_status()
    client.put(f"{api}/contents/MORE.md", json=new).raise_for_status()
    pull = {"title": "More", "head": "more", "base": "main", "draft": True}
    number = client.post(f"{api}/pulls", json=pull).raise_for_status().json()["number"]
    assert client.get(f"/acme/uploader/issues/{number}").next_request is not None
    page = client.get(f"/acme/uploader/pull/{number}").text
    assert "Draft" in page
    assert "MORE.md" in page
    assert '<span class="add">+more' in page
    assert playground.world.named("acme/uploader").name == "uploader"


@pytest.mark.parametrize(
    "text",
    [
        "[x](javascript:alert(1))",
        "<img src=x onerror=alert(1)>",
        "<a href='data:text/html,x'>x</a>",
        "<p style='background:url(//evil)'>x</p>",
        "<iframe src='//evil'></iframe>",
    ],
)
def test_to_html__keeps_nothing_that_runs_or_loads(text: str) -> None:
    html = to_html(text)
    assert not any(word in html for word in ('href="java', "onerror=", "data:", "evil", "<img"))


@pytest.fixture
def check(shown: tuple[Playground, httpx.Client]) -> CheckRun:
    """Return a completed check run with a button, on a commit of the sample."""
    world = shown[0].world
    app = world.add_app("checker", key_pair=app_keys())
    world.install(app, "acme/uploader")
    repository = world.named("acme/uploader")
    sha = store_of(world, repository.id).branch("main")
    assert sha is not None
    wanted = Wanted(repository.id, sha, "main", world.accounts.all()[0].id)
    run = CheckRun(
        id=world.next_id(),
        repository_id=repository.id,
        suite_id=open_suite(world, wanted, app_id=app.id).id,
        app_id=app.id,
        name="p2a",
        head_sha=sha,
        status="completed",
        conclusion="failure",
        completed_at=world.now(),
        actions=(CheckAction("Fix this", "Let it be fixed", "fix"),),
    )
    return world.check_runs.put(run)


@pytest.mark.parametrize(
    ("button", "told"), [("fix", "requested_action"), ("rerequest", "rerequested")]
)
def test_page__a_check_s_button_tells_its_app_who_pressed_it(
    shown: tuple[Playground, httpx.Client], check: CheckRun, button: str, told: str
) -> None:
    playground, client = shown
    heard: list[Event] = []
    playground.world.listen(heard.append)
    place = f"/acme/uploader/runs/{check.id}"
    assert f'action="{place}/{button}"' in client.get(place).text
    pressed = client.post(f"{place}/{button}", headers={"Origin": playground.url})
    assert (pressed.status_code, pressed.headers["location"]) == (303, place)
    (event,) = heard
    assert (event.name, event.action) == ("check_run", told)
    assert playground.world.accounts.need(event.sender_id).login == "mona"


@pytest.mark.parametrize(
    ("button", "origin", "status"),
    [("fix", "https://evil.example", 403), ("fix", "", 403), ("merge", None, 404)],
)
def test_page__no_other_site_and_no_other_button(
    shown: tuple[Playground, httpx.Client],
    check: CheckRun,
    button: str,
    origin: str | None,
    status: int,
) -> None:
    playground, client = shown
    heard: list[Event] = []
    playground.world.listen(heard.append)
    headers = {"Origin": playground.url if origin is None else origin}
    answer = client.post(f"/acme/uploader/runs/{check.id}/{button}", headers=headers)
    assert answer.status_code == status
    assert heard == []


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("see https://a.example/x?y=1&z=2.", ["https://a.example/x?y=1&amp;z=2"]),
        ("**Draft:** http://127.0.0.1:1/o/r/pull/2", ["http://127.0.0.1:1/o/r/pull/2"]),
        ("(https://a.example/x), https://b.example", ["https://a.example/x", "https://b.example"]),
        ("[text https://a.example](https://b.example)", ["https://b.example"]),
        ("<a href='https://b.example'>https://a.example</a>", ["https://b.example"]),
        ("`https://a.example`", []),
        ("javascript:alert(1) ftp://a.example https://", []),
    ],
)
def test_to_html__an_address_that_stands_alone_is_a_link(text: str, links: list[str]) -> None:
    assert re.findall(r'<a href="([^"]*)"', to_html(text)) == links


def test_page__says_why_it_reads_itself_anew(shown: tuple[Playground, httpx.Client]) -> None:
    _, client = shown
    client.post("/api/v3/repos/acme/uploader/issues", json={"title": "One"}).raise_for_status()
    page = client.get("/acme/uploader/issues/1").text
    assert "Something was written here less than a minute ago: the page reads itself anew" in page


def test_to_html__keeps_the_alignment_of_a_table() -> None:
    html = to_html("| a | b |\n|:--|--:|\n| 1 | 2 |")
    assert '<td align="right">2</td>' in html
