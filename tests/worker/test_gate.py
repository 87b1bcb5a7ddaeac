"""The gate that a check run of the bot decides by."""

from collections.abc import Mapping

import pytest
import requests

from p2a.domain import WorkflowKind, WorkflowStatus
from tests.fakes.tests_sandbox import laboratory
from tests.fakes.workshop import FULL_NAME, Workshop
from tests.worker.test_chain import never

STRICT = "quality: {minimum: {security: 100}}\n"
WEAK = "quality: {minimum: {security: 1}}\n"
UNSAFE = "def run(x):\n    eval(x)\n"


def push(workshop: Workshop, branch: str, files: Mapping[str, str]) -> str:
    """Commit files on top of main as a person, move a branch there, and return the commit."""
    main = workshop.get("branches/main")["commit"]["sha"]
    entries = [
        {"path": path, "mode": "100644", "type": "blob", "content": content}
        for path, content in files.items()
    ]
    tree = workshop.post("git/trees", {"base_tree": main, "tree": entries})
    values = {"message": "Change it", "tree": tree["sha"], "parents": [main]}
    sha = str(workshop.post("git/commits", values)["sha"])
    if branch != "main":
        workshop.post("git/refs", {"ref": f"refs/heads/{branch}", "sha": sha})
        return sha
    url = f"{workshop.playground.api_url}/repos/{FULL_NAME}/git/refs/heads/main"
    headers = {"Authorization": f"Bearer {workshop.ann.token}"}
    requests.patch(url, json={"sha": sha}, headers=headers, timeout=30).raise_for_status()
    return sha


@pytest.mark.parametrize(
    ("gate", "conclusion", "said"),
    [
        (STRICT, "failure", "is below the minimum of 100"),
        (WEAK, "neutral", "Gate: 1 of 1 rule met by what was measured"),
        ("quality: {minimun: 1}\n", "neutral", "unknown key"),
    ],
)
def test_p05__a_pull_request_is_judged_by_the_gate_of_its_base(
    workshop: Workshop, gate: str, conclusion: str, said: str
) -> None:
    workshop.laboratory = laboratory(never)  # it counts no statements, so nothing is a success
    push(workshop, "main", {".p2a.yml": gate})
    head = push(workshop, "topic", {".p2a.yml": WEAK, "src/uploader/unsafe.py": UNSAFE})
    pull = workshop.post("pulls", {"title": "Mine", "head": "topic", "base": "main"})
    name = workshop.command(
        WorkflowKind.CHECK,
        key=f"pull:{workshop.repository.id}:{pull['number']}:{head}",
        number=pull["number"],
        is_pull_request=True,
        comment_id=None,
        head_sha=head,
        base_sha=pull["base"]["sha"],
        base_ref="main",
    )
    assert workshop.perform(name) is WorkflowStatus.COMPLETED
    (check,) = workshop.get(f"commits/{head}/check-runs")["check_runs"]
    assert check["conclusion"] == conclusion
    assert said in check["output"]["summary"]
    assert ("the change edits .p2a.yml" in check["output"]["summary"]) == (gate != WEAK)
