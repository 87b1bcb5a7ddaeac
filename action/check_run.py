"""Writes the check run of a step with the job's token, where that may."""

import hashlib
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import PurePosixPath

from action.environment import Runner
from action.event import Event
from action.inputs import Inputs
from p2a.domain import Repository
from p2a.effects import Annotation, Performed, PutCheck
from p2a.errors import GitHubError, GitHubForbidden
from p2a.github.connect import token_gateway
from p2a.github.put_check import put_check
from p2a.github.settle import Settler
from p2a.settings import Settings

NAME = "p2a"
NO_TOKEN = "the check run was not written: the input `token` is empty"  # noqa: S105 (a text)
NO_COMMIT = "the check run was not written: the job says no repository and no commit"
FORBIDDEN = (
    "the check run was not written: the job's token lacks `checks: write`, which a pull request "
    "from a fork never has; the result is in the job's summary"
)
FAILED = "the check run was not written: {why}"


def plan(
    event: Event,
    runner: Runner,
    *,
    folder: str,
    title: str,
    summary: str,
    annotations: tuple[Annotation, ...],
) -> PutCheck | None:
    """Return the check run without its conclusion, None where no commit is known.

    Its name and id follow from the workflow, the job and the folder, so that a second attempt of a
    job, or another of its matrix, updates the same one.
    """
    head = event.head or runner.sha
    if not head:
        return None
    identity = "\0".join((runner.workflow, runner.job, folder))
    return PutCheck(
        head_sha=head,
        external_id=f"action-{hashlib.sha256(identity.encode()).hexdigest()[:16]}",
        name=f"{NAME} ({folder})" if folder else NAME,
        title=title,
        summary=summary,
        annotations=annotations,
        details_url=runner.job_url,
    )


def put(
    effect: PutCheck | None,
    *,
    inputs: Inputs,
    runner: Runner,
    settings: Settings,
    sleep: Callable[[float], None] = time.sleep,
) -> str:
    """Bring the check run to what the effect says; return why that could not be, else nothing."""
    if inputs.token is None:
        return NO_TOKEN
    owner, _, name = runner.repository.partition("/")
    if effect is None or not name:
        return NO_COMMIT
    try:
        _put(effect, Repository(0, owner, name), inputs, settings, sleep)
    except GitHubForbidden:
        return FORBIDDEN
    except (GitHubError, ValueError) as error:
        return FAILED.format(why=error)
    return ""


def _put(
    effect: PutCheck,
    repository: Repository,
    inputs: Inputs,
    settings: Settings,
    sleep: Callable[[float], None],
) -> Performed:
    gateway = token_gateway(
        settings,
        token=inputs.token or "",
        app_slug=inputs.app,
        repository=repository,
        clock=lambda: datetime.now(UTC),
        sleep=sleep,
    )
    with gateway:
        # An earlier attempt of the job may have made it.
        return put_check(gateway, effect, known=None, settler=Settler(sleep=sleep), is_retry=True)


def folder_of(path: str) -> str:
    """Return a project's folder as paths of the repository start with it, empty for its root."""
    folder = PurePosixPath(path).as_posix()
    return "" if folder == "." or folder.startswith("/") else folder
