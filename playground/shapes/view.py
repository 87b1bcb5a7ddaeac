"""What renderers may look up beside the record that they are given."""

from dataclasses import dataclass
from typing import Protocol

from playground.git_commit import GitCommit
from playground.records import (
    Account,
    App,
    CheckRun,
    CheckSuite,
    Collaborator,
    Comment,
    Installation,
    Issue,
    Label,
    Pull,
    Reaction,
    Repository,
    Review,
    ReviewComment,
)
from playground.shapes.links import Links, RepositoryLinks
from playground.table import Table


class Records(Protocol):
    """The tables of the world that renderers read."""

    @property
    def accounts(self) -> Table[Account]:
        """Return the users and bots."""
        ...

    @property
    def repositories(self) -> Table[Repository]:
        """Return the repositories."""
        ...

    @property
    def collaborators(self) -> Table[Collaborator]:
        """Return who may do what where."""
        ...

    @property
    def labels(self) -> Table[Label]:
        """Return the labels."""
        ...

    @property
    def issues(self) -> Table[Issue]:
        """Return the issues, pull requests among them."""
        ...

    @property
    def comments(self) -> Table[Comment]:
        """Return the comments on issues."""
        ...

    @property
    def reactions(self) -> Table[Reaction]:
        """Return the reactions."""
        ...

    @property
    def pulls(self) -> Table[Pull]:
        """Return the pull requests."""
        ...

    @property
    def reviews(self) -> Table[Review]:
        """Return the reviews."""
        ...

    @property
    def review_comments(self) -> Table[ReviewComment]:
        """Return the comments on diffs."""
        ...

    @property
    def check_suites(self) -> Table[CheckSuite]:
        """Return the check suites."""
        ...

    @property
    def check_runs(self) -> Table[CheckRun]:
        """Return the check runs."""
        ...

    @property
    def apps(self) -> Table[App]:
        """Return the GitHub Apps."""
        ...

    @property
    def installations(self) -> Table[Installation]:
        """Return the installations of Apps."""
        ...


@dataclass(frozen=True, slots=True)
class PullNumbers:
    """What a pull request's two ends come to."""

    commits: int = 0
    additions: int = 0
    deletions: int = 0
    changed_files: int = 0
    mergeable: bool | None = None


class GitFacts(Protocol):
    """What renderers ask of the object stores."""

    def commit(self, repository_id: int, sha: str) -> GitCommit | None:
        """Return a commit, None when the repository has none of that id."""
        ...

    def verified(self, repository_id: int, commit: GitCommit) -> bool:
        """Tell whether the commit carries GitHub's own signature."""
        ...

    def pull_numbers(self, pull: Pull) -> PullNumbers:
        """Return the size of a pull request."""
        ...


@dataclass(frozen=True, slots=True)
class View:
    """The world as seen through one base address."""

    records: Records
    git: GitFacts
    links: Links

    def account(self, id: int) -> Account:
        """Return the account with that id; raises LookupError."""
        return self.records.accounts.need(id)

    def repository(self, id: int) -> Repository:
        """Return the repository with that id; raises LookupError."""
        return self.records.repositories.need(id)

    def full_name(self, repository: Repository) -> str:
        """Return `owner/name`."""
        return f"{self.account(repository.owner_id).login}/{repository.name}"

    def below(self, repository_id: int) -> RepositoryLinks:
        """Return the addresses below a repository."""
        return RepositoryLinks(self.links, self.full_name(self.repository(repository_id)))

    def association(self, account_id: int, repository_id: int) -> str:
        """Return the `author_association` of an account with a repository."""
        if self.repository(repository_id).owner_id == account_id:
            return "OWNER"
        known = self.records.collaborators.first(repository_id=repository_id, account_id=account_id)
        return "COLLABORATOR" if known else "NONE"
