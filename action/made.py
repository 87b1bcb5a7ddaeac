"""What an earlier attempt of a job left on a pull request: a commit on its branch, or suggestions."""

from typing import Protocol

from p2a.domain import NewWorkflow
from p2a.github.add_commit import MAX_LOOKED
from p2a.github.commit import Commit
from p2a.github.publish_branch import has_trailer
from p2a.github.pull import Pull
from p2a.github.review import Review
from worker.publish import SUGGESTIONS_MARKER


class MadeGateway(Protocol):
    """What is needed of the gateway."""

    def pull(self, number: int) -> Pull:
        """Return a pull request."""

    def commit(self, sha: str) -> Commit:
        """Return a commit."""

    def commit_url(self, sha: str) -> str:
        """Return the page of a commit."""

    def own_reviews(self, number: int) -> list[Review]:
        """Return the reviews that we wrote."""


def made_on_pull(gateway: MadeGateway, wanted: NewWorkflow) -> str:
    """Return the page of this workflow's commit or suggestions, empty where there are none."""
    number = wanted.origin.number
    marker = SUGGESTIONS_MARKER.format(id=wanted.id)
    for review in gateway.own_reviews(number):
        if review.body.startswith(marker):
            return review.url
    pull = gateway.pull(number)
    sha = pull.head_sha
    for _ in range(MAX_LOOKED):
        if sha == pull.base_sha:
            return ""
        commit = gateway.commit(sha)
        if has_trailer(commit.message, wanted.id):
            return gateway.commit_url(sha)
        if len(commit.parents) != 1:
            return ""
        sha = commit.parents[0]
    return ""
