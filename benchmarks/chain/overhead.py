"""Measures what the chain costs besides the models and the tests: a fix of requests, end to end.

    python -m benchmarks.chain.overhead [--mirror FOLDER] [--kept FOLDER] [--runs 3]
    python -m benchmarks.chain.overhead --profile [--kept FOLDER]

The whole road runs for real on the playground, as in `real_fixes.py`, with a model that answers at once. A
first run fills the caches (packages, facts, graphs, git objects) and is not counted. Printed are the
seconds from the comment to each sign on GitHub, the steps one by one, and how much of each was the
repository's own tests; processor seconds of the worker and of all it started stand beside them, for a
machine that does other things too. `--profile` works workflows in one process each and prints where the time
of the second went: what was waited for, and the processor's part of it.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from benchmarks.chain.commit import changes_of, message_of
from benchmarks.chain.probe import Place
from benchmarks.chain.processor import tree_seconds
from benchmarks.chain.real_fixes import INDEX, read_cases, share
from benchmarks.chain.repository import at_revision, clone
from benchmarks.chain.script import script
from p2a.domain import Task
from p2a.store.engine import open_engine
from p2a.store.store import Store
from playground.journal import Write
from playground.stage import Cast, Stage

ROOT = Path(__file__).parents[2]
CASE = "psf/requests@f0198e6dfc"
BOT = "p2a[bot]"
MOST_SECONDS = 1200.0
POLL_SECONDS = 0.1

SIGNS = (
    ("acknowledged (reaction)", "POST", "/reactions"),
    ("progress comment", "POST", "/comments"),
    ("draft pull request", "POST", "/pulls"),
    ("check run", "POST", "/check-runs"),
)
"""The first write of each kind by the bot."""

PLACES = (
    Place("the whole workflow", "worker.engine", "Engine.perform"),
    Place("runs of the suite with their copies", "worker.suite", "run_suite"),
    Place("  in the sandbox", "p2a.sandbox.bubblewrap", "Bubblewrap.run"),
    Place("  copies of the tree", "quality.suite", "make_place"),
    Place("analysers, head and base (beside the tests)", "worker.examined", "Examination"),
    Place("waiting for them", "worker.measure", "examine"),
    Place("graphs for the affected tests", "worker.proving", "graph_of"),
    Place("the report", "quality.examine", "Examination.report"),
    Place("finding the code to show", "worker.code_finder", "CodeFinder.find"),
    Place("git programs", "p2a.git", "Git._answer"),
    Place("  fetching", "p2a.checkout", "Cache.fetch"),
    Place("  checking out", "p2a.checkout", "Checkout.create"),
    Place("  the id of a tree", "worker.work_tree", "WorkTree.digest"),
    Place("questions to models", "worker.model.direct", "DirectEndpoint.ask"),
    Place("opening models", "worker.job", "open_model"),
    Place("rendering prompts", "worker.prompt", "Prompts.request"),
    Place("requests to GitHub", "p2a.github.wire", "Wire._send"),
    Place("  waits between writes", "p2a.github.pace", "Pace.enter"),
    Place("  edits of the comment", "worker.comment_teller", "CommentTeller._write"),
    Place("the story from the store", "worker.run", "Run.story"),
    Place("the progress log", "worker.run", "Run.log"),
    Place("looking for a sandbox", "worker.job", "open_laboratory"),
    Place("finding the packages", "worker.suite", "laboratory_of"),
)
"""What a profile looks at; an indented place lies inside of others."""

_TESTS = re.compile(r"tests (?P<when>[^:]+): .* in (?P<seconds>[0-9.]+) s")


@dataclass(slots=True)
class Measured:
    """One workflow: seconds from the comment to each sign, and each step's seconds."""

    signs: dict[str, float] = field(default_factory=dict)
    steps: dict[str, float] = field(default_factory=dict)
    tests: dict[str, float] = field(default_factory=dict)
    """Of the steps that ran the tests, how long the test runs themselves took."""
    total: float = 0.0
    processor: float = 0.0

    @property
    def besides(self) -> float:
        """Return the seconds to the draft that were not the tests'."""
        return self.signs["draft pull request"] - sum(self.tests.values())


