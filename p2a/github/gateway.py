"""The gateway: every verb we have on one repository, as one App's installation or job."""

from types import TracebackType
from typing import Protocol, Self

from p2a.domain import Repository
from p2a.github.access import AccessVerbs
from p2a.github.app import App
from p2a.github.check import CheckVerbs
from p2a.github.comment import CommentVerbs
from p2a.github.commit import CommitVerbs
from p2a.github.pull import PullVerbs
from p2a.github.review import ReviewVerbs
from p2a.github.status import StatusVerbs
from p2a.github.wire import Wire


class Credential(Protocol):
    """What git is shown."""

    @property
    def token(self) -> str:
        """Return a token that is good now."""
        ...


class Gateway(
    AccessVerbs, CommentVerbs, CommitVerbs, PullVerbs, CheckVerbs, StatusVerbs, ReviewVerbs
):
    """One repository on GitHub; every verb raises a `GitHubError` when it cannot be done.

    There is no verb to merge, approve, close or delete, nor one to move a branch but forward.
    """

    def __init__(
        self,
        wire: Wire,
        *,
        app: App,
        repository: Repository,
        app_id: int,
        app_login: str,
        git_token: Credential,
        web_url: str,
    ) -> None:
        super().__init__(wire, repository=repository, app_id=app_id, app_login=app_login)
        self._app = app
        self._git_token = git_token
        self._web_url = web_url

    @property
    def app_login(self) -> str:
        """Return the login under which our App writes, `<slug>[bot]`."""
        return self._app_login

    @property
    def git_url(self) -> str:
        """Return the URL to fetch from over HTTP; it holds no token."""
        return f"{self._web_url}/{self._repository.full_name}.git"

    def git_credentials(self) -> str:
        """Return a token that may read this repository over git, as user `x-access-token`."""
        return self._git_token.token

    def branch_url(self, branch: str) -> str:
        """Return the page of a branch."""
        return f"{self._web_url}/{self._repository.full_name}/tree/{branch}"

    def commit_url(self, sha: str) -> str:
        """Return the page of a commit."""
        return f"{self._web_url}/{self._repository.full_name}/commit/{sha}"

    def close(self) -> None:
        """Close the connections."""
        self._wire.close()
        self._app.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
