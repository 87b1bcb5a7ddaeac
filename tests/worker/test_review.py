"""`/p2a review`: one review on lines of the diff, never an approval, and nothing said twice."""

import json
import re
from typing import Any

import requests

from p2a.domain import WorkflowKind, WorkflowStatus
from tests.contract.playground_contract import assert_contract
from tests.fakes.pulls import PIECES, RISKY, open_pull
from tests.fakes.workshop import FULL_NAME, Workshop, small_script
from tests.worker.conftest import OpenWorkshop


def finding(line: int, quote: str, **more: Any) -> dict[str, Any]:
    return {
        "path": PIECES,
        "line": line,
        "quote": quote,
        "severity": "warning",
        "message": "Say why.",
        **more,
    }


EVAL = finding(
    4,
    "eval(x)",
    severity="error",
    message="It runs what a stranger wrote. @octo/team closes #1. All tests pass.",
    replacement="    return int(x)",
)
README = {**finding(1, ""), "path": "README.md", "message": "Tell of it here."}
GONE = finding(3, "there is no such line")


def answer(*findings: dict[str, Any]) -> dict[str, Any]:
    return {
        "agent": "REVIEWER",
        "turn": 0,
        "text": json.dumps({"summary": "It adds a way to run code.", "findings": findings}),
    }


def reviewed(workshop: Workshop, origin: dict[str, Any], prompt: str = "") -> str:
    place = {"number": origin["number"], "is_pull_request": True}
    name = workshop.command(WorkflowKind.REVIEW, prompt, **place)
    assert workshop.perform(name) is WorkflowStatus.COMPLETED
    return name


def progress_of(workshop: Workshop, origin: dict[str, Any], name: str) -> str:
    comments = workshop.get(f"issues/{origin['number']}/comments")
    (found,) = [one["body"] for one in comments if f"workflow `{name}`" in one["body"]]
    return str(found)


def add_commit(workshop: Workshop, origin: dict[str, Any], text: str, *, onto: str = "") -> str:
    """Push a change of the same file to the pull request's branch and return the new head."""
    parent = onto or workshop.get(f"pulls/{origin['number']}")["head"]["sha"]
    entry = {"path": PIECES, "mode": "100644", "type": "blob", "content": text}
    tree = workshop.post("git/trees", {"base_tree": parent, "tree": [entry]})
    body = {"message": "More", "tree": tree["sha"], "parents": [parent]}
    sha = workshop.post("git/commits", body)["sha"]
    url = f"{workshop.playground.api_url}/repos/{FULL_NAME}/git/refs/heads/topic"
    headers = {"Authorization": f"Bearer {workshop.ann.token}"}
    fields = {"sha": sha, "force": bool(onto)}
    requests.patch(url, json=fields, headers=headers, timeout=30).raise_for_status()
    return str(sha)


def test_review__is_one_with_suggestions_on_lines_and_the_rest_in_its_text(
    open_workshop: OpenWorkshop,
) -> None:
    workshop = open_workshop(small_script(REVIEWER=[answer(README, GONE, EVAL)]))
    origin = open_pull(workshop)
    name = reviewed(workshop, origin)
    (review,) = workshop.get(f"pulls/{origin['number']}/reviews")
    assert review["state"] == "COMMENTED"
    assert review["commit_id"] == origin["head_sha"]
    assert (
        "**2 findings**, 1 of them below because its lines are not in the diff." in review["body"]
    )
    assert f"blob/{origin['head_sha']}/README.md?plain=1#L1" in review["body"]
    assert "Tell of it here." in review["body"]
    assert "1 finding dropped: not in the code" in review["body"]
    (comment,) = workshop.get(f"pulls/{origin['number']}/comments")
    assert (comment["path"], comment["line"], comment["side"]) == (PIECES, 5, "RIGHT")
    assert "```suggestion\n    return int(x)\n```" in comment["body"]
    assert "@octo/team" not in comment["body"]
    assert "closes #1" not in comment["body"]
    assert "All tests pass" not in comment["body"]
    assert f"**Review:** {review['html_url']} (2 findings)" in progress_of(workshop, origin, name)
    asked = str(workshop.peer.requests[0].body)
    assert "     5 +    eval(x)" in asked
    assert_contract(workshop.playground)


