"""Every webhook payload is what GitHub describes for its event."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from playground.records import Event
from playground.shapes import hooks
from tests.contract.hook_validator import HookContract
from tests.fakes.playground_world import BASE, HEAD, Scene

Case = tuple[str, str | None, Callable[[Scene], Mapping[str, Any]]]

CHANGES = {"body": {"from": "Before"}}


def pushed(scene: Scene) -> dict[str, Any]:
    head = scene.view.git.commit(scene.repository.id, HEAD)
    assert head is not None
    return {
        "ref": "refs/heads/p2a/1",
        "before": BASE,
        "after": HEAD,
        "created": False,
        "deleted": False,
        "forced": False,
        "commits": (head,),
        "head_commit": head,
    }


def issue_event(action: str, **more: Any) -> Case:
    return "issues", action, lambda s: {"issue": s.issue, **more}


def pull_event(action: str, **more: Any) -> Case:
    return (
        "pull_request",
        action,
        lambda s: {
            "pull_request": s.pull,
            "issue": s.pull_issue,
            "number": s.pull.number,
            **more,
        },
    )


CASES: list[Case] = [
    ("ping", None, lambda s: {"app": s.app}),
    (
        "installation",
        "created",
        lambda s: {"installation": s.installation, "repositories": [s.repository]},
    ),
    (
        "installation",
        "deleted",
        lambda s: {"installation": s.installation, "repositories": [s.repository]},
    ),
    *(
        (
            "installation_repositories",
            action,
            lambda s: {
                "installation": s.installation,
                "repositories_added": [s.repository],
                "repositories_removed": [s.fork],
            },
        )
        for action in ("added", "removed")
    ),
    issue_event("opened"),
    issue_event("closed"),
    issue_event("reopened"),
    issue_event("edited", changes=CHANGES),
    ("issues", "labeled", lambda s: {"issue": s.issue, "label": s.label}),
    ("issues", "unlabeled", lambda s: {"issue": s.issue, "label": s.label}),
    ("issue_comment", "created", lambda s: {"issue": s.issue, "comment": s.comment}),
    ("issue_comment", "created", lambda s: {"issue": s.issue, "comment": s.bot_comment}),
    ("issue_comment", "created", lambda s: {"issue": s.pull_issue, "comment": s.pull_comment}),
    (
        "issue_comment",
        "edited",
        lambda s: {"issue": s.issue, "comment": s.comment, "changes": CHANGES},
    ),
    ("issue_comment", "deleted", lambda s: {"issue": s.issue, "comment": s.comment}),
    pull_event("opened"),
    pull_event("synchronize", before=BASE, after=HEAD),
    pull_event("reopened"),
    pull_event("closed"),
    pull_event("edited", changes=CHANGES),
    pull_event("ready_for_review"),
    pull_event("converted_to_draft"),
    ("pull_request", "labeled", lambda s: {"pull_request": s.pull, "label": s.label}),
    ("pull_request", "unlabeled", lambda s: {"pull_request": s.pull, "label": s.label}),
    ("pull_request_review", "submitted", lambda s: {"review": s.review, "pull_request": s.pull}),
    (
        "pull_request_review_comment",
        "created",
        lambda s: {"comment": s.review_comment, "pull_request": s.pull},
    ),
    (
        "pull_request_review_comment",
        "edited",
        lambda s: {"comment": s.review_comment, "pull_request": s.pull, "changes": CHANGES},
    ),
    (
        "pull_request_review_comment",
        "deleted",
        lambda s: {"comment": s.review_comment, "pull_request": s.pull},
    ),
    (
        "pull_request_review",
        "dismissed",
        lambda s: {"review": replace(s.review, state="DISMISSED"), "pull_request": s.pull},
    ),
    *(
        ("check_suite", action, lambda s: {"check_suite": s.suite})
        for action in ("requested", "rerequested", "completed")
    ),
    *(
        ("check_run", action, lambda s: {"check_run": s.run})
        for action in ("created", "completed", "rerequested")
    ),
    (
        "check_run",
        "requested_action",
        lambda s: {"check_run": s.run, "requested_action": {"identifier": "fix"}},
    ),
    ("push", None, pushed),
    ("push", None, lambda s: pushed(s) | {"deleted": True, "commits": (), "head_commit": None}),
    ("status", None, lambda s: {"status": s.status}),
]


def payload(case: Case, scene: Scene, *, repository_id: int | None = None) -> dict[str, Any]:
    name, action, parts = case
    about_repository = name != "ping" and not name.startswith("installation")
    event = Event(
        name=name,
        action=action,
        repository_id=(repository_id or scene.repository.id) if about_repository else None,
        sender_id=scene.guest.id,
        parts=parts(scene),
    )
    return hooks.payload(event, scene.view, scene.installation)


@pytest.mark.parametrize("case", CASES, ids=[f"{case[0]}-{case[1]}" for case in CASES])
def test_payload__is_as_github_describes_it(
    case: Case, scene: Scene, hook_contract: HookContract
) -> None:
    document = payload(case, scene)
    assert hook_contract.check(case[0], document) == []
    assert json.loads(json.dumps(document)) == document


def test_payload__comment_on_a_pull_request_says_so(scene: Scene) -> None:
    case: Case = (
        "issue_comment",
        "created",
        lambda s: {"issue": s.pull_issue, "comment": s.pull_comment},
    )
    document = payload(case, scene)
    assert document["issue"]["pull_request"]["url"].endswith("/repos/ada/calc/pulls/2")
    assert document["installation"]["id"] == scene.installation.id


def test_payload__comment_of_an_app_names_it(scene: Scene) -> None:
    case: Case = (
        "issue_comment",
        "created",
        lambda s: {"issue": s.issue, "comment": s.bot_comment},
    )
    comment = payload(case, scene)["comment"]
    assert comment["user"]["type"] == "Bot"
    assert comment["performed_via_github_app"]["slug"] == "prompt2action"


def test_payload__repository_of_an_organization_names_it(
    scene: Scene, hook_contract: HookContract
) -> None:
    owned = replace(scene.repository, owner_id=scene.team.id)
    scene.state.repositories.put(owned)
    document = payload(issue_event("opened"), scene)
    assert document["organization"]["login"] == "calc-team"
    assert hook_contract.check("issues", document) == []


def test_payload__an_unknown_action_is_a_violation(
    scene: Scene, hook_contract: HookContract
) -> None:
    document = payload(issue_event("opened"), scene) | {"action": "exploded"}
    assert hook_contract.check("issues", document) == ["GitHub describes no event issues-exploded"]
    assert hook_contract.check("issues", {"action": "opened"})


@pytest.mark.parametrize("case", CASES, ids=[f"{case[0]}-{case[1]}" for case in CASES])
def test_payload__a_spoilt_one_is_a_violation(
    case: Case, scene: Scene, hook_contract: HookContract
) -> None:
    document = payload(case, scene)
    subject = next(name for name in document if isinstance(document[name], dict))
    spoilt = document[subject] | {"id": "a word", "name": 1, "sha": 1}
    assert hook_contract.check(case[0], document | {subject: spoilt}) != []
