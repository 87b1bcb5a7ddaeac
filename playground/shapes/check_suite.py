"""Check suites; no I/O."""

from typing import Any

from playground.records import CheckSuite
from playground.shapes import commit, pull, repository
from playground.shapes.app import performed
from playground.shapes.links import node_id
from playground.shapes.moment import iso
from playground.shapes.view import View


def suite(suite: CheckSuite, view: View) -> dict[str, Any]:
    """Return an App's check suite of a commit; raises LookupError when git has no such commit."""
    return core(suite, view) | {
        "repository": repository.minimal(view.repository(suite.repository_id), view)
    }


def core(suite: CheckSuite, view: View) -> dict[str, Any]:
    """Return a check suite without its repository, as webhooks have it."""
    url = view.below(suite.repository_id).api(f"check-suites/{suite.id}")
    head = view.git.commit(suite.repository_id, suite.head_sha)
    if head is None:
        raise LookupError(f"no commit {suite.head_sha} for check suite {suite.id}")
    return {
        "id": suite.id,
        "node_id": node_id("CS", suite.id),
        "head_branch": suite.head_branch,
        "head_sha": suite.head_sha,
        "status": suite.status,
        "conclusion": suite.conclusion,
        "url": url,
        "before": suite.before,
        "after": suite.after,
        "pull_requests": pull.of_head(suite.repository_id, suite.head_sha, view),
        "app": performed(suite.app_id, view),
        "created_at": iso(suite.created_at),
        "updated_at": iso(suite.updated_at),
        "rerequestable": suite.rerequestable,
        "runs_rerequestable": suite.rerequestable,
        "latest_check_runs_count": len(view.records.check_runs.where(suite_id=suite.id)),
        "check_runs_url": f"{url}/check-runs",
        "head_commit": commit.simple(head),
    }
