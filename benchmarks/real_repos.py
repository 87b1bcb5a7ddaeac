"""Play real bug fixes of real projects over the whole road and compare with upstream, byte by byte.

    python benchmarks/real_repos.py                      # clones the projects from their URLs
    python benchmarks/real_repos.py --mirror DIR         # takes DIR/OWNER+NAME/repo instead
    python benchmarks/real_repos.py --only psf/requests

For each case of real_repos.json: the repository stands at the parent of the fix, the commit's message is
the issue, a script (script_from_commit.py) makes the fix with the developer's tools, and everything
runs for real: webhook, queue, worker, git, sandbox, draft pull request, check run. Checked: every
file that upstream changed is equal in the pull request, byte by byte; the project's own tests ran in the
sandbox and were counted; the playground's log shows one pull request, one progress comment, one completed
check. A case's `requirements` are installed once into a virtual environment that the sandbox sees read-only.

Exit code 0 when every case held, 1 otherwise.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from script_from_commit import changes_of, git, message_of, script

from playground.demo import Issue, files_of, play
from playground.git_facts import store_of
from playground.stage import Cast, Stage
from playground.trace import trace

CASES = Path(__file__).with_name("real_repos.json")


@dataclass(frozen=True)
class Case:
    """A bug fix of a public project."""

    repository: str
    commit: str
    requirements: tuple[str, ...]


def main() -> int:
    """Play the cases and print one line of figures each."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--mirror", type=Path, help="folder with OWNER+NAME/repo git directories")
    parser.add_argument("--only", help="one case's owner/name")
    parser.add_argument("--quiet", action="store_true", help="only the figures")
    options = parser.parse_args()
    console = Console(highlight=False, soft_wrap=True, quiet=options.quiet)
    failed = 0
    for case in read_cases():
        if options.only in (None, case.repository):
            began = time.monotonic()
            faults, figures = run_case(case, options.mirror, console)
            failed += bool(faults)
            verdict = "FAILED: " + "; ".join(faults) if faults else "ok"
            sys.stdout.write(
                f"{case.repository} {case.commit[:10]} {verdict} {figures} "
                f"in {time.monotonic() - began:.1f} s\n"
            )
    return 1 if failed else 0


def read_cases() -> list[Case]:
    """Read the committed list of cases."""
    return [
        Case(one["repository"], one["commit"], tuple(one["requirements"]))
        for one in json.loads(CASES.read_text(encoding="utf-8"))
    ]


def run_case(case: Case, mirror: Path | None, console: Console) -> tuple[list[str], dict[str, Any]]:
    """Play one case; return what did not hold, and figures of what happened."""
    with tempfile.TemporaryDirectory(prefix="p2a-real-") as name:
        folder = Path(name)
        upstream = clone(case, mirror, folder / "upstream")
        work = at_parent(upstream, case.commit, folder / "work")
        changes = changes_of(upstream, case.commit)
        subject, body = message_of(upstream, case.commit)
        written = folder / "script.json"
        written.write_text(json.dumps(script(subject=subject, changes=changes)), encoding="utf-8")
        environ = {**os.environ, **test_environment(case, folder / "env")}
        cast = Cast(
            source=work, full_name=f"acme/{case.repository.partition('/')[2]}", script=written
        )
        with Stage(cast=cast, folder=folder / "stage", environ=environ) as stage:
            play(stage, issue=Issue(subject, body), comment="/p2a fix this", console=console)
            return inspect(stage, {change.path: change.after for change in changes})


def inspect(stage: Stage, wanted: dict[str, str | None]) -> tuple[list[str], dict[str, Any]]:
    """Compare the pull request with upstream's files, and the log with what may stand in it."""
    faults: list[str] = []
    with pull_request(stage) as (pull, run):
        if pull is None or run is None:
            return ["no pull request"], {}
        world = stage.playground.world
        store = store_of(world, world.named(stage.cast.full_name).id)
        for path, text in wanted.items():
            entry = store.entry(pull["head"]["sha"], path)
            blob = store.blob(entry.sha) if entry is not None else None
            if blob != (None if text is None else text.encode()):
                # What was found, so that a fault of publishing is told from one of looking.
                found = (
                    f"entry {entry}, {len(blob)} bytes" if blob is not None else f"entry {entry}"
                )
                faults.append(f"{path} differs from upstream's: {found}")
        extra = {one["filename"] for one in pull["files"]} - set(wanted)
        faults += [f"{path} was changed too" for path in sorted(extra)]
        made = trace(stage.playground.writes, actor="p2a[bot]")
        if not made.is_exactly_once:
            faults.append(f"not one of each: {made}")
        report = files_of(
            " ".join([pull["body"], run["output"]["summary"], run["output"]["text"] or ""])
        )
        whole = report["report.json"]
        suite = whole["tests_after"]
    if not suite or not suite.get("passed"):
        faults.append(f"the tests were not counted: {suite}")
    figures = {
        "files": len(wanted),
        # More than once: a suite was red by chance, and the developer was asked again.
        "developer": sum(step["name"].startswith("developer") for step in whole["steps"]),
        "tests": suite and {key: suite[key] for key in ("passed", "failed", "errors", "skipped")},
    }
    return faults, figures


@contextmanager
def pull_request(stage: Stage) -> Iterator[tuple[dict[str, Any] | None, dict[str, Any] | None]]:
    """Read the draft pull request with its files, and its check run, as a user would."""
    with stage.client() as client:
        pulls = client.get("/pulls?state=all").raise_for_status().json()
        if len(pulls) != 1:
            yield None, None
            return
        [pull] = pulls
        pull["files"] = read(client, f"/pulls/{pull['number']}/files?per_page=100")
        runs = read(client, f"/commits/{pull['head']['sha']}/check-runs")["check_runs"]
        yield pull, runs[0] if len(runs) == 1 else None


def read(client: httpx.Client, path: str) -> Any:
    """Return the answer to a GET as JSON."""
    return client.get(path).raise_for_status().json()


def clone(case: Case, mirror: Path | None, target: Path) -> Path:
    """Return a bare clone of the project."""
    source = f"https://github.com/{case.repository}"
    if mirror is not None:
        source = str(mirror / case.repository.replace("/", "+") / "repo")
    subprocess.run(["git", "clone", "--quiet", "--bare", source, str(target)], check=True)
    return target


def at_parent(upstream: Path, commit: str, target: Path) -> Path:
    """Return a repository whose only branch `main` stands at the parent of a commit."""
    subprocess.run(
        ["git", "clone", "--quiet", "--no-checkout", str(upstream), str(target)], check=True
    )
    git(target, "checkout", "--quiet", "--detach", f"{commit}^")
    git(target, "remote", "remove", "origin")
    branches = git(target, "for-each-ref", "--format=%(refname)").decode().split()
    for branch in branches:
        git(target, "update-ref", "-d", branch)
    git(target, "checkout", "--quiet", "-b", "main")
    return target


def test_environment(case: Case, folder: Path) -> dict[str, str]:
    """Install what the project's tests need; empty where they need nothing."""
    if not case.requirements:
        return {}
    venv.create(folder, with_pip=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet"]
    done = subprocess.run([*pip, *case.requirements], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"pip could not install {case.requirements}:\n{done.stderr}")
    return {"P2A_TEST_ENV": str(folder)}


if __name__ == "__main__":
    raise SystemExit(main())
