"""Plays real bug fixes of real projects over the whole road and compares with upstream, byte by byte.

    python -m benchmarks.chain.real_fixes                      # clones the projects from their addresses
    python -m benchmarks.chain.real_fixes --mirror FOLDER      # takes FOLDER/OWNER+NAME/repo instead
    python -m benchmarks.chain.real_fixes --only requests --kept FOLDER

For each case of `real_fixes.json` the repository stands at the parent of the fix and the commit's message
is the issue. A script that is made of the commit (`script.py`) plays the model: it edits with exact
matches, writes, deletes and moves by the developer's tools. Everything else runs for real: webhook, queue,
worker, git, sandbox, draft pull request, check run. Then pytest is run by hand, with the packages that
the product installed (`by_hand.py`), on the parent and on upstream's commit.

A case holds when the pull request's tree is upstream's, in all bytes and modes, nothing was made twice, and
the tests before and after are told as pytest tells them, or as not measured where it counts none either.

Exit code 0 when every case held, 1 otherwise.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from benchmarks.chain.by_hand import Environment, Outcome, run_pytest
from benchmarks.chain.commit import Change, changes_of, entries_of, git, kinds_of, message_of
from benchmarks.chain.repository import at_revision, clone
from benchmarks.chain.script import script
from playground.demo import Issue, files_of, play
from playground.git_facts import store_of
from playground.stage import Cast, Stage
from playground.trace import trace

CASES = Path(__file__).with_name("real_fixes.json")
INDEX = "https://pypi.org/simple"
SHARED = ("environments", "toolbox")
"""Of the data directory: the packages are installed once for all cases of a project."""


@dataclass(frozen=True, slots=True)
class Case:
    """A bug fix of a public project."""

    repository: str
    commit: str

    @property
    def name(self) -> str:
        """Return the case's name as one types it."""
        return f"{self.repository}@{self.commit[:10]}"


