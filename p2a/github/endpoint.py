"""The repository that a gateway's verbs speak about, and how its paths are made."""

from typing import Any
from urllib.parse import quote

from p2a.domain import Repository
from p2a.github.wire import Wire


class Endpoint:
    """What every group of verbs shares: the wire, the repository and who we are."""

    def __init__(self, wire: Wire, *, repository: Repository, app_id: int, app_login: str) -> None:
        self._wire = wire
        self._repository = repository
        self._app_id = app_id
        self._app_login = app_login

    @property
    def repository(self) -> Repository:
        """Return the repository as the workflow's origin recorded it."""
        return self._repository

    def _path(self, *parts: str | int) -> str:
        names = [quote(str(part), safe="") for part in parts]
        return "/".join(["/repos", self._repository.owner, self._repository.name, *names])

    def _ref_path(self, *parts: str, branch: str) -> str:
        # A slash in a branch's name stays one (docs: "Get a reference").
        return f"{self._path(*parts)}/heads/{quote(branch, safe='/')}"

    def _is_ours(self, data: Any) -> bool:
        """Tell whether our App itself wrote this; a person may post through an App, too."""
        user = data.get("user") or {}
        if user.get("type") != "Bot":
            return False
        app = data.get("performed_via_github_app")
        if app:
            return bool(app["id"] == self._app_id)
        return bool(user.get("login") == self._app_login)