def main() -> int:
    """Measure and print."""
    options = _options()
    with ExitStack() as closing:
        folder = Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="p2a-overhead-")))
        stage = closing.enter_context(_stage(folder, options))
        stage.start_bot()
        if options.profile:
            _profile(stage, folder)
            return 0
        stage.start_worker()
        _tell("the first run fills the caches")
        play_once(stage)
        measured = []
        for number in range(options.runs):
            measured.append(play_once(stage))
            _tell(f"run {number + 1}: {measured[-1].total:.1f} s")
        Console(width=110).print(_signs_table(measured), _steps_table(measured))
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--mirror", type=Path, help="folder with OWNER+NAME/repo git directories")
    parser.add_argument("--case", default=CASE, help="one of real_fixes.json")
    parser.add_argument("--kept", type=Path, help="folder in which installed packages stay")
    parser.add_argument("--index", default=INDEX, help="address of the package index")
    parser.add_argument("--runs", type=int, default=3, help="measured runs")
    parser.add_argument("--profile", action="store_true", help="profile one run instead")
    return parser.parse_args()


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


@contextmanager
def _stage(folder: Path, options: argparse.Namespace) -> Iterator[Stage]:
    [case] = read_cases(options.case)
    upstream = clone(case.repository, options.mirror, folder / "upstream")
    changes = changes_of(upstream, case.commit)
    subject, _ = message_of(upstream, case.commit)
    written = folder / "script.json"
    written.write_text(json.dumps(script(subject=subject, changes=changes)), encoding="utf-8")
    work = at_revision(upstream, f"{case.commit}^", folder / "work")
    share(options.kept or folder / "kept", folder / "stage" / "data")
    cast = Cast(work, f"acme/{case.repository.partition('/')[2]}", written)
    settings = {"P2A_PACKAGE_INDEX": options.index}
    with Stage(cast, folder / "stage", environ=os.environ, settings=settings) as stage:
        yield stage


def play_once(stage: Stage) -> Measured:
    """Give the command on a new issue, wait for the end, and read the times of everything."""
    worker = stage.processes["worker"].pid
    before = tree_seconds(worker)
    with stage.client() as client:
        number, began = command(client)
        _until_over(stage, number)
    measured = Measured(processor=tree_seconds(worker) - before)
    writes = [one for one in stage.playground.writes if one.actor == BOT and one.at >= began]
    measured.signs = signs_of(writes, began)
    measured.total = (writes[-1].at - began).total_seconds()
    tasks, lines = _records(stage, number)
    measured.steps = {task.name: _seconds(task) for task in tasks}
    measured.tests = suite_seconds_of(tasks, lines)
    return measured


def command(client: httpx.Client) -> tuple[int, datetime]:
    """Open an issue, give the command, and return its number and the time of the command."""
    issue = client.post("/issues", json={"title": "Fix it", "body": "It is broken."})
    number = int(issue.raise_for_status().json()["number"])
    began = datetime.now(UTC)
    client.post(f"/issues/{number}/comments", json={"body": "/p2a fix"}).raise_for_status()
    return number, began


def _until_over(stage: Stage, number: int) -> None:
    deadline = time.monotonic() + MOST_SECONDS
    while time.monotonic() < deadline:
        with _store(stage) as store:
            found = store.workflows_of(_repository_id(stage), number)
            if found and found[0].status.is_final:
                return
        time.sleep(POLL_SECONDS)
    raise SystemExit(f"no end within {MOST_SECONDS:.0f} s:\n{stage.last_words('worker')}")


def signs_of(writes: Sequence[Write], began: datetime) -> dict[str, float]:
    """Return after how many seconds the first write of each kind was made."""
    found = {}
    for name, method, ending in SIGNS:
        first = next((one for one in writes if (one.method, one.done) == (method, True) and one.path.endswith(ending)), None)  # fmt: skip
        if first is not None:
            found[name] = (first.at - began).total_seconds()
    return found