@dataclass(slots=True)
class Result:
    """What came of a case."""

    name: str
    subject: str
    files: int
    kinds: list[str]
    faults: list[str] = field(default_factory=list)
    tests: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By `before` and `after`: what the product told, and what pytest said."""
    rounds: int = 0
    """Of the developer; a second one means that tests became red."""
    seconds: float = 0.0
    by_hand_seconds: float = 0.0


def main() -> int:
    """Play the cases, tell each, and print the table."""
    options = _options()
    console = Console(highlight=False, soft_wrap=True, quiet=not options.verbose)
    results = read_results(options.json)
    done = {one.name for one in results}
    with ExitStack() as closing:
        kept = options.kept or Path(closing.enter_context(tempfile.TemporaryDirectory()))
        for case in read_cases(options.only):
            if case.name in done:
                continue
            began = time.monotonic()
            result = run_case(case, options, kept=kept, console=console)
            result.seconds = time.monotonic() - began - result.by_hand_seconds
            results.append(result)
            verdict = "FAILED: " + "; ".join(result.faults) if result.faults else "ok"
            sys.stdout.write(f"{result.name} {verdict} in {result.seconds:.0f} s\n")
            sys.stdout.flush()
            if options.json:
                text = json.dumps([asdict(one) for one in results], indent=1)
                options.json.write_text(text, encoding="utf-8")
    Console(width=200 if not sys.stdout.isatty() else None).print(table_of(results))
    good = sum(not one.faults for one in results)
    sys.stdout.write(f"{good} of {len(results)} hold\n")
    return 0 if good == len(results) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--mirror", type=Path, help="folder with OWNER+NAME/repo git directories")
    parser.add_argument(
        "--only", default="", help="cases with this text in their OWNER/NAME@COMMIT"
    )
    parser.add_argument("--kept", type=Path, help="folder in which installed packages stay")
    parser.add_argument("--index", default=INDEX, help="address of the package index")
    parser.add_argument(
        "--json",
        type=Path,
        help="file for all figures; cases that stand in it are not played again",
    )
    parser.add_argument("--verbose", action="store_true", help="tell each workflow's story")
    return parser.parse_args()


def read_cases(only: str = "") -> list[Case]:
    """Read the committed list, kept to the names that hold a text."""
    found = json.loads(CASES.read_text(encoding="utf-8"))
    cases = [
        Case(repository, commit) for repository, commits in found.items() for commit in commits
    ]
    return [case for case in cases if only in case.name]


def read_results(path: Path | None) -> list[Result]:
    """Read the results of an earlier run that was stopped; one that failed is to be played again."""
    if path is None or not path.exists():
        return []
    found = [Result(**item) for item in json.loads(path.read_text(encoding="utf-8"))]
    return [one for one in found if not one.faults]


def run_case(case: Case, options: argparse.Namespace, *, kept: Path, console: Console) -> Result:
    """Play one case and compare."""
    with tempfile.TemporaryDirectory(prefix="p2a-fix-") as name:
        folder = Path(name)
        upstream = clone(case.repository, options.mirror, folder / "upstream")
        changes = changes_of(upstream, case.commit)
        subject, body = message_of(upstream, case.commit)
        result = Result(case.name, subject, len(changes), kinds_of(changes))
        written = folder / "script.json"
        written.write_text(json.dumps(script(subject=subject, changes=changes)), encoding="utf-8")
        before = at_revision(upstream, f"{case.commit}^", folder / "before")
        cast = Cast(before, f"acme/{case.repository.partition('/')[2]}", written)
        data = folder / "stage" / "data"
        share(kept, data)
        settings = {"P2A_PACKAGE_INDEX": options.index}
        stage = Stage(cast=cast, folder=folder / "stage", environ=os.environ, settings=settings)
        began = time.time()
        with stage:
            play(stage, issue=Issue(subject, body), comment="/p2a fix this", console=console)
            report = inspect(stage, upstream, case.commit, changes, result)
        if report is not None:
            after = at_revision(upstream, case.commit, folder / "after")
            trees = {"before": before, "after": after}
            environment = used_environment(kept, since=began)
            compare_tests(report, trees, environment, folder / "by-hand", result)
        return result


def share(kept: Path, data: Path) -> None:
    """Let the data directory of one case use the packages that another one installed."""
    data.mkdir(parents=True, mode=0o700)
    for name in SHARED:
        (kept / name).mkdir(parents=True, exist_ok=True)
        (data / name).symlink_to((kept / name).absolute())


def used_environment(kept: Path, *, since: float) -> Environment:
    """Return what the product's test runs had: it marks the packages that it uses by their time."""
    made = [path for path in (kept / "environments").iterdir() if (path / "venv").is_dir()]
    newest = max(made, key=lambda path: path.stat().st_mtime, default=None)
    if newest is None or newest.stat().st_mtime < since - 1:
        return Environment(None, _toolbox(kept))
    packages = newest.absolute() / "venv"
    has_pytest = any(packages.glob("lib/python*/site-packages/pytest/__init__.py"))
    return Environment(packages, None if has_pytest else _toolbox(kept))


def _toolbox(kept: Path) -> Path | None:
    found = (kept / "toolbox").glob("*/pytest/__init__.py")
    return next((path.absolute().parents[1] for path in sorted(found)), None)


def inspect(
    stage: Stage, upstream: Path, commit: str, changes: list[Change], result: Result
) -> dict[str, Any] | None:
    """Compare the pull request's tree with upstream's, and the log with what may stand in it.

    Returns the workflow's report, None where there is no pull request.
    """
    pull, run = pull_request(stage)
    if pull is None or run is None:
        result.faults.append("no pull request")
        return None
    result.faults += differences(stage, pull["head"]["sha"], upstream, commit, changes)
    made = trace(stage.playground.writes, actor="p2a[bot]")
    if not made.is_exactly_once:
        result.faults.append(f"not one of each: {made}")
    texts = [pull["body"], run["output"]["summary"], run["output"]["text"] or ""]
    report: dict[str, Any] = files_of(" ".join(texts))["report.json"]
    result.rounds = sum(step["name"].startswith("developer") for step in report["steps"])
    return report