def test_review__of_the_same_commit_is_not_paid_twice_unless_asked_for(
    open_workshop: OpenWorkshop,
) -> None:
    workshop = open_workshop(small_script(REVIEWER=[answer(EVAL)]))
    origin = open_pull(workshop)
    reviewed(workshop, origin)
    again = reviewed(workshop, origin)
    told = progress_of(workshop, origin, again)
    assert "was reviewed already" in told
    (review,) = workshop.get(f"pulls/{origin['number']}/reviews")
    assert f"**Review:** {review['html_url']}" in told
    assert [one.agent for one in workshop.peer.requests] == ["REVIEWER"]
    reviewed(workshop, origin, "full: and look at the names")
    assert [one.agent for one in workshop.peer.requests] == ["REVIEWER"] * 2
    assert "look at the names" in str(workshop.peer.requests[1].body)
    bodies = [one["body"] for one in workshop.get(f"pulls/{origin['number']}/reviews")]
    assert len(bodies) == 2
    assert "**No new findings.**" in bodies[1]
    assert "1 finding said before and left out" in bodies[1]
    assert len(workshop.get(f"pulls/{origin['number']}/comments")) == 1


def test_review__after_a_push_reads_what_is_new_and_repeats_nothing(
    open_workshop: OpenWorkshop,
) -> None:
    newest = finding(9, "pass", message="It does nothing.")
    workshop = open_workshop(small_script(REVIEWER=[answer(EVAL, newest)]))
    origin = open_pull(workshop)
    reviewed(workshop, origin)
    more = f"# A module.\n{RISKY}\n\ndef stop():\n    pass\n"
    head = add_commit(workshop, origin, more)
    reviewed(workshop, origin)
    second = workshop.get(f"pulls/{origin['number']}/reviews")[1]
    assert f"what is new since `{origin['head_sha'][:12]}`" in second["body"]
    assert second["commit_id"] == head
    comments = workshop.get(f"pulls/{origin['number']}/comments")
    assert [one["line"] for one in comments] == [5, 10]
    asked = str(workshop.peer.requests[1].body)
    assert "What is new since the last review" in asked
    assert "do not say it again" in asked
    assert_contract(workshop.playground)


def test_review__of_a_rewritten_branch_reads_all_of_it(open_workshop: OpenWorkshop) -> None:
    workshop = open_workshop(small_script(REVIEWER=[answer()]))
    origin = open_pull(workshop)
    reviewed(workshop, origin)
    add_commit(workshop, origin, f"{RISKY}# more\n", onto=origin["base_sha"])
    reviewed(workshop, origin)
    first, second = workshop.get(f"pulls/{origin['number']}/reviews")
    assert "**No findings.**" in first["body"]
    assert "all of it: the branch was rewritten since the last review" in second["body"]


def test_m18__nothing_of_a_model_approves_merges_closes_or_labels(
    open_workshop: OpenWorkshop,
) -> None:
    eager = {
        "summary": "APPROVE. Merge it, close #1, label it.",
        "findings": [],
        "event": "APPROVE",
    }
    calls = [{"name": "approve", "args": {}}, {"name": "merge", "args": {"number": 1}}]
    script = small_script(
        REVIEWER=[
            {"agent": "REVIEWER", "turn": 0, "calls": calls},
            {"agent": "REVIEWER", "turn": 1, "text": json.dumps(eager)},
            {**answer(), "turn": 2},
        ]
    )
    workshop = open_workshop(script)
    origin = open_pull(workshop)
    reviewed(workshop, origin)
    (review,) = workshop.get(f"pulls/{origin['number']}/reviews")
    assert review["state"] == "COMMENTED"
    pull = workshop.get(f"pulls/{origin['number']}")
    assert (pull["state"], pull["merged"], pull["labels"]) == ("open", False, [])
    paths = [one.path for one in workshop.playground.writes]
    assert [path for path in paths if re.search("merge|label|dismiss|/events", path)] == []
