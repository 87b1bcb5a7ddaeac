"""The console script as a runner starts it: a process, an event file, and the runner's files."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.fakes.git_client import git

EVENTS = Path(__file__).parent / "events"
SCRIPT = Path(sys.executable).parent / "p2a-action"


@dataclass
class Job:
    """A job's folders and environment."""

    folder: Path
    base: str
    head: str

    def run(self, event: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run the step for an event."""
        text = (EVENTS / f"{event}.json").read_text(encoding="utf-8")
        text = text.replace("BASE_SHA", self.base).replace("HEAD_SHA", self.head)
        (self.folder / "event.json").write_text(text, encoding="utf-8")
        given = {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "HOME": str(self.folder),
            "GITHUB_EVENT_NAME": event,
            "GITHUB_EVENT_PATH": str(self.folder / "event.json"),
            "GITHUB_WORKSPACE": str(self.folder / "checkout"),
            "GITHUB_OUTPUT": str(self.folder / "output"),
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary"),
            "RUNNER_TEMP": str(self.folder / "temp"),
            "P2A_INPUT_TESTS": "false",
            "PYTHONPATH": str(self.folder / "checkout"),
            **environ,
        }
        return subprocess.run(
            [sys.executable, "-I", str(SCRIPT)],
            cwd=self.folder / "checkout",
            env=given,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def outputs(self) -> dict[str, str]:
        """Read the output file as a runner does."""
        lines = iter((self.folder / "output").read_text(encoding="utf-8").splitlines())
        return dict(_read_outputs(lines))

    def summary(self) -> str:
        """Return the job summary."""
        return (self.folder / "summary").read_text(encoding="utf-8")


def _read_outputs(lines: Iterator[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        name, _, delimiter = line.partition("<<")
        value = []
        for inner in lines:
            if inner == delimiter:
                break
            value.append(inner)
        yield name, "\n".join(value)


@pytest.fixture
def job(tmp_path: Path) -> Job:
    """Return a job whose checkout adds a weak hash, and files that would run if anything did."""
    root = tmp_path / "checkout"
    (root / "shop").mkdir(parents=True)
    (root / "shop" / "old.py").write_text("def f(x):\n    return eval(x)\n", encoding="ascii")
    for name in ("sitecustomize", "p2a", "quality", "ast", "usercustomize"):
        text = f"open({str(tmp_path / 'ran')!r}, 'w').close()\n"
        (root / f"{name}.py").write_text(text, encoding="ascii")
    git("init", "-q", "-b", "main", cwd=root)
    git("add", "-A", cwd=root)
    git("commit", "-qm", "one", cwd=root)
    text = "import hashlib\n\n\ndef g(x):\n    return hashlib.md5(x)\n"
    (root / "shop" / "new, ::x.py").write_text(text, encoding="ascii")
    git("add", "-A", cwd=root)
    git("commit", "-qm", "two", cwd=root)
    return Job(tmp_path, git("rev-parse", "HEAD~1", cwd=root), git("rev-parse", "HEAD", cwd=root))


@pytest.mark.parametrize("event", ["pull_request", "push"])
def test_action__new_findings_of_a_change(job: Job, event: str) -> None:
    done = job.run(event)
    assert done.returncode == 0, done.stderr
    outputs = job.outputs()
    assert outputs.keys() == {"overall", "conclusion", "report"}
    assert outputs["conclusion"] == "success"
    report = json.loads(Path(outputs["report"]).read_text(encoding="ascii"))
    assert f"{report['scores']['overall']['value']:.1f}" == outputs["overall"]
    assert report["comparison"]["base_sha"] == job.base
    errors = [line for line in done.stdout.splitlines() if line.startswith("::error ")]
    assert len(errors) == 1
    assert errors[0].startswith("::error file=shop/new%2C %3A%3Ax.py,line=5,")
    assert "old.py" not in done.stdout
    assert "| **Overall** " in job.summary()


def test_a07__nothing_of_the_checkout_runs(job: Job) -> None:
    job.run("pull_request")
    assert not (job.folder / "ran").exists()


def test_action__minimum_fails_the_step(job: Job) -> None:
    done = job.run("pull_request", P2A_INPUT_MINIMUM="99.9")
    assert done.returncode == 1
    assert job.outputs()["conclusion"] == "failure"
    assert "❌ Failure: overall" in job.summary()


def test_p05__the_gate_of_the_base_decides_and_not_that_of_the_change(job: Job) -> None:
    gate = job.folder / "checkout" / ".p2a.yml"
    for minimum in ("99.9", "1"):
        gate.write_text(f"quality: {{minimum: {minimum}}}\n", encoding="ascii")
        git("add", "-A", cwd=gate.parent)
        git("commit", "-qm", "gate", cwd=gate.parent)
    job.base = git("rev-parse", "HEAD~1", cwd=gate.parent)
    assert job.run("pull_request").returncode == 1
    assert job.outputs()["conclusion"] == "failure"
    assert "the change edits .p2a.yml" in job.summary()


def test_a09__base_missing_is_neutral_and_said(job: Job) -> None:
    job.base = "f" * 40
    assert job.run("pull_request").returncode == 0
    assert job.outputs()["conclusion"] == "neutral"
    assert "fetch-depth: 0" in job.summary()


def test_a02__pull_request_target_runs_no_tests(job: Job) -> None:
    done = job.run("pull_request", GITHUB_EVENT_NAME="pull_request_target", P2A_INPUT_TESTS="true")
    assert "holds secrets" in done.stdout
    report = json.loads(Path(job.outputs()["report"]).read_text(encoding="ascii"))
    assert report["suite"]["command"] == ""


@pytest.mark.parametrize(
    "environ",
    [
        {"P2A_INPUT_MINIMUM": "much"},
        {"P2A_INPUT_PATH": "absent"},
        {"P2A_INPUT_BASE": "absent"},
        {"GITHUB_EVENT_PATH": "/nonexistent/event.json"},
    ],
)
def test_a12__what_cannot_be_used_is_an_error_of_the_step(
    job: Job, environ: dict[str, str]
) -> None:
    done = job.run("push", **environ)
    assert done.returncode not in {0, 70}, done.stdout
    assert done.stdout.startswith("::error::")
    assert job.outputs()["conclusion"] == "neutral"


def test_action__works_outside_of_a_job(job: Job) -> None:
    unset = dict.fromkeys(("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_EVENT_PATH"), "")
    assert job.run("push", **unset).returncode == 0