def differences(
    stage: Stage, head: str, upstream: Path, commit: str, changes: list[Change]
) -> Iterator[str]:
    """Yield what of the pull request's tree is not upstream's."""
    world = stage.playground.world
    store = store_of(world, world.named(stage.cast.full_name).id)
    if store.tree_id(head) == git(upstream, "rev-parse", f"{commit}^{{tree}}").decode().strip():
        return
    wanted = entries_of(upstream, commit)
    for path in sorted({path for one in changes for path in (one.path, one.old_path) if path}):
        entry = store.entry(head, path)
        found = (entry.mode, entry.sha) if entry is not None else None
        if found != wanted.get(path):
            yield f"{path} is {found} and not {wanted.get(path)}"
    yield "the tree is another than upstream's"


def compare_tests(
    report: dict[str, Any],
    trees: dict[str, Path],
    environment: Environment,
    work: Path,
    result: Result,
) -> None:
    """Run pytest by hand on both trees and hold what the product told against it."""
    for when, tree in trees.items():
        told = report[f"tests_{when}"]
        (work / when).mkdir(parents=True)
        outcome = run_pytest(tree, environment, work / when)
        result.by_hand_seconds += outcome.seconds
        fault = untruth(told, outcome)
        if fault:
            # A test that fails by chance is told from an untruth by a second run.
            outcome = run_pytest(tree, environment, work / when)
            result.by_hand_seconds += outcome.seconds
            fault = untruth(told, outcome)
        result.tests[when] = {"told": told, "by_hand": asdict(outcome)}
        if fault:
            result.faults.append(f"tests {when}: {fault}")


def untruth(told: dict[str, Any] | None, outcome: Outcome) -> str:
    """Return where the product's account of a test run is not pytest's; empty where it is true.

    "Not measured" is true where pytest by hand was broken off as well, or counted nothing.
    """
    if not told or not told["ran"]:
        broken_off = outcome.exit_code not in {0, 1} or not outcome.counts
        reason = told["reason"] if told else "no record"
        return "" if broken_off else f"not run ({reason}), and by hand: {outcome.last_line}"
    counts = tuple(told[name] for name in ("passed", "failed", "errors", "skipped"))
    return "" if counts == outcome.counts else f"told {counts}, and by hand {outcome.last_line}"


def pull_request(stage: Stage) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """Read the draft pull request and its check run, as a user would; None where there is not one."""
    with stage.client() as client:
        pulls = _read(client, "/pulls?state=all")
        if len(pulls) != 1:
            return None, None
        runs = _read(client, f"/commits/{pulls[0]['head']['sha']}/check-runs")["check_runs"]
        return pulls[0], runs[0] if len(runs) == 1 else None


def _read(client: httpx.Client, path: str) -> Any:
    return client.get(path).raise_for_status().json()


def table_of(results: list[Result]) -> Table:
    """Return the table of all cases: passed/failed/errors/skipped as told, and whether by hand agrees."""
    table = Table("fix", "files", "what", "tests before", "tests after", "rounds", "s", "verdict")
    for one in results:
        before, after = (_told(one.tests.get(when)) for when in ("before", "after"))
        facts = (str(one.files), " ".join(one.kinds), before, after, str(one.rounds))
        verdict = "FAILED" if one.faults else "holds"
        table.add_row(escape(one.name), *facts, f"{one.seconds:.0f}", verdict)
    return table


def _told(tests: dict[str, Any] | None) -> str:
    if tests is None:
        return "-"
    told = tests["told"]
    if not told or not told["ran"]:
        return "not measured"
    return "/".join(str(told[name]) for name in ("passed", "failed", "errors", "skipped"))


if __name__ == "__main__":
    raise SystemExit(main())
