"""Reviews of pull requests: finding ours and writing one, which never approves."""

from dataclasses import dataclass
from typing import Any

from p2a.effects import ReviewComment
from p2a.github.endpoint import Endpoint
from p2a.github.request import Request

EVENT = "COMMENT"
"""The only event that we send: we neither approve nor request changes."""


@dataclass(frozen=True, slots=True)
class Review:
    """A review of ours as GitHub tells it now."""

    id: int
    body: str
    url: str


class ReviewVerbs(Endpoint):
    """What we do with reviews."""

    def own_reviews(self, number: int) -> list[Review]:
        """Return the reviews that our App wrote, oldest first."""
        request = Request(
            "GET", self._path("pulls", number, "reviews"), f"list the reviews of #{number}"
        )
        return [_read(one) for one in self._wire.pages(request, list) if self._is_ours(one)]

    def own_review_comments(self, number: int) -> list[str]:
        """Return the texts of our App's comments on the lines of a pull request, oldest first."""
        request = Request(
            "GET", self._path("pulls", number, "comments"), f"list the review comments of #{number}"
        )
        found = self._wire.pages(request, list)
        return [one.get("body") or "" for one in found if self._is_ours(one)]

    def create_review(
        self, number: int, *, commit_id: str, body: str, comments: tuple[ReviewComment, ...]
    ) -> Review:
        """Write a review with comments on lines of the diff; never repeated by itself.

        Raises:
            GitHubInvalid: GitHub finds a line, or the commit, not in the pull request.
        """
        fields: dict[str, Any] = {"commit_id": commit_id, "body": body, "event": EVENT}
        if comments:
            fields["comments"] = [_fields(comment) for comment in comments]
        request = Request(
            "POST",
            self._path("pulls", number, "reviews"),
            f"review #{number}",
            body=fields,
            creates=True,
        )
        return self._wire.ask(request, _read)


def _fields(comment: ReviewComment) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "path": comment.path,
        "line": comment.last_line,
        "side": "RIGHT",
        "body": comment.body,
    }
    if comment.first_line < comment.last_line:
        fields |= {"start_line": comment.first_line, "start_side": "RIGHT"}
    return fields


def _read(data: Any) -> Review:
    return Review(id=int(data["id"]), body=data.get("body") or "", url=data["html_url"])
