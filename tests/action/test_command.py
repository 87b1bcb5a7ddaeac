"""The console script as a runner starts it: a process, an event file, and the runner's files."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from action.outcome import OUTPUTS
from tests.fakes.action_job import ActionJob, Ended
from tests.fakes.git_client import git

EVENTS = Path(__file__).parent / "events"


@dataclass
class Job(ActionJob):
    """A job with a change in its checkout."""

    base: str = ""
    head: str = ""

    def see(self, event: str, *, name: str = "", **environ: str) -> Ended:
        """Run the step for a recorded event, under another name if one is given."""
        text = (EVENTS / f"{event}.json").read_text(encoding="utf-8")
        text = text.replace("BASE_SHA", self.base).replace("HEAD_SHA", self.head)
        return self.start(name or event, text, PYTHONPATH=str(self.checkout), **environ)


@pytest.fixture
def job(tmp_path: Path) -> Job:
    """Return a job whose checkout adds a weak hash, and files that would run if anything did."""
    root = tmp_path / "checkout"
    (root / "shop").mkdir(parents=True)
    (root / "shop" / "old.py").write_text("def f(x):\n    return eval(x)\n", encoding="ascii")
    for name in ("sitecustomize", "p2a", "quality", "ast", "usercustomize"):
        text = f"open({str(tmp_path / 'ran')!r}, 'w').close()\n"
        (root / f"{name}.py").write_text(text, encoding="ascii")
    (root / "pip.conf").write_text("[global]\nindex-url = http://127.0.0.1:9/\n", encoding="ascii")
    (root / ".env").write_text("P2A_SANDBOX=none\n", encoding="ascii")
    git("init", "-q", "-b", "main", cwd=root)
    git("add", "-A", cwd=root)
    git("commit", "-qm", "one", cwd=root)
    text = "import hashlib\n\n\ndef g(x):\n    return hashlib.md5(x)\n"
    (root / "shop" / "new, ::x.py").write_text(text, encoding="ascii")
    git("add", "-A", cwd=root)
    git("commit", "-qm", "two", cwd=root)
    base, head = (git("rev-parse", name, cwd=root) for name in ("HEAD~1", "HEAD"))
    return Job(tmp_path, base=base, head=head)


def report_of(ended: Ended) -> Any:
    return json.loads(Path(ended.outputs["report"]).read_text(encoding="utf-8"))


@pytest.mark.parametrize("event", ["pull_request", "push", "merge_group"])
def test_a09__new_findings_of_a_change(job: Job, event: str) -> None:
    ended = job.see(event)
    assert ended.exit_code == 0, ended.log
    assert set(ended.outputs) == set(OUTPUTS)
    assert ended.outputs["conclusion"] == "success"
    report = report_of(ended)
    for name in ("overall", "code-quality", "documentation", "performance", "security"):
        value = report["scores"][name.replace("-", "_")]["value"]
        assert f"{value:.1f}" == ended.outputs[name]
    assert ended.outputs["test-coverage"] == ""
    assert report["comparison"]["base_sha"] == job.base
    errors = [line for line in ended.commands if line.startswith("::error ")]
    assert len(errors) == 1
    assert errors[0].startswith("::error file=shop/new%2C %3A%3Ax.py,line=5,")
    assert "old.py" not in ended.log
    assert "Overall" in ended.summary


@pytest.mark.parametrize("event", ["schedule", "workflow_dispatch", "issue_comment"])
def test_a09__an_event_without_a_change_measures_what_is_there(job: Job, event: str) -> None:
    ended = job.see("plain", name=event)
    assert ended.exit_code == 0, ended.log
    report = report_of(ended)
    assert report["comparison"] is None
    assert {item["path"] for item in report["findings"]} >= {"shop/old.py", "shop/new, ::x.py"}


def test_action__leaves_every_form_of_the_report_and_the_graph(job: Job) -> None:
    outputs = job.see("pull_request").outputs
    folder = Path(outputs["files"])
    assert {outputs[name] for name in ("report", "sarif", "junit", "badge", "graph")} == {
        str(path) for path in folder.iterdir()
    }
    sarif = json.loads(Path(outputs["sarif"]).read_text(encoding="utf-8"))
    graph = json.loads(Path(outputs["graph"]).read_text(encoding="utf-8"))
    assert sarif["version"] == "2.1.0"
    assert len(sarif["runs"][0]["results"]) == int(outputs["findings"])
    assert {node["type"] for node in graph["nodes"]} >= {"Module", "Function"}


def test_action__timing_sets_head_beside_base(job: Job) -> None:
    git("rm", "-q", "ast.py", "sitecustomize.py", "usercustomize.py", cwd=job.checkout)
    (job.checkout / "test_shop.py").write_text("def test():\n    pass\n", encoding="ascii")
    git("add", "-A", cwd=job.checkout)
    git("commit", "-qm", "three", cwd=job.checkout)
    asked = {"P2A_INPUT_TESTS": "true", "P2A_INPUT_TIMING": "true"}
    ended = job.see("push", P2A_SANDBOX="auto", P2A_INPUT_BASE="HEAD", **asked)
    assert ended.exit_code == 0, ended.log
    report = report_of(ended)
    assert [len(item["head"]) for item in report["timings"]] == [3], report["suite"]


def test_a07__nothing_of_the_checkout_runs(job: Job) -> None:
    assert job.see("pull_request").exit_code == 0
    assert not (job.folder / "ran").exists()


def test_a10__what_an_earlier_job_left_is_in_no_way(job: Job) -> None:
    temp = job.folder / "temp"
    for left in ("p2a-data", "p2a-venv", "p2a-x", "p2a-pip-cache"):
        (temp / left).mkdir(parents=True)
        (temp / left / "p2a.db").write_text("no database", encoding="ascii")
    ran = f"touch {job.folder / 'ran'}"
    hooks = job.checkout / ".git" / "hooks"
    for name in ("post-checkout", "post-index-change", "fsmonitor-watchman"):
        (hooks / name).write_text(f"#!/bin/sh\n{ran}\n", encoding="ascii")
        (hooks / name).chmod(0o755)
    git("config", "core.fsmonitor", f"{ran};", cwd=job.checkout)
    git("config", "core.pager", ran, cwd=job.checkout)
    git("config", "diff.external", ran, cwd=job.checkout)
    ended = job.see("pull_request")
    assert ended.exit_code == 0, ended.log
    assert ended.outputs["new-findings"] != "0"
    assert not (job.folder / "ran").exists()
    assert {path.name for path in temp.iterdir()} > {"p2a-data", "p2a-x"}


def test_action__minimum_fails_the_step(job: Job) -> None:
    ended = job.see("pull_request", P2A_INPUT_MINIMUM="99.9")
    assert ended.exit_code == 1
    assert ended.outputs["conclusion"] == "failure"
    assert "❌ Failure: overall" in ended.summary


def test_p05__the_gate_of_the_base_decides_and_not_that_of_the_change(job: Job) -> None:
    gate = job.checkout / ".p2a.yml"
    for minimum in ("99.9", "1"):
        gate.write_text(f"quality: {{minimum: {minimum}}}\n", encoding="ascii")
        git("add", "-A", cwd=gate.parent)
        git("commit", "-qm", "gate", cwd=gate.parent)
    job.base = git("rev-parse", "HEAD~1", cwd=gate.parent)
    ended = job.see("pull_request")
    assert ended.exit_code == 1
    assert ended.outputs["conclusion"] == "failure"
    assert "the change edits .p2a.yml" in ended.summary


@pytest.mark.parametrize(("minimum", "code"), [("", 0), ("1", 1)])
def test_a09__base_missing_is_neutral_and_said(job: Job, minimum: str, code: int) -> None:
    job.base = "f" * 40
    ended = job.see("pull_request", P2A_INPUT_MINIMUM=minimum)
    assert ended.exit_code == code
    assert ended.outputs["conclusion"] == "neutral"
    assert "fetch-depth: 0" in ended.summary


def test_a09__a_clone_of_depth_1_on_no_branch(job: Job) -> None:
    clone = job.folder / "clone"
    git("clone", "-q", "--depth=1", f"file://{job.checkout}", str(clone), cwd=job.folder)
    git("checkout", "-q", "--detach", cwd=clone)
    ended = job.see("pull_request", GITHUB_WORKSPACE=str(clone))
    assert (ended.exit_code, ended.outputs["conclusion"]) == (0, "neutral")
    assert "fetch-depth: 0" in ended.summary


@pytest.mark.parametrize("name", ["pull_request_target", "workflow_run"])
def test_a02__a_job_with_secrets_runs_no_tests(job: Job, name: str) -> None:
    ended = job.see("pull_request", name=name, P2A_INPUT_TESTS="true")
    assert ended.exit_code == 0
    assert f"::notice::the tests were not run: a {name} job holds secrets" in ended.log
    assert "holds secrets" in ended.summary
    assert report_of(ended)["suite"]["command"] == ""


def test_a01__a_fork_gets_its_result_in_the_summary(job: Job) -> None:
    ended = job.see("fork", P2A_INPUT_CHECK_RUN="true", GITHUB_REPOSITORY="acme/shop")
    assert ended.exit_code == 0, ended.log
    assert "Overall" in ended.summary
    assert "This change comes from a fork" in ended.summary
    assert "the check run was not written: the input `token` is empty" in ended.summary


@pytest.mark.parametrize(
    "environ",
    [
        {"P2A_INPUT_MINIMUM": "much"},
        {"P2A_INPUT_PATH": "absent"},
        {"P2A_INPUT_BASE": "absent"},
        {"GITHUB_EVENT_PATH": "/nonexistent/event.json"},
        {"GITHUB_EVENT_PATH": "/dev/null"},
        {"GITHUB_EVENT_PATH": "/dev/zero"},
    ],
)
def test_a12__what_cannot_be_used_is_an_error_of_the_step(
    job: Job, environ: dict[str, str]
) -> None:
    ended = job.see("push", **environ)
    assert ended.exit_code not in {0, 70}, ended.log
    [error] = ended.commands
    assert error.startswith("::error::")
    assert ended.outputs["conclusion"] == "neutral"
    assert ended.summary.startswith("### p2a: ")


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"a": ' * 50_000, "[]", "\x00", '{"pull_request": [{}]}x']
)
def test_a12__a_hostile_event(job: Job, text: str) -> None:
    ended = job.start("pull_request", text)
    assert ended.exit_code == 3, ended.log
    assert "the job's event cannot be read" in ended.commands[0]


def test_a13__no_file_to_measure_passes_no_gate(job: Job) -> None:
    (job.checkout / "empty").mkdir()
    ended = job.see("plain", name="schedule", P2A_INPUT_PATH="empty", P2A_INPUT_MINIMUM="0")
    assert ended.exit_code == 1
    assert ended.outputs["conclusion"] == "neutral"
    assert ended.outputs["overall"] == ""


def test_a13__a_fault_of_ours_is_no_success(job: Job) -> None:
    (job.folder / "temp").write_text("a file where the folder should be", encoding="ascii")
    ended = job.see("push")
    assert ended.exit_code == 70
    assert ended.outputs["conclusion"] == "neutral"
    assert ended.commands[-1].startswith("::error::the step broke off by a fault of its own")


def test_a05__no_name_sets_another_output(job: Job) -> None:
    folder = job.checkout / "x\noverall=100\ny<<z\n1\nz"
    folder.mkdir()
    (folder / "a.py").write_text("x = 1\n", encoding="ascii")
    ended = job.see("plain", name="schedule", P2A_INPUT_PATH=folder.name)
    assert set(ended.outputs) == set(OUTPUTS)
    assert ended.outputs["overall"] != "100"


def test_a06__what_a_tool_says_is_no_command(job: Job) -> None:
    hostile = "::add-path::/x\n##[add-path]/x\n::stop-commands::x\n::set-env name=A::b"
    (job.checkout / "shop" / f"{hostile.replace('/', '_')}.py").write_text(
        f'"""{hostile}\\d"""\n\n\ndef f(x):\n    return eval(x)\n', encoding="ascii"
    )
    (job.checkout / "shop" / "bad.py").write_text(f"{hostile}\n", encoding="ascii")
    git("add", "-A", cwd=job.checkout)
    git("commit", "-qm", "three", cwd=job.checkout)
    job.head = git("rev-parse", "HEAD", cwd=job.checkout)
    ended = job.see("pull_request")
    assert ended.exit_code == 0, ended.log
    words = {line[2:].split()[0].split("::")[0] for line in ended.commands}
    assert {"error"} < words <= {"error", "notice", "warning"}
    assert "add-path" in ended.log


def test_a15__a_change_of_3500_files_is_measured_whole(job: Job) -> None:
    for number in range(3500):
        path = job.checkout / "many" / f"m{number // 100}" / f"f{number}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"def f{number}(x):\n    return x\n", encoding="ascii")
    long = "".join(f"X{number} = {number}\n" for number in range(20_000))
    (job.checkout / "many" / "long.py").write_text(long, encoding="ascii")
    git("add", "-A", cwd=job.checkout)
    git("commit", "-qm", "many", cwd=job.checkout)
    job.head = git("rev-parse", "HEAD", cwd=job.checkout)
    ended = job.see("pull_request", P2A_INPUT_GRAPH="false")
    assert ended.exit_code == 0, ended.log
    report = report_of(ended)
    assert len(report["comparison"]["changed_files"]) == 3502
    new = int(ended.outputs["new-findings"])
    assert new > 3500
    shown = [line for line in ended.commands if " file=" in line]
    assert f"::notice::{new - len(shown)} more findings are in the report" in ended.log


def test_action__works_outside_of_a_job(job: Job) -> None:
    unset = dict.fromkeys(("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_EVENT_PATH"), "")
    assert job.see("push", **unset).exit_code == 0
