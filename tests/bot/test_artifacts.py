"""Stored files behind signed links: a page runs its own script and nothing else, in a real browser too."""

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Thread

import pytest
import uvicorn

from bot.page_policy import NOTHING, policy_of
from ccg.export.html import render_html
from p2a.links import PAGE_TYPE, artifact_path
from tests.bot.conftest import Door
from tests.ccg.graphs import make_graph
from tests.fakes.png import pixels
from tests.fakes.webhooks import comment_payload

Browse = Callable[..., tuple[str, list[str]]]

HOSTILE = (
    "</script><script>document.title='pwned'</script><img src=x onerror=document.title='pwned'>"
)
RING = bytes.fromhex("bf3989")
"""The colour of the ring around what the page is about."""


def graph_page(source: str = "") -> str:
    graph = make_graph("M:a F:a.f F:a.g", ["a contains a.f", "a contains a.g", "a.f calls a.g"])
    return render_html(
        graph, title="acme/shop #7", read=lambda path: f"{source}\n" * 5, focus=["a.f"]
    )


def put(door: Door, *pages: bytes, media_type: str = PAGE_TYPE) -> list[str]:
    """Store pages of a new workflow and return the paths and queries of their links."""
    assert door.deliver(comment_payload()) == 202
    workflow = door.only_workflow_id()
    lease = door.store.claim(workflow, owner="test", seconds=60)
    assert lease is not None
    names = [f"ccg-{number}.html" for number in range(len(pages))]
    for name, page in zip(names, pages, strict=True):
        door.store.put_artifact(lease, name=name, media_type=media_type, content=page)
    expires = int((datetime.now(UTC) + timedelta(days=1)).timestamp())
    link = partial(artifact_path, door.store.signing_key(), workflow_id=workflow, expires=expires)
    return [link(name=name) for name in names]


def directives(policy: str) -> dict[str, str]:
    return dict(part.strip().partition(" ")[::2] for part in policy.split(";"))


def test_artifacts__a_page_may_run_its_own_script_and_style_alone(door: Door) -> None:
    page = graph_page(HOSTILE)
    [path] = put(door, page.encode())
    answer = door.client.get(path)
    assert answer.status_code == 200
    assert answer.text == page
    assert answer.headers["content-type"] == PAGE_TYPE
    assert "set-cookie" not in answer.headers
    policy = directives(answer.headers["content-security-policy"])
    [script], [style] = (
        re.findall(rf"{kind}-src '(sha256-[^']+)'", page) for kind in ("script", "style")
    )
    assert policy == {
        "default-src": "'none'",
        "script-src": f"'{script}'",
        "style-src": f"'{style}'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
        "sandbox": "allow-scripts",
    }


@pytest.mark.parametrize("media_type", ["text/html", "application/json", "image/svg+xml"])
def test_artifacts__what_is_stored_as_something_else_runs_nothing(
    door: Door, media_type: str
) -> None:
    [path] = put(door, graph_page().encode(), media_type=media_type)
    answer = door.client.get(path)
    assert answer.headers["content-security-policy"] == NOTHING
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<!doctype", " <!doctype"),
        ("script-src 'sha256-", "script-src 'unsafe-inline' 'sha256-"),
        ("script-src 'sha256-", "script-src *; x 'sha256-"),
        ("='; style-src", "=' 'unsafe-eval'; style-src"),
        ("<head>", "<head><script></script>"),
    ],
)
def test_policy__of_a_page_that_begins_otherwise_lets_nothing_run(old: str, new: str) -> None:
    page = graph_page()
    assert policy_of(page.encode()) != NOTHING
    assert policy_of(page.replace(old, new, 1).encode()) == NOTHING
    assert policy_of(b"") == NOTHING


@contextmanager
def served(door: Door) -> Iterator[str]:
    """Serve the web door over HTTP and yield its address."""
    config = uvicorn.Config(door.client.app, port=0, log_level="warning", lifespan="off")
    server = uvicorn.Server(config)
    with config.bind_socket() as listening:
        thread = Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(30)


@pytest.fixture
def browse(tmp_path: Path) -> Browse:
    """Return a function that opens an address in a browser: what it wrote, and what the console said."""
    program = shutil.which("chromium")
    assert program is not None, "install chromium: `make test` does it"
    switches = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
    switches += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    switches += [f"--user-data-dir={tmp_path / 'profile'}", "--virtual-time-budget=2000"]
    switches += ["--window-size=600,500", "--enable-logging=stderr", "--v=0"]

    def open_page(address: str, *arguments: str) -> tuple[str, list[str]]:
        done = subprocess.run(
            [program, *switches, *arguments, address],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout, [row for row in done.stderr.splitlines() if ":CONSOLE" in row]

    return open_page


def test_artifacts__a_browser_draws_the_graph_and_runs_nothing_else(
    door: Door, browse: Browse, tmp_path: Path
) -> None:
    page = graph_page(HOSTILE)
    picture = tmp_path / "page.png"
    broken = page.replace("</header>", f"</header>{HOSTILE}")
    with served(door) as url:
        good, bad = put(door, page.encode(), broken.encode())
        shown, said = browse(f"{url}{good}#a.f", "--dump-dom")
        _, said_of_picture = browse(url + good, f"--screenshot={picture}")
        hostile, refused = browse(url + bad, "--dump-dom")
    assert said == said_of_picture == []
    dom = shown.partition('<script type="application/json"')[0]
    assert "<title>acme/shop #7</title>" in dom
    assert "3 nodes, 3 links" in dom
    assert "<h2>a.f</h2>" in dom
    assert "</span>&lt;/script&gt;&lt;script&gt;document.title='pwned'" in dom
    assert RING in pixels(picture.read_bytes())
    assert "<title>acme/shop #7</title>" in hostile
    assert any("Content Security Policy" in row for row in refused)
