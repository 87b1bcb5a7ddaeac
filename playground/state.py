"""All that the playground knows, behind one lock: tables, look-ups and the events of writes."""

import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from playground import records
from playground.table import Archive, Table

LEVELS = ("none", "read", "triage", "write", "maintain", "admin")
"""A user's permission levels on a repository, weakest first."""
FIRST_ID = 2_500_000_000
"""Above 32 bits' signed range, as GitHub's own ids are: what cannot hold them shows here."""


class State:
    """The tables and what can be asked of them; hold `lock` around every use."""

    def __init__(
        self,
        *,
        folder: Path,
        clock: Callable[[], datetime],
        archive: Archive | None = None,
        first_id: int = FIRST_ID,
    ) -> None:
        self.lock = threading.RLock()
        self.folder = folder
        self.clock = clock
        self._listeners: list[Callable[[records.Event], None]] = []
        self.accounts = Table(records.Account, archive)
        self.user_tokens = Table(records.UserToken, archive)
        self.repositories = Table(records.Repository, archive)
        self.collaborators = Table(records.Collaborator, archive)
        self.labels = Table(records.Label, archive)
        self.issues = Table(records.Issue, archive)
        self.comments = Table(records.Comment, archive)
        self.reactions = Table(records.Reaction, archive)
        self.pulls = Table(records.Pull, archive)
        self.reviews = Table(records.Review, archive)
        self.review_comments = Table(records.ReviewComment, archive)
        self.check_suites = Table(records.CheckSuite, archive)
        self.check_runs = Table(records.CheckRun, archive)
        self.statuses = Table(records.CommitStatus, archive)
        self.apps = Table(records.App, archive)
        self.installations = Table(records.Installation, archive)
        self.installation_tokens = Table(records.InstallationToken, archive)
        self.deliveries = Table(records.HookDelivery, archive)
        self._archive = archive
        self._last_id = max(first_id, archive.last_id if archive else 0)

    def next_id(self) -> int:
        """Return a number that no record of any kind has had."""
        with self.lock:
            self._last_id += 1
            if self._archive:
                self._archive.last_id = self._last_id
            return self._last_id

    def now(self) -> datetime:
        """Return the time in whole seconds, as GitHub stores it."""
        return self.clock().replace(microsecond=0)

    def git_dir(self, repository_id: int) -> Path:
        """Return the folder of the bare git repository."""
        return self.folder / "git" / f"{repository_id}.git"

    def listen(self, listener: Callable[[records.Event], None]) -> None:
        """Have every later event given to `listener`, in order, under the lock."""
        self._listeners.append(listener)

    def emit(
        self,
        name: str,
        action: str | None,
        repository_id: int | None,
        *,
        sender_id: int,
        only_app_id: int | None = None,
        installation_id: int | None = None,
        **parts: Any,
    ) -> None:
        """Tell the listeners what happened; call it after the records were put.

        `parts` are the records by payload key, e.g. `issue=issue, comment=comment`.
        """
        event = records.Event(
            name=name,
            action=action,
            repository_id=repository_id,
            sender_id=sender_id,
            parts=parts,
            only_app_id=only_app_id,
            installation_id=installation_id,
        )
        for listener in self._listeners:
            listener(event)

    def account_named(self, login: str) -> records.Account | None:
        """Return the account with that login, whatever its letters' case."""
        return self.accounts.first(lambda account: account.login.lower() == login.lower())

    def repository_named(self, owner: str, name: str) -> records.Repository | None:
        """Return the repository `owner/name`, whatever its letters' case."""
        account = self.account_named(owner)
        if account is None:
            return None
        return self.repositories.first(
            lambda repository: repository.name.lower() == name.lower(), owner_id=account.id
        )

    def full_name(self, repository: records.Repository) -> str:
        """Return `owner/name`."""
        return f"{self.accounts.need(repository.owner_id).login}/{repository.name}"

    def permission(self, repository: records.Repository, account_id: int | None) -> str:
        """Return a user's level on a repository, one of `LEVELS`; public ones are read by all."""
        if account_id is not None and account_id == repository.owner_id:
            return "admin"
        collaborator = self.collaborators.first(repository_id=repository.id, account_id=account_id)
        if collaborator is not None:
            return collaborator.permission
        return "none" if repository.private else "read"

    def issue_numbered(self, repository_id: int, number: int) -> records.Issue | None:
        """Return the issue or the issue side of the pull request with that number."""
        return self.issues.first(repository_id=repository_id, number=number)

    def pull_numbered(self, repository_id: int, number: int) -> records.Pull | None:
        """Return the pull request with that number."""
        return self.pulls.first(repository_id=repository_id, number=number)

    def next_number(self, repository_id: int) -> int:
        """Return the number for the repository's next issue or pull request."""
        issues = self.issues.where(repository_id=repository_id)
        return max((issue.number for issue in issues), default=0) + 1

    def installations_on(self, repository_id: int) -> list[records.Installation]:
        """Return the installations that cover a repository."""
        return self.installations.where(lambda one: repository_id in one.repository_ids)

    def app_slugged(self, slug: str) -> records.App | None:
        """Return the App with that slug."""
        return self.apps.first(slug=slug)
