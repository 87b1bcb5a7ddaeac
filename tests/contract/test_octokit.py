"""GitHub's own JavaScript client plays a GitHub App against the playground."""

import json
import subprocess
from pathlib import Path
from typing import Any

from tests.contract.node import node_program
from tests.contract.playground_contract import assert_contract
from tests.contract.stage import NAME, OWNER, SECRET, Stage, stage

DRIVER = Path(__file__).with_name("octokit") / "drive.mjs"


def drive(scene: Stage, step: str, **more: Any) -> Any:
    """Run one step of the driver and return what it saw."""
    given = {
        "step": step,
        "api": scene.playground.api_url,
        "appId": scene.app.id,
        "privateKey": scene.app.private_key_pem,
        "installationId": scene.installation_id,
        "owner": OWNER,
        "repo": NAME,
        "sha": scene.sha,
        "secret": SECRET,
        **more,
    }
    done = subprocess.run(
        [node_program(), str(DRIVER)],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_octokit__plays_an_app_within_the_contract(tmp_path: Path) -> None:
    with stage(tmp_path) as scene:
        seen = drive(scene, "play")
        assert seen == {
            "app": {
                "slug": "prompt2action",
                "installation": scene.installation_id,
                "installations": 1,
                "repositories": ["ada/calc"],
            },
            "talk": {
                "number": 1,
                "author": "prompt2action[bot]",
                "authorType": "Bot",
                "through": "prompt2action",
                "bodies": ["Done ✅"],
                "eyes": 1,
            },
            "check": {
                "status": "completed",
                "conclusion": "neutral",
                "counted": 51,
                "listed": list(range(1, 52)),
                "runs": ["Octokit"],
            },
            "refusals": {"unknown": 404, "invalid": 422},
        }
        assert scene.playground.webhooks.settle()
        deliveries = [
            {
                "event": one.event,
                "body": one.body.decode(),
                "signature": one.headers["x-hub-signature-256"],
            }
            for one in scene.receiver.received
        ]
        verified = drive(scene, "verify", deliveries=deliveries)
        report = assert_contract(scene.playground)
    assert {one["event"] for one in verified} >= {"ping", "issues", "issue_comment", "check_run"}
    assert {(one["genuine"], one["spoilt"], one["foreign"]) for one in verified} == {
        (True, False, False)
    }
    assert report.exchanges > 15
