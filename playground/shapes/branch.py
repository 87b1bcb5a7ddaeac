"""Branches; no I/O."""

from typing import Any

from playground.git_commit import GitCommit
from playground.records import Repository
from playground.shapes import commit as commits
from playground.shapes.view import View

NO_CHECKS = {"enforcement_level": "off", "contexts": [], "checks": []}


def short(name: str, sha: str, repository: Repository, view: View) -> dict[str, Any]:
    """Return a branch as it stands in the list."""
    below = view.below(repository.id)
    return {
        "name": name,
        "commit": {"sha": sha, "url": below.api(f"commits/{sha}")},
        "protected": False,
    }


def branch(name: str, commit: GitCommit, repository: Repository, view: View) -> dict[str, Any]:
    """Return a branch with the commit that it points to; no branch here is protected."""
    below = view.below(repository.id)
    url = below.api(f"branches/{name}")
    return {
        "name": name,
        "commit": commits.commit(commit, repository, view),
        "_links": {"self": url, "html": below.html(f"tree/{name}")},
        "protected": False,
        "protection": {"enabled": False, "required_status_checks": dict(NO_CHECKS)},
        "protection_url": f"{url}/protection",
    }
