"""Packages for the tests: for the repository's own changes, never for a fork's."""

from pathlib import Path

import pytest

from tests.action.test_command import EVENTS
from tests.fakes.action_job import ActionJob
from tests.fakes.git_client import git
from tests.fakes.package_index import PackageIndex


@pytest.mark.parametrize(
    ("event", "asked"), [("pull_request", {"/simple/adder/"}), ("fork", set[str]())]
)
def test_g23__packages_are_fetched_for_no_fork(tmp_path: Path, event: str, asked: set[str]) -> None:
    root = tmp_path / "checkout"
    root.mkdir()
    (root / "requirements.txt").write_text("adder\n", encoding="ascii")
    (root / "test_a.py").write_text("import adder\n", encoding="ascii")
    git("init", "-q", "-b", "main", cwd=root)
    for number in range(2):
        (root / "a.py").write_text(f"x = {number}\n", encoding="ascii")
        git("add", "-A", cwd=root)
        git("commit", "-qm", "a", cwd=root)
    text = (EVENTS / f"{event}.json").read_text(encoding="utf-8")
    for name, revision in (("BASE_SHA", "HEAD~1"), ("HEAD_SHA", "HEAD")):
        text = text.replace(name, git("rev-parse", revision, cwd=root))
    with PackageIndex() as index:
        environ = {"P2A_INPUT_TESTS": "true", "P2A_PACKAGE_INDEX": index.url}
        ended = ActionJob(tmp_path).start(event, text, P2A_SANDBOX="auto", **environ)
    assert set(index.asked) == asked, ended.log