def suite_seconds_of(tasks: Sequence[Task], lines: Sequence[str]) -> dict[str, float]:
    """Return by step how long its test runs took, from the progress log and the proof's record.

    Those of the proof go on beside the others: the longer of the two is what is waited for.
    """
    found: dict[str, float] = {}
    for line in lines:
        if told := _TESTS.match(line):
            step = "prepare" if told["when"] == "before the change" else "tester"
            found[step] = found.get(step, 0.0) + float(told["seconds"])
    for task in tasks:
        before: dict[str, Any] = (task.result.get("proof") or {}).get("before") or {}
        if task.name == "tester" and before.get("ran"):
            found[task.name] = max(found.get(task.name, 0.0), before["seconds"])
    return found


def _records(stage: Stage, number: int) -> tuple[list[Task], list[str]]:
    """Return the tasks and the lines of the progress log of the workflow of an issue."""
    with _store(stage) as store:
        [workflow] = store.workflows_of(_repository_id(stage), number)
        lines = [entry.message for entry in store.progress(workflow.id)]
        return list(store.tasks(workflow.id)), lines


@contextmanager
def _store(stage: Stage) -> Iterator[Store]:
    engine = open_engine(f"sqlite:///{stage.data_dir / 'p2a.db'}")
    try:
        yield Store(engine, lambda: datetime.now(UTC))
    finally:
        engine.dispose()


def _repository_id(stage: Stage) -> int:
    return stage.playground.world.named(stage.cast.full_name).id


def _seconds(task: Task) -> float:
    if task.started_at is None or task.completed_at is None:
        return 0.0
    return (task.completed_at - task.started_at).total_seconds()


def _signs_table(measured: Sequence[Measured]) -> Table:
    table = Table("from the comment to", "seconds (median)", "least", "most")
    rows = {name: [one.signs[name] for one in measured] for name in measured[0].signs}
    rows["the end"] = [one.total for one in measured]
    rows["the tests' own time"] = [sum(one.tests.values()) for one in measured]
    rows["draft, without the tests' own time"] = [one.besides for one in measured]
    rows["processor seconds, tests included"] = [one.processor for one in measured]
    for name, values in rows.items():
        table.add_row(name, *(f"{pick(values):.2f}" for pick in (median, min, max)))
    return table


def _steps_table(measured: Sequence[Measured]) -> Table:
    table = Table("step", "seconds (median)", "of these the tests", "besides")
    for name in measured[0].steps:
        whole = median(one.steps[name] for one in measured)
        tests = median(one.tests.get(name, 0.0) for one in measured)
        table.add_row(name, f"{whole:.2f}", f"{tests:.2f}" if tests else "", f"{whole - tests:.2f}")
    return table


def _profile(stage: Stage, folder: Path) -> None:
    """Work two workflows, each in one process; the second has warm caches and is told."""
    for name in ("first", "second"):
        with stage.client() as client:
            number, _ = command(client)
        workflow = _wait_for(stage, number)
        program = [sys.executable, "-m", "benchmarks.chain.work_one", workflow, str(folder / name)]
        env = {**stage.process_environ(), "PYTHONPATH": str(ROOT)}
        subprocess.run(program, env=env, cwd=stage.folder, check=True)
    Console(width=110).print(profile_table(json.loads((folder / "second").read_text())))


def _wait_for(stage: Stage, number: int) -> str:
    deadline = time.monotonic() + MOST_SECONDS
    while time.monotonic() < deadline:
        with _store(stage) as store:
            found = store.workflows_of(_repository_id(stage), number)
            if found:
                return found[0].id
        time.sleep(POLL_SECONDS)
    raise SystemExit(f"the command did not arrive:\n{stage.last_words('bot')}")


def profile_table(taken: dict[str, dict[str, float]]) -> Table:
    """Return how often each place was called, and its seconds: waited, own and of its programs."""
    table = Table("where", "calls", "seconds", "processor", "of its programs")
    for label, one in taken.items():
        figures = (f"{one[name]:.2f}" for name in ("seconds", "own", "children"))
        table.add_row(label, f"{one['calls']:.0f}", *figures)
    return table


if __name__ == "__main__":
    raise SystemExit(main())
