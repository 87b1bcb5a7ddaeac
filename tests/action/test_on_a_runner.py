"""The workflows to copy, as they are, on a runner: installation, steps, outputs, files and exit code.

The only tests that leave this machine: pip fetches what the hashes name, once for all of them.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from playground.sample import make_sample
from tests.action.conftest import MODEL_KEY, Hub
from tests.fakes.action_runner import ActionRunner
from tests.fakes.git_client import git

EVENTS = Path(__file__).parent / "events"
WEAK = "import hashlib\n\n\ndef g(x):\n    return hashlib.md5(x)\n"
HOSTILE = '"""A text\n::add-path::/x\n##[set-env name=A]b\n"""\n\n\ndef f(x):\n    return eval(x)\n'

pytestmark = pytest.mark.timeout(600)


@dataclass(frozen=True)
class Project:
    """A repository with a change."""

    folder: Path
    base: str
    head: str

    def event(self, name: str) -> Any:
        """Return a recorded event about the change."""
        text = (EVENTS / f"{name}.json").read_text(encoding="utf-8")
        return json.loads(text.replace("BASE_SHA", self.base).replace("HEAD_SHA", self.head))


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> ActionRunner:
    """Return a runner whose cache lives as long as the module."""
    return ActionRunner(tmp_path_factory.mktemp("runner"))


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Return the sample with a weak hash and a hostile text added, and files that would run."""
    folder = tmp_path / "project"
    make_sample(folder)
    base = git("rev-parse", "HEAD", cwd=folder)
    (folder / "src" / "uploader" / "weak.py").write_text(WEAK, encoding="ascii")
    (folder / "src" / "uploader" / "hostile.py").write_text(HOSTILE, encoding="ascii")
    for name in ("sitecustomize.py", "p2a.py", "pip.py", "venv.py"):
        (folder / name).write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n", encoding="ascii")
    git("add", "-A", cwd=folder)
    git("commit", "-qm", 'a change"; touch ran; #', cwd=folder)
    return Project(folder, base, git("rev-parse", "HEAD", cwd=folder))


def test_a04__a_pull_request_on_a_runner(runner: ActionRunner, project: Project) -> None:
    hostile = {"PYTHONPATH": str(project.folder), "PIP_INDEX_URL": "http://127.0.0.1:9/"}
    done = runner.run(
        "check",
        "pull_request",
        project.event("pull_request"),
        project=project.folder,
        environ=hostile,
    )
    assert done.exit_code == 0, done.log
    outputs = done.outputs
    assert outputs["conclusion"] == "success"
    assert float(outputs["overall"]) >= 60
    assert outputs["artifact"] == "p2a-check-0-1"
    assert outputs["artifact-url"] == "https://example.org/1"
    files = done.artifact("p2a-check-0-1")
    assert set(files) == {"report.json", "p2a.sarif", "junit.xml", "quality.svg", "ccg.json"}
    report = json.loads(files["report.json"])
    assert report["comparison"]["base_sha"] == project.base
    assert report["suite"]["counts"]["passed"] == 9
    assert "Overall" in done.summary
    errors = [text for name, text in done.commands if name == "error"]
    assert any("MD5" in text for text in errors)
    assert {name for name, _ in done.commands} <= {"error", "warning", "notice"}
    assert not (project.folder.parent / "ran").exists()
    # Whether there is anything to keep depends on where pip's files come from.
    assert re.search(
        r"nothing kept: p2a-Linux-\w+-3\.\d+-[0-9a-f]{64} in \S+/p2a-pip-cache", done.log
    )


def test_a01__a_fork_s_pull_request_on_a_runner(runner: ActionRunner, project: Project) -> None:
    git("rm", "-rq", "src/uploader", cwd=project.folder)
    bad = project.folder / "src" / "bad.py"
    bad.parent.mkdir(exist_ok=True)
    bad.write_text(WEAK + HOSTILE.rpartition('"""')[2], encoding="ascii")
    git("add", "-A", cwd=project.folder)
    git("commit", "-qm", "break it", cwd=project.folder)
    broken = Project(project.folder, project.base, git("rev-parse", "HEAD", cwd=project.folder))
    done = runner.run("merge-queue", "pull_request", broken.event("fork"), project=broken.folder)
    assert done.exit_code == 1, done.log
    assert done.outputs["conclusion"] in {"neutral", "failure"}
    assert "This change comes from a fork" in done.summary
    assert "the check run was not written" in done.summary
    assert "report.json" in done.artifact(done.outputs["artifact"])


def test_a09__a_push_whose_findings_go_to_code_scanning(
    runner: ActionRunner, project: Project
) -> None:
    done = runner.run("code-scanning", "push", project.event("push"), project=project.folder)
    assert done.exit_code == 0, done.log
    assert done.outputs["test-coverage"] == ""
    text = (done.folder / "code-scanning" / "p2a.sarif").read_text(encoding="utf-8")
    [run] = json.loads(text)["runs"]
    assert len(run["results"]) == int(done.outputs["findings"]) > 0


def test_agent__a_comment_on_a_runner(runner: ActionRunner, project: Project, hub: Hub) -> None:
    event = hub.comment(hub.open_issue(), "/p2a send bigger pieces")
    given = {name: hub.environ[name] for name in ("P2A_GITHUB_URL", "P2A_MODEL_URL", "no_proxy")}
    done = runner.run(
        "agent",
        "issue_comment",
        event,
        project=project.folder,
        environ={**given, "P2A_SANDBOX": "none"},
        secrets={"GITHUB_TOKEN": hub.token(), "GEMINI_API_KEY": MODEL_KEY},
    )
    assert done.exit_code == 0, done.log
    [pull] = hub.get("/pulls?state=all")
    assert done.outputs["pull-request"] == pull["html_url"]
    files = {"report.json", "ccg.html", "ccg.json", "ccg-change.json", "quality.json"}
    assert set(done.artifact("p2a-agent-0-1")) == files
    assert pull["html_url"] in done.summary
    assert MODEL_KEY not in done.log
