"""Who may do what in the repository, and what the repository is now."""

from dataclasses import dataclass
from typing import Any

from p2a.domain import Repository
from p2a.errors import GitHubNotFound
from p2a.github.endpoint import Endpoint
from p2a.github.request import Request

PERMISSIONS = ("admin", "maintain", "write", "triage", "read", "none")
"""GitHub's levels, the strongest first."""


@dataclass(frozen=True, slots=True)
class RepositoryFacts:
    """A repository as GitHub tells it now."""

    repository: Repository
    default_branch: str
    is_private: bool
    is_archived: bool
    url: str
    clone_url: str


class AccessVerbs(Endpoint):
    """What we ask about the repository and its people."""

    def permission(self, login: str) -> str:
        """Return a person's live level, one of `PERMISSIONS`; `none` for a stranger."""
        request = Request(
            "GET",
            self._path("collaborators", login, "permission"),
            f"look up what {login} may do",
        )
        try:
            return self._wire.ask(request, _read_permission)
        except GitHubNotFound:
            return "none"

    def default_branch(self) -> str:
        """Return the repository's default branch."""
        return self.repository_facts().default_branch

    def repository_facts(self) -> RepositoryFacts:
        """Return the repository under the recorded name.

        Raises:
            GitHubNotFound: it is gone, or another repository has the name now.
        """
        request = Request("GET", self._path(), f"read {self._repository.full_name}")
        facts = self._wire.ask(request, _read_facts)
        if facts.repository.id != self._repository.id:
            raise GitHubNotFound(
                f"{self._repository.full_name} is another repository now",
                why=f"its id is {facts.repository.id}, the workflow was started for "
                f"{self._repository.id}; the old one was renamed, moved or deleted",
                next_step="give the command again where the repository is now",
            )
        return facts


def _read_permission(data: Any) -> str:
    role = data.get("role_name")
    # An organisation's own role has its own name; `permission` tells which level it builds on.
    level = role if role in PERMISSIONS else data["permission"]
    return str(level) if level in PERMISSIONS else "none"


def _read_facts(data: Any) -> RepositoryFacts:
    owner, _, name = data["full_name"].partition("/")
    return RepositoryFacts(
        repository=Repository(id=int(data["id"]), owner=owner, name=name),
        default_branch=data["default_branch"],
        is_private=bool(data["private"]),
        is_archived=bool(data.get("archived")),
        url=data["html_url"],
        clone_url=data["clone_url"],
    )
