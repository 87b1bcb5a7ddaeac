"""Comments and reactions on issues and pull requests."""

from dataclasses import dataclass
from typing import Any

from p2a.errors import GitHubNotFound
from p2a.github.endpoint import Endpoint
from p2a.github.request import Request


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment on an issue or a pull request."""

    id: int
    body: str
    url: str


class CommentVerbs(Endpoint):
    """What we do with comments."""

    def find_comment(self, number: int, marker: str) -> Comment | None:
        """Return the oldest comment that starts with the marker and was written by our App."""
        request = Request(
            "GET", self._path("issues", number, "comments"), f"list the comments of #{number}"
        )
        for data in self._wire.pages(request, list):
            if (data.get("body") or "").startswith(marker) and self._is_ours(data):
                return _read_comment(data)
        return None

    def create_comment(self, number: int, body: str) -> Comment:
        """Write a comment; never repeated by itself."""
        request = Request(
            "POST",
            self._path("issues", number, "comments"),
            f"comment on #{number}",
            body={"body": body},
            creates=True,
        )
        return self._wire.ask(request, _read_comment)

    def edit_comment(self, comment_id: int, body: str) -> Comment | None:
        """Replace a comment's text; None when the comment is gone."""
        request = Request(
            "PATCH",
            self._path("issues", "comments", comment_id),
            "edit our comment",
            body={"body": body},
            repeatable=True,
            creates=True,
        )
        try:
            return self._wire.ask(request, _read_comment)
        except GitHubNotFound:
            return None

    def add_reaction(self, content: str, *, number: int, comment_id: int | None) -> int | None:
        """React to a comment, or to the issue; None when it is gone. Repeating it adds nothing."""
        target = ("comments", comment_id) if comment_id is not None else (number,)
        request = Request(
            "POST",
            self._path("issues", *target, "reactions"),
            f"react on #{number}",
            body={"content": content},
            repeatable=True,
            creates=True,
        )
        try:
            return self._wire.ask(request, lambda data: int(data["id"]))
        except GitHubNotFound:
            return None


def _read_comment(data: Any) -> Comment:
    return Comment(id=int(data["id"]), body=data.get("body") or "", url=data["html_url"])
