"""Pull requests: the facts we act on, finding ours and opening one."""

from dataclasses import dataclass
from typing import Any

from p2a.github.endpoint import Endpoint
from p2a.github.request import Request


@dataclass(frozen=True, slots=True)
class Pull:
    """A pull request as GitHub tells it now."""

    number: int
    url: str
    state: str
    """`open` or `closed`."""
    is_draft: bool
    is_merged: bool
    head_sha: str
    head_ref: str
    head_repository_id: int | None
    """None when the fork was deleted."""
    base_sha: str
    base_ref: str
    is_ours: bool
    """Whether our App opened it."""


class PullVerbs(Endpoint):
    """What we do with pull requests."""

    def pull(self, number: int) -> Pull:
        """Return a pull request."""
        request = Request("GET", self._path("pulls", number), f"read pull request #{number}")
        return self._wire.ask(request, self._read_pull)

    def find_pull(self, branch: str) -> Pull | None:
        """Return the newest pull request from this branch of this repository, closed ones too."""
        request = Request(
            "GET",
            self._path("pulls"),
            f"list the pull requests of {branch}",
            parameters={"head": f"{self._repository.owner}:{branch}", "state": "all"},
        )
        for data in self._wire.pages(request, list):
            pull = self._read_pull(data)
            if pull.head_ref == branch and pull.head_repository_id == self._repository.id:
                return pull
        return None

    def create_pull(
        self, *, branch: str, base_ref: str, title: str, body: str, draft: bool = True
    ) -> Pull:
        """Open a pull request; never repeated by itself."""
        fields = {"title": title, "head": branch, "base": base_ref, "body": body, "draft": draft}
        request = Request(
            "POST", self._path("pulls"), "open the pull request", body=fields, creates=True
        )
        return self._wire.ask(request, self._read_pull)

    def _read_pull(self, data: Any) -> Pull:
        head, base = data["head"], data["base"]
        return Pull(
            number=int(data["number"]),
            url=data["html_url"],
            state=data["state"],
            is_draft=bool(data.get("draft")),
            is_merged=bool(data.get("merged_at")),
            head_sha=head["sha"],
            head_ref=head["ref"],
            head_repository_id=head["repo"]["id"] if head.get("repo") else None,
            base_sha=base["sha"],
            base_ref=base["ref"],
            is_ours=self._is_ours(data),
        )
