"""Records as webhooks have them, where that differs from the REST API; no I/O."""

from typing import Any

from playground.records import (
    Account,
    App,
    CheckRun,
    CheckSuite,
    Comment,
    Pull,
    Repository,
    Review,
    ReviewComment,
)
from playground.shapes import (
    app,
    check_run,
    check_suite,
    comment,
    pull,
    repository,
    review,
    review_comment,
)
from playground.shapes.links import node_id
from playground.shapes.moment import iso
from playground.shapes.view import View

ZEN = "Design for failure."

SUITE_OF_RUN = (
    "id",
    "node_id",
    "head_branch",
    "head_sha",
    "status",
    "conclusion",
    "url",
    "before",
    "after",
    "pull_requests",
    "app",
    "created_at",
    "updated_at",
)
"""What a check run's payload tells of its suite."""


def any_comment(record: Comment | ReviewComment, view: View) -> dict[str, Any]:
    """Return a comment, on an issue or on a diff."""
    if isinstance(record, ReviewComment):
        places = dict.fromkeys(review_comment.PLACES)
        places.pop("in_reply_to_id")
        return places | review_comment.comment(record, view)
    return comment.comment(record, view)


def small_pull(record: Pull, view: View) -> dict[str, Any]:
    """Return a pull request beside a review of it."""
    return pull.simple(record, view)


def submitted(record: Review, view: View) -> dict[str, Any]:
    """Return a review; its state is in small letters only here."""
    document = review.review(record, view)
    return {"submitted_at": None, **document, "state": record.state.lower()}


def run(record: CheckRun, view: View) -> dict[str, Any]:
    """Return a check run with what its suite is about."""
    suite = view.records.check_suites.need(record.suite_id)
    whole = check_suite.core(suite, view)
    document = check_run.run(record, view)
    return document | {
        "started_at": document["started_at"] or iso(suite.updated_at),
        "check_suite": {name: whole[name] for name in SUITE_OF_RUN},
    }


def suite(record: CheckSuite, view: View) -> dict[str, Any]:
    """Return a check suite; its repository stands beside it."""
    return check_suite.core(record, view)


def tiny(record: Repository, view: View) -> dict[str, Any]:
    """Return a repository as it stands in the lists of an installation."""
    return {
        "id": record.id,
        "node_id": node_id("R", record.id),
        "name": record.name,
        "full_name": view.full_name(record),
        "private": record.private,
    }


def whole(record: Repository, view: View) -> dict[str, Any]:
    """Return the repository that an event is about."""
    return repository.repository(record, view)


def organization(account: Account, view: View) -> dict[str, Any]:
    """Return the organization that owns the repository."""
    links = view.links
    url = links.api(f"orgs/{account.login}")
    return {
        "login": account.login,
        "id": account.id,
        "node_id": node_id("O", account.id),
        "url": url,
        "repos_url": f"{url}/repos",
        "events_url": f"{url}/events",
        "hooks_url": f"{url}/hooks",
        "issues_url": f"{url}/issues",
        "members_url": url + "/members{/member}",
        "public_members_url": url + "/public_members{/member}",
        "avatar_url": links.avatar(account.id),
        "description": None,
    }


def ping(record: App, view: View) -> dict[str, Any]:
    """Return the greeting that a new hook gets."""
    return {
        "zen": ZEN,
        "hook_id": record.hook_id,
        "hook": {
            "type": "App",
            "id": record.hook_id,
            "name": "web",
            "active": True,
            "events": list(record.events),
            "config": app.hook_config(record),
            "updated_at": iso(record.updated_at),
            "created_at": iso(record.created_at),
            "app_id": record.id,
            "deliveries_url": view.links.api("app/hook/deliveries"),
        },
    }
