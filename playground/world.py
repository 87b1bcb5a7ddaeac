"""The playground's world: its state, and how a test or the demo puts something into it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from secrets import token_hex, token_urlsafe

from playground import check_suites, keys, records
from playground.git_store import GitStore
from playground.state import State

DEFAULT_LABELS = (
    ("bug", "d73a4a", "Something isn't working"),
    ("documentation", "0075ca", "Improvements or additions to documentation"),
    ("duplicate", "cfd3d7", "This issue or pull request already exists"),
    ("enhancement", "a2eeef", "New feature or request"),
    ("good first issue", "7057ff", "Good for newcomers"),
    ("help wanted", "008672", "Extra attention is needed"),
    ("invalid", "e4e669", "This doesn't seem right"),
    ("question", "d876e3", "Further information is requested"),
    ("wontfix", "ffffff", "This will not be worked on"),
)
DEFAULT_PERMISSIONS = {
    "checks": "write",
    "contents": "write",
    "issues": "write",
    "metadata": "read",
    "pull_requests": "write",
    "statuses": "write",
}
DEFAULT_EVENTS = (
    "check_run",
    "check_suite",
    "issue_comment",
    "issues",
    "pull_request",
    "pull_request_review",
    "pull_request_review_comment",
    "push",
)


@dataclass(frozen=True, slots=True)
class Login:
    """A seeded user and the token to act as them."""

    id: int
    login: str
    token: str


class World(State):
    """The state with the seeding API; every method may be called from any thread."""

    def add_user(self, login: str, kind: str = "User") -> Login:
        """Add a user or an organization and return a token for it."""
        with self.lock:
            now = self.now()
            account = records.Account(self.next_id(), login, kind, now, now, name=login)
            self.accounts.put(account)
            return Login(account.id, login, self.new_token(account.id))

    def new_token(self, account_id: int) -> str:
        """Return a new personal access token of an account."""
        with self.lock:
            token = f"ghp_{token_hex(18)}"
            self.user_tokens.put(records.UserToken(self.next_id(), token, account_id, self.now()))
            return token

    def add_repository(
        self,
        owner: str,
        name: str,
        source: Path | None = None,
        *,
        default_branch: str = "main",
        private: bool = False,
        parent_id: int | None = None,
    ) -> records.Repository:
        """Add a repository with the branches and tags of `source`; the owner is made if unknown."""
        with self.lock:
            account = self.account_named(owner) or self.account_named(self.add_user(owner).login)
            assert account is not None  # noqa: S101 - just made
            now = self.now()
            repository = records.Repository(
                id=self.next_id(),
                owner_id=account.id,
                name=name,
                created_at=now,
                updated_at=now,
                pushed_at=now,
                default_branch=default_branch,
                private=private,
                parent_id=parent_id,
            )
            folder = self.git_dir(repository.id)
            GitStore.create(folder, default_branch=default_branch, source=source)
            self.repositories.put(repository)
            for label, color, description in DEFAULT_LABELS:
                self.labels.put(
                    records.Label(self.next_id(), repository.id, label, color, description, True)
                )
            return repository

    def named(self, full_name: str) -> records.Repository:
        """Return the repository `owner/name`.

        Raises:
            LookupError: there is none.
        """
        owner, _, name = full_name.partition("/")
        found = self.repository_named(owner, name)
        if found is None:
            raise LookupError(f"no repository {full_name}")
        return found

    def set_permission(self, full_name: str, login: str, permission: str) -> None:
        """Give a user a level on a repository; `none` takes it away."""
        with self.lock:
            repository = self.named(full_name)
            account = self.account_named(login)
            if account is None:
                raise LookupError(f"no user {login}")
            old = self.collaborators.first(repository_id=repository.id, account_id=account.id)
            if permission == "none":
                if old is not None:
                    self.collaborators.remove(old.id)
                return
            id = old.id if old else self.next_id()
            self.collaborators.put(records.Collaborator(id, repository.id, account.id, permission))

    def add_app(
        self,
        slug: str,
        *,
        webhook_url: str | None = None,
        webhook_secret: str | None = None,
        permissions: Mapping[str, str] | None = None,
        events: Sequence[str] = DEFAULT_EVENTS,
        owner: str = "app-owner",
        key_pair: tuple[str, str] | None = None,
    ) -> records.App:
        """Register an App and its bot user, and ping its hook.

        `key_pair` holds the private and the public key in PEM form; by default they are new.
        """
        with self.lock:
            account = self.account_named(owner) or self.account_named(self.add_user(owner).login)
            assert account is not None  # noqa: S101 - just made
            now = self.now()
            app_id = self.next_id()
            bot = records.Account(self.next_id(), f"{slug}[bot]", "Bot", now, now, app_id=app_id)
            self.accounts.put(bot)
            private_key, public_key = key_pair or keys.new_pair()
            app = records.App(
                id=app_id,
                slug=slug,
                name=slug,
                owner_id=account.id,
                bot_id=bot.id,
                hook_id=self.next_id(),
                client_id=f"Iv1.{token_urlsafe(12)}",
                created_at=now,
                updated_at=now,
                permissions={"metadata": "read", **(permissions or DEFAULT_PERMISSIONS)},
                events=tuple(events),
                public_key_pem=public_key,
                private_key_pem=private_key,
                webhook_url=webhook_url,
                webhook_secret=webhook_secret,
            )
            self.apps.put(app)
            self.emit("ping", None, None, sender_id=account.id, only_app_id=app.id, app=app)
            return app

    def set_webhook(self, app_id: int, *, url: str | None, secret: str | None) -> records.App:
        """Point an App's hook somewhere else, as `PATCH /app/hook/config` does."""
        with self.lock:
            app = self.apps.need(app_id)
            return self.apps.put(replace(app, webhook_url=url, webhook_secret=secret))

    def install(self, app: records.App, *full_names: str) -> int:
        """Install an App on repositories of one owner, or add them, and return the installation."""
        with self.lock:
            added = [self.named(full_name) for full_name in full_names]
            owner_id = added[0].owner_id
            old = self.installations.first(app_id=app.id, account_id=owner_id)
            if old is not None:
                self._extend(old, added)
                return old.id
            now = self.now()
            app = self.apps.need(app.id)
            installation = records.Installation(
                id=self.next_id(),
                app_id=app.id,
                account_id=owner_id,
                repository_ids=tuple(repository.id for repository in added),
                permissions=app.permissions,
                events=app.events,
                created_at=now,
                updated_at=now,
            )
            self.installations.put(installation)
            self._tell_installation("created", installation, sender_id=owner_id)
            return installation.id

    def _extend(
        self, installation: records.Installation, added: Sequence[records.Repository]
    ) -> None:
        new = [one for one in added if one.id not in installation.repository_ids]
        ids = (*installation.repository_ids, *(one.id for one in new))
        changed = self.installations.put(
            replace(installation, repository_ids=ids, updated_at=self.now())
        )
        self._tell_repositories("added", changed, added=new, removed=[])

    def uninstall_from(self, installation_id: int, *full_names: str) -> None:
        """Take repositories out of an installation."""
        with self.lock:
            installation = self.installations.need(installation_id)
            gone = [self.named(full_name) for full_name in full_names]
            ids = {one.id for one in gone}
            left = tuple(id for id in installation.repository_ids if id not in ids)
            changed = self.installations.put(
                replace(installation, repository_ids=left, updated_at=self.now())
            )
            self._tell_repositories("removed", changed, added=[], removed=gone)

    def uninstall(self, installation_id: int) -> None:
        """Delete an installation; its tokens stop working."""
        with self.lock:
            installation = self.installations.need(installation_id)
            self.installations.remove(installation.id)
            for token in self.installation_tokens.where(installation_id=installation.id):
                self.installation_tokens.remove(token.id)
            self._tell_installation("deleted", installation, sender_id=installation.account_id)

    def _tell_installation(
        self, action: str, installation: records.Installation, *, sender_id: int
    ) -> None:
        self.emit(
            "installation",
            action,
            None,
            sender_id=sender_id,
            only_app_id=installation.app_id,
            installation_id=installation.id,
            installation=installation,
            repositories=[self.repositories.need(id) for id in installation.repository_ids],
        )

    def _tell_repositories(
        self,
        action: str,
        installation: records.Installation,
        *,
        added: Sequence[records.Repository],
        removed: Sequence[records.Repository],
    ) -> None:
        self.emit(
            "installation_repositories",
            action,
            None,
            sender_id=installation.account_id,
            only_app_id=installation.app_id,
            installation_id=installation.id,
            installation=installation,
            repositories_added=list(added),
            repositories_removed=list(removed),
        )

    def rerun_check(self, check_run_id: int, *, login: str) -> None:
        """Press a check run's re-run button as a user: its App is told `rerequested`.

        Raises:
            LookupError: there is no such check run or user.
        """
        check_suites.rerun(self, check_run_id, sender_id=self._user_id(login))

    def rerun_suite(self, check_suite_id: int, *, login: str) -> None:
        """Press "Re-run all checks" as a user: the suite's App is told `rerequested`.

        Raises:
            LookupError: there is no such suite or user.
        """
        check_suites.rerun_suite(self, check_suite_id, sender_id=self._user_id(login))

    def press_check_action(self, check_run_id: int, *, identifier: str, login: str) -> None:
        """Press one of a check run's own buttons as a user: its App is told `requested_action`.

        Raises:
            LookupError: there is no such check run, button or user.
        """
        check_suites.press(
            self, check_run_id, identifier=identifier, sender_id=self._user_id(login)
        )

    def _user_id(self, login: str) -> int:
        account = self.account_named(login)
        if account is None:
            raise LookupError(f"no user {login}")
        return account.id
