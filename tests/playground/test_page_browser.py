"""The page in a real browser: hostile text changes nothing, and everything that it needs loads."""

import shutil
import subprocess
from pathlib import Path

import httpx
import pytest

from playground.page.app import make_pages
from playground.server import Playground

HOSTILE = """\
<script>document.title = "pwned"</script>
<img src=x onerror="document.title = 'pwned'">
<svg onload="document.title = 'pwned'"></svg>
<style>body { display: none }</style>
<a href="javascript:document.title='pwned'">a link</a>

**bold and visible**
"""


@pytest.fixture
def chromium(tmp_path: Path) -> list[str]:
    program = shutil.which("chromium")
    assert program is not None, "install chromium: `make test` does it"
    return [
        program,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        f"--user-data-dir={tmp_path / 'profile'}",
        "--virtual-time-budget=2000",
    ]


def test_page__is_inert_and_complete_in_a_browser(chromium: list[str], tmp_path: Path) -> None:
    with Playground.start(pages=make_pages) as playground:
        world = playground.world
        world.add_user("acme", "Organization")
        mona = world.add_user("mona")
        world.add_repository("acme", "empty", None)
        world.set_permission("acme/empty", "mona", "write")
        with httpx.Client(headers={"Authorization": f"Bearer {mona.token}"}) as client:
            issue = {"title": "Harmless </title><script>1</script>", "body": HOSTILE}
            api = f"{playground.api_url}/repos/acme/empty/issues"
            client.post(api, json=issue).raise_for_status()
        address = f"{playground.url}/acme/empty/issues/1"
        picture = tmp_path / "page.png"
        shown = browse(chromium, "--dump-dom", address)
        browse(chromium, f"--screenshot={picture}", address)
    assert "<strong>bold and visible</strong>" in shown
    assert "<title>Harmless &lt;/title&gt;&lt;script&gt;1&lt;/script&gt;" in shown
    assert "pwned" not in shown
    assert not any(tag in shown for tag in ("<script", "<img", "<svg", "<style", "javascript:"))
    assert picture.read_bytes().startswith(b"\x89PNG")


def browse(chromium: list[str], *arguments: str) -> str:
    """Open an address and return what the browser wrote."""
    done = subprocess.run(
        [*chromium, *arguments], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
