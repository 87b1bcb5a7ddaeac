"""Pressing a check run's buttons on the page, as somebody who may write to the repository."""

from urllib.parse import urlsplit

from starlette.requests import Request

from playground import records
from playground.page.views import RERUN
from playground.world import World

WRITERS = frozenset({"write", "maintain", "admin"})


def is_from_here(request: Request) -> bool:
    """Tell whether one of our own pages sent this: another site's form may not press anything."""
    origin = request.headers.get("origin", "")
    return urlsplit(origin).netloc == request.headers.get("host", "")


def press(world: World, repository: records.Repository, *, run_id: int, identifier: str) -> bool:
    """Press a button of a check run; False where there is no such run or button."""
    with world.lock:
        run = world.check_runs.get(run_id)
        login = _writer(world, repository)
        if run is None or run.repository_id != repository.id or login is None:
            return False
        if identifier == RERUN.identifier:
            world.rerun_check(run_id, login=login)
        elif identifier in [action.identifier for action in run.actions]:
            world.press_check_action(run_id, identifier=identifier, login=login)
        else:
            return False
        return True


def _writer(world: World, repository: records.Repository) -> str | None:
    """Return the first person with write access, or the owner of the repository."""
    found = [
        one.account_id
        for one in world.collaborators.where(repository_id=repository.id)
        if one.permission in WRITERS
    ]
    account = world.accounts.get((found or [repository.owner_id])[0])
    return None if account is None or account.kind != "User" else account.login
