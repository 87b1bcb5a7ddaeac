"""The action and the workflows, ours and those to copy: rights, pins, and what two auditors say."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
OURS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
TO_COPY = sorted((ROOT / "docs" / "workflows").glob("*.yml"))
WORKFLOWS = [*OURS, *TO_COPY]
ACTION = ROOT / "action.yml"
PINNED = re.compile(r"uses: [\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
TO_FILL_IN = f"uses: OWNER/prompt2action@{'0' * 40} # your copy of this repository, by its commit"
TOOLS = Path(sys.executable).parent
WRITES = {
    "agent.yml": {"contents", "issues", "pull-requests", "checks"},
    "code-scanning.yml": {"security-events"},
    "merge-queue.yml": {"checks"},
    "release.yml": {"id-token", "attestations"},
}
"""What a workflow may write, by its file's name; every other one may only read."""


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.fixture(params=WORKFLOWS, ids=name_of)
def path(request: pytest.FixtureRequest) -> Path:
    found: Path = request.param
    return found


@pytest.fixture
def workflow(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def steps_of(workflow: Any) -> list[Any]:
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


def test_workflow__rights_are_given_job_by_job(path: Path, workflow: Any) -> None:
    assert workflow["permissions"] == {}
    written = set()
    for job in workflow["jobs"].values():
        assert set(job["permissions"].values()) <= {"read", "write"}
        assert job["timeout-minutes"] <= 70
        written |= {name for name, right in job["permissions"].items() if right == "write"}
    assert written == WRITES.get(path.name, set())


@pytest.mark.parametrize("path", [*WORKFLOWS, ACTION], ids=name_of)
def test_a14__uses_are_our_own_or_pinned_with_their_version(path: Path) -> None:
    lines = [
        line.strip().removeprefix("- ")
        for line in path.read_text(encoding="utf-8").splitlines()
        if "uses:" in line and not line.strip().startswith("#")
    ]
    assert lines
    allowed = {"uses: ./"} if path in OURS else {TO_FILL_IN} if path in TO_COPY else set()
    assert [line for line in lines if line not in allowed and not PINNED.fullmatch(line)] == []


def test_a14__an_action_has_one_pin_everywhere() -> None:
    texts = [path.read_text(encoding="utf-8") for path in (*WORKFLOWS, ACTION, ROOT / "README.md")]
    pins = set(re.findall(r"uses: ([\w.-]+/[\w./-]+)@([0-9a-f]{40})", "\n".join(texts)))
    assert len({name for name, _ in pins}) == len(pins)


def test_workflow__keeps_no_token_and_runs_no_expression(workflow: Any) -> None:
    for step in steps_of(workflow):
        assert "${{" not in step.get("run", "")
        if "checkout" in step.get("uses", ""):
            assert step["with"]["persist-credentials"] is False


def test_workflow__this_repository_is_measured_by_its_own_action() -> None:
    ours = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in OURS]
    assert any(step.get("uses") == "./" for one in ours for step in steps_of(one))


def test_a02__no_workflow_gives_secrets_to_a_stranger_s_code(workflow: Any) -> None:
    # YAML 1.1 reads the key `on` as true.
    triggers = set(workflow[True])
    assert triggers.isdisjoint({"pull_request_target", "workflow_run"})
    if "issue_comment" in triggers:
        assert not any("checkout" in step.get("uses", "") for step in steps_of(workflow))


@pytest.mark.parametrize(
    ("schema", "files"), [("github-workflows", WORKFLOWS), ("github-actions", [ACTION])]
)
def test_a14__github_s_schema_takes_it(schema: str, files: list[Path]) -> None:
    done = subprocess.run(
        [TOOLS / "check-jsonschema", "--builtin-schema", f"vendor.{schema}", *files],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a14__an_auditor_finds_nothing_above_low() -> None:
    options = ["--offline", "--no-config", "--no-progress", "--format=json"]
    options += ["--persona=auditor", "--min-severity=medium"]
    done = subprocess.run(
        [TOOLS / "zizmor", *options, ACTION, *WORKFLOWS],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert json.loads(done.stdout) == []
    assert done.returncode == 0, done.stderr


def test_a14__one_finding_is_ignored_and_no_other() -> None:
    texts = [path.read_text(encoding="utf-8") for path in (*WORKFLOWS, ACTION)]
    ignored = re.findall(r"(\S+) # zizmor: ignore\[([a-z-]+)\]", "\n".join(texts))
    assert ignored == [("issue_comment:", "dangerous-triggers")]


def test_a17__a_release_is_attested_and_needs_no_token() -> None:
    release = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text(encoding="utf-8"))
    publish = release["jobs"]["publish"]
    assert publish["environment"] == "pypi"
    assert publish["permissions"]["id-token"] == "write"
    assert not any("checkout" in step.get("uses", "") for step in publish["steps"])
    assert "secrets." not in json.dumps(release)
    [pypi] = [step for step in publish["steps"] if "gh-action-pypi-publish" in step["uses"]]
    assert pypi["with"] == {"attestations": True}
    assert any("attest-build-provenance@" in step["uses"] for step in publish["steps"])
    # Whatever goes into a release was fetched by its hash, in the job that cannot publish.
    assert "id-token" not in release["jobs"]["build"]["permissions"]
    script = (ROOT / "scripts/build_release.sh").read_text(encoding="utf-8")
    assert "--require-hashes --only-binary :all:" in script
