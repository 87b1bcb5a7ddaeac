"""The doors `p2a replay` and `p2a record`."""

import logging
import os
import re
import sys
from pathlib import Path
from typing import Annotated

import typer

from p2a.checkout import Cache
from p2a.errors import ConfigurationInvalid
from p2a.git import find_git
from p2a.inert import console
from p2a.record.archive import read_record, record_of, write_folder
from p2a.record.form import Record, unreadable
from p2a.scratch import remove_leftovers
from p2a.settings import Settings
from p2a.store.engine import open_engine
from p2a.store.store import Store
from worker.job import now
from worker.laboratory import open_laboratory
from worker.replay.objects import with_objects
from worker.replay.replayer import replay as replay_record
from worker.replay.text import render_replayed

_ID = re.compile(r"[0-9a-f]{16}\Z")
WHICH = "A record (.zip, folder or .jsonl), or the id of a workflow in the database."
RUN = "Run the recorded commands again in this machine's sandbox and compare how they end."

replay = typer.Typer(add_completion=False)
record = typer.Typer(add_completion=False)


@replay.command()
def start_replay(
    workflow: Annotated[str, typer.Argument(metavar="RECORD|WORKFLOW", help=WHICH)],
    run_commands: Annotated[bool, typer.Option("--run-commands", help=RUN)] = False,
) -> int:
    """Run a recorded workflow again from its record alone, and compare it byte for byte.

    No network, no model, no GitHub. Exits with 0 when everything is the same, 1 at the first
    difference, which is shown, 2 when the record cannot be read, is of a newer form or is not
    there.
    """
    logging.disable(logging.ERROR)
    remove_leftovers()
    found = _find(workflow)
    laboratory = open_laboratory(Settings.from_environ(os.environ)) if run_commands else None
    if laboratory is not None and laboratory.sandbox is None:
        raise ConfigurationInvalid(
            "the commands cannot be run again",
            why=laboratory.reason,
            next_step="run `p2a doctor`, or leave --run-commands out",
        )
    replayed = replay_record(found, laboratory=laboratory)
    sys.stdout.write(console(render_replayed(replayed)))
    return 0 if replayed.is_equal else 1


@record.command()
def start_record(
    workflow: Annotated[str, typer.Argument(metavar="RECORD|WORKFLOW", help=WHICH)],
    output: Annotated[Path, typer.Option(help="A folder for the test case, made if missing.")],
) -> int:
    """Make a test case of a workflow: a folder that replays anywhere, with `p2a replay FOLDER`.

    It holds the repository's files of the commits that the workflow worked on, prompts, answers and
    outputs, without secrets. Exits with 0, and with 2 when there is no such record or the folder
    holds something else.
    """
    found = _find(workflow)
    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise unreadable(f"{output} is in the way", why="it is not an empty folder")
    write_folder(found, output)
    sys.stdout.write(f"{output}: {len(found.events)} events\nreplay it with: p2a replay {output}\n")
    return 0


def _find(name: str) -> Record:
    path = Path(name)
    if path.exists():
        return read_record(path)
    if not _ID.match(name):
        raise unreadable(f"there is no {name!r} here", why="nor is it the id of a workflow")
    settings = Settings.from_environ(os.environ)
    database = open_engine(settings.database_url)
    try:
        parts = Store(database, now).record_parts(name)
    finally:
        database.dispose()
    if not parts:
        raise unreadable(f"there is no record of {name}", why="no workflow of this id was recorded")
    cache = Cache(settings.data_dir / "cache", program=find_git())
    return with_objects(record_of(name, parts), cache)
