"""Commit statuses: reading the newest of a context and setting one."""

from dataclasses import dataclass
from typing import Any

from p2a.github.endpoint import Endpoint
from p2a.github.request import Request


@dataclass(frozen=True, slots=True)
class Status:
    """A commit status as GitHub tells it now."""

    id: int
    url: str
    state: str
    context: str
    description: str
    target_url: str | None


class StatusVerbs(Endpoint):
    """What we do with commit statuses."""

    def newest_status(self, sha: str, context: str) -> Status | None:
        """Return the status of a context that counts, None where it has none."""
        request = Request(
            "GET", self._path("commits", sha, "statuses"), f"list the statuses of {sha[:12]}"
        )
        found = (_read_status(data) for data in self._wire.pages(request, list))
        return next((status for status in found if status.context == context), None)

    def create_status(
        self, sha: str, *, state: str, context: str, description: str, target_url: str | None
    ) -> Status:
        """Set a status; never repeated by itself."""
        fields = {"state": state, "context": context, "description": description}
        if target_url is not None:
            fields["target_url"] = target_url
        request = Request(
            "POST", self._path("statuses", sha), "set the commit status", body=fields, creates=True
        )
        return self._wire.ask(request, _read_status)


def _read_status(data: Any) -> Status:
    return Status(
        id=int(data["id"]),
        url=data["url"],
        state=data["state"],
        context=data["context"],
        description=data.get("description") or "",
        target_url=data.get("target_url"),
    )
