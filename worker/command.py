"""The doors `p2a worker` and `p2a run`."""

import importlib
import logging
import os
import sys
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from p2a.data_directory import make_data_directory
from p2a.errors import ConfigurationInvalid, EnvironmentMissing
from p2a.extras import install_advice
from p2a.git import Git, find_git
from p2a.inert import console
from p2a.queue.jobs import JOB
from p2a.queue.pool import run_worker
from p2a.scratch import remove_leftovers
from p2a.settings import Settings
from p2a.store.engine import open_engine
from p2a.store.migrate import migrate
from worker.code_finder import CodeFinder
from worker.command_run import Laboratory
from worker.laboratory import open_laboratory
from worker.local import LocalEngine, LocalOutcome, LocalRequest, report_json
from worker.local_text import render_outcome
from worker.model.open import OWN_EXTRAS, open_model, preload

worker = typer.Typer(add_completion=False)
run = typer.Typer(add_completion=False)

SANDBOX_LINE = "sandbox: {name}; foreign tests run in it"
NO_SANDBOX_LINE = (
    "NO SANDBOX: foreign code will not be run, tests are reported as not measured: {why}"
)
NO_SDK_LINE = (
    f"NO MODEL SDK: only pull requests can be checked: {{why}}; {install_advice('worker')}"
)
NOISY = ("alembic", "google_genai", "httpx", "httpx2", "rq.worker")
"""Loggers of libraries that tell at INFO what no operator asks for."""
MODEL_LINE = "model: {model}{where}"


class Format(StrEnum):
    """In which form the outcome is written."""

    TEXT = "text"
    JSON = "json"


@worker.command()
def start(
    burst: Annotated[bool, typer.Option("--burst", help="End when the queue is empty.")] = False,
    concurrency: Annotated[
        int | None, typer.Option(min=1, max=100, help="Workflows at a time; P2A_CONCURRENCY.")
    ] = None,
) -> int:
    """Take workflows from the queue and work them to their end.

    Settings come from the environment (docs/configuration.md). SIGTERM lets running workflows
    end; a second one cuts them off, and another worker takes them up.
    """
    logging.basicConfig(
        level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(message)s"
    )
    for noisy in NOISY:
        logging.getLogger(noisy).setLevel(logging.WARNING)
    remove_leftovers()
    settings = Settings.from_environ(os.environ)
    settings.required_app()
    make_data_directory(settings.data_dir)
    _say_where(settings, open_laboratory(settings))
    _preload(settings)
    database = open_engine(settings.database_url)
    migrate(database)
    database.dispose()
    run_worker(settings, clock=_now, burst=burst, concurrency=concurrency or settings.concurrency)
    return 0


@run.command()
def run_locally(
    prompt: Annotated[str, typer.Argument(help="What is to be done.")],
    repo: Annotated[Path, typer.Option(help="The folder of a git repository.")],
    base: Annotated[
        str | None, typer.Option(help="The commit to start from; HEAD by default.")
    ] = None,
    budget: Annotated[
        float | None, typer.Option(min=0.0001, help="Dollars that the models may cost.")
    ] = None,
    format: Annotated[Format, typer.Option(help="The form of the output.")] = Format.TEXT,
    report: Annotated[
        Path | None,
        typer.Option(help="Write the report (JSON) here; else into the data directory."),
    ] = None,
) -> int:
    """Do what a prompt says on a local repository: a branch p2a/<id> and a report, no GitHub.

    The work tree is not touched. Exits with 0 when it succeeded, 1 when it did not, and before anything
    is done with 3 where a model's key is missing and with 4 where its SDK is.
    """
    if not prompt.strip():
        raise ConfigurationInvalid("the prompt is empty", next_step='p2a run "PROMPT" --repo PATH')
    remove_leftovers()
    settings = Settings.from_environ(os.environ)
    make_data_directory(settings.data_dir)
    if not repo.is_dir():
        raise ConfigurationInvalid(
            f"{repo} is not a folder", next_step="give the folder of a git repository with --repo"
        )
    for name in settings.models.all_names():
        settings.models.required_key(name)  # now, not after the tests
    _require_sdks(settings)
    git = Git.of_user(find_git(), repo)
    engine = LocalEngine(
        settings=settings,
        clock=_now,
        laboratory=open_laboratory(settings),
        finder=CodeFinder(settings.data_dir / "cache"),
        open_model=partial(open_model, settings.models),
        tell=_tell,
    )
    base_ref = base or git.head_branch() or "HEAD"
    outcome = engine.run(
        LocalRequest(prompt, git, name=_name(repo), base_ref=base_ref, budget_usd=budget)
    )
    path = report or _report_place(settings.data_dir, str(outcome.report["workflow"]))
    path.write_text(report_json(outcome), encoding="utf-8")
    sys.stdout.write(_shown(outcome, path, format))
    return 0 if outcome.succeeded else 1


def _report_place(data_dir: Path, workflow_id: str) -> Path:
    """Return where a report lies that was given no place: never in the tree where we stand."""
    folder = data_dir / "reports"
    folder.mkdir(exist_ok=True, mode=0o700)
    return folder / f"p2a-{workflow_id}.json"


def _shown(outcome: LocalOutcome, path: Path, format: Format) -> str:
    if format is Format.JSON:
        return report_json(outcome)
    return render_outcome(outcome, report=str(path))


def _preload(settings: Settings) -> None:
    """Load what jobs need before their processes are forked, so that none of them pays for it."""
    importlib.import_module(JOB.rpartition(".")[0])
    try:
        preload(settings.models)
    except ModuleNotFoundError as error:
        _tell(NO_SDK_LINE.format(why=error))


def _require_sdks(settings: Settings) -> None:
    """Load what asks the configured models: now, not after the tests.

    Raises:
        EnvironmentMissing: it is not installed.
    """
    try:
        preload(settings.models)
    except ModuleNotFoundError as error:
        vendors = {name.partition("/")[0] for name in settings.models.all_names()}
        raise EnvironmentMissing(
            "what talks to the models is not installed",
            why=str(error),
            next_step=install_advice("worker", *(vendors & OWN_EXTRAS)),
        ) from error


def _say_where(settings: Settings, laboratory: Laboratory) -> None:
    if laboratory.sandbox is not None:
        _tell(SANDBOX_LINE.format(name=laboratory.sandbox.name))
    else:
        _tell(NO_SANDBOX_LINE.format(why=laboratory.reason))
    models = settings.models
    for name in models.all_names():
        url = models.url_of(name.partition("/")[0])
        _tell(MODEL_LINE.format(model=name, where=f" at {url}" if url else ""))


def _tell(line: str) -> None:
    sys.stderr.write(f"p2a: {console(line)}\n")
    sys.stderr.flush()


def _name(repo: Path) -> str:
    """Return the folder's name with only what a repository's name may hold."""
    allowed = "".join(
        char if char.isascii() and char.isalnum() else "-" for char in repo.absolute().name
    )
    return allowed[:100] or "repository"


def _now() -> datetime:
    return datetime.now(UTC)
