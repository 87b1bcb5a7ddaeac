"""Compares graphs that begin with what an earlier run kept with graphs built anew, byte by byte.

    python -m benchmarks.graph.incremental REPOSITORY FOLDER [--commits 40] [--edits 20]

REPOSITORY is a clone, FOLDER the folder in it that the graph is of. Of each of the last commits that change
Python files there the parent's graph is built and kept, then the commit's with what is kept; and in the newest
tree one file in a hundred gets an edit of each kind. Prints how often the kept graph was enough, and how long
that took, in CPU seconds over those of `ast.parse` on all files. Exits with 1 when a byte differs.
"""

import argparse
import ast
import io
import random
import subprocess
import sys
import tarfile
import tempfile
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from ccg.build import VERSION, build_json
from ccg.collector import collector_paused
from ccg.inputs import read_inputs
from ccg.kept import Kept

Edit = Callable[[list[str], int], None]
"""Changes lines at the number of one at which a statement begins."""


@dataclass
class Tally:
    """What came of the runs of one kind."""

    runs: int = 0
    moved: int = 0
    """Where the kept graph was enough."""
    different: int = 0
    ratios: list[float] = field(default_factory=list)
    """Seconds with a kept graph over those of `ast.parse`."""

    def __str__(self) -> str:
        least, most = min(self.ratios, default=0), max(self.ratios, default=0)
        times = f", {least:.2f} to {most:.2f} of ast.parse" if self.ratios else ""
        return f"{self.moved} of {self.runs} moved, {self.different} different{times}"


def main() -> int:
    """Run both comparisons."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("repository", type=Path)
    parser.add_argument("folder")
    parser.add_argument("--commits", type=int, default=40)
    parser.add_argument("--edits", type=int, default=20)
    options = parser.parse_args()
    warnings.simplefilter("ignore")  # about the code that is parsed
    commits = Tally()
    for commit in _commits(options.repository, options.folder, options.commits):
        with tempfile.TemporaryDirectory() as place:
            tree, cache = Path(place) / "tree", Path(place) / "cache"
            _export(options.repository, f"{commit}^", options.folder, tree)
            build_json(tree, cache=cache, jobs=1)
            _export(options.repository, commit, options.folder, tree)
            _compare(tree, cache, commits, commit)
    _tell(f"commits: {commits}")
    tallies = [commits]
    chance = random.Random(0)
    for name, edit in EDITS.items():
        tally = Tally()
        with tempfile.TemporaryDirectory() as place:
            tree, cache = Path(place) / "tree", Path(place) / "cache"
            _export(options.repository, "HEAD", options.folder, tree)
            build_json(tree, cache=cache, jobs=1)
            for _ in range(options.edits):
                before = dict(_edit(tree, edit, chance))
                _compare(tree, cache, tally, name)
                for path, text in before.items():
                    path.write_bytes(text)
        _tell(f"{name}: {tally}")
        tallies.append(tally)
    return int(any(tally.different for tally in tallies))


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _commits(repository: Path, folder: str, count: int) -> list[str]:
    wanted = ("log", "--no-merges", f"-n{count}", "--format=%H", "--", f"{folder}/**.py")
    return _git(repository, *wanted).decode().split()


def _git(repository: Path, *arguments: str) -> bytes:
    command = ("git", "-C", str(repository), *arguments)
    return subprocess.run(command, check=True, capture_output=True).stdout


def _export(repository: Path, commit: str, folder: str, tree: Path) -> None:
    for path in sorted(tree.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    with tarfile.open(fileobj=io.BytesIO(_git(repository, "archive", commit, folder))) as archive:
        archive.extractall(tree, filter="data")


def _compare(tree: Path, cache: Path, tally: Tally, name: str) -> None:
    inputs = read_inputs(tree, package=None, files=None, inside="")
    parsing = _seconds(lambda: _parse_all(inputs.contents.values()))
    found: list[str | None] = []
    with collector_paused():
        kept = Kept(cache, inputs, version=VERSION, jobs=1)
        seconds = _seconds(lambda: found.append(kept.find()))
    tally.runs += 1
    if found[0] is None:
        return
    tally.moved += 1
    tally.ratios.append(seconds / parsing)
    if found[0] != build_json(tree):
        tally.different += 1
        _tell(f"{name}: other bytes")


def _seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _parse_all(contents: Iterable[bytes]) -> None:
    for content in contents:
        with suppress(SyntaxError, ValueError):
            ast.parse(content)


def _edit(tree: Path, edit: Edit, chance: random.Random) -> Iterator[tuple[Path, bytes]]:
    """Edit one file in a hundred; yield what they were."""
    paths = sorted(path for path in tree.rglob("*.py") if path.stat().st_size > 200)
    for path in chance.sample(paths, max(1, len(paths) // 100)):
        content = path.read_bytes()
        lines = content.decode().split("\n")
        starts = [
            node.lineno - 1
            for node in ast.walk(ast.parse(content))
            if isinstance(node, ast.stmt) and not _before(lines, node).strip()
        ]
        edit(lines, chance.choice(starts))
        path.write_text("\n".join(lines))
        yield path, content


def _before(lines: list[str], node: ast.stmt) -> str:
    return lines[node.lineno - 1][: node.col_offset]


def _comment(lines: list[str], at: int) -> None:
    lines.insert(at, "# one more comment")


def _blank(lines: list[str], at: int) -> None:
    lines[at:at] = ["", ""]


def _message(lines: list[str], at: int) -> None:
    for number in [*range(at, len(lines)), *range(at)]:
        quoted = lines[number].split('"')
        if len(quoted) == 3 and " " in quoted[1]:
            lines[number] = f'{quoted[0]}"{quoted[1]} !"{quoted[2]}'
            return


def _call(lines: list[str], at: int) -> None:
    indent = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
    lines.insert(at, f"{indent}print(1)")


def _function(lines: list[str], at: int) -> None:
    del at
    lines += ["", "", "def one_more(first, second=None):", "    return second or first", ""]


EDITS: dict[str, Edit] = {
    "a comment": _comment,
    "blank lines": _blank,
    "a message": _message,
    "a call": _call,
    "a function": _function,
}

if __name__ == "__main__":
    sys.exit(main())
