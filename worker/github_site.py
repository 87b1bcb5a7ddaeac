"""What the steps need of GitHub: a few questions, and the performer of effects."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from p2a.effects import Effect, Performed
from p2a.github.access import RepositoryFacts
from p2a.github.comment import Comment
from p2a.github.commit import BranchFacts
from p2a.github.pull import Pull
from p2a.github.review import Review


class Questions(Protocol):
    """What the steps ask GitHub."""

    def permission(self, login: str) -> str:
        """Return a person's live level."""

    def repository_facts(self) -> RepositoryFacts:
        """Return the repository under the recorded name and id."""

    def branch_sha(self, branch: str) -> str:
        """Return a branch's newest commit."""

    def branch_facts(self, branch: str) -> BranchFacts | None:
        """Return a branch, None when there is no such branch."""

    def default_branch(self) -> str:
        """Return the repository's default branch."""

    def pull(self, number: int) -> Pull:
        """Return a pull request."""

    def find_comment(self, number: int, marker: str) -> Comment | None:
        """Return our comment that starts with the marker."""

    def own_reviews(self, number: int) -> list[Review]:
        """Return the reviews that our App wrote, oldest first."""

    def own_review_comments(self, number: int) -> list[str]:
        """Return the texts of our App's comments on the lines of a pull request."""

    def git_credentials(self) -> str:
        """Return a token that may read this repository over git."""


@dataclass(frozen=True, slots=True)
class GitHubSite:
    """GitHub, as one workflow may use it."""

    questions: Questions
    perform: Callable[[Effect], Performed]
