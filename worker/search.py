"""Search in a work tree with bounds: plain text here, patterns by grep with a time-out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from p2a.errors import EditRefused
from p2a.process import Stop, capture
from worker.workspace import Workspace

MAX_HITS = 100
MAX_LINE = 300
MAX_FILE_BYTES = 1024 * 1024
MAX_TREE_BYTES = 64 * 1024 * 1024
GREP = "/usr/bin/grep"
GREP_SECONDS = 10.0
_GREP_OUTPUT = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Hit:
    """A line that was found."""

    path: str
    line: int
    text: str


def find_text(workspace: Workspace, text: str, *, below: str = "") -> list[Hit]:
    """Return the lines that hold `text`, at most `MAX_HITS`, in the files below a folder."""
    hits: list[Hit] = []
    for path, data in _small_files(workspace, below):
        if text.encode() in data:
            hits += _lines(path, data, text)
        if len(hits) >= MAX_HITS:
            break
    return hits[:MAX_HITS]


def find_pattern(workspace: Workspace, pattern: str, *, below: str = "") -> list[Hit]:
    """Return the lines that match an extended regular expression (POSIX), at most `MAX_HITS`.

    Raises:
        EditRefused: the pattern is not one, or takes too long.
    """
    # grep -r follows no link, and a program can be stopped in the middle of a bad pattern.
    arguments = [GREP, "-rnIE", "--null", "--exclude-dir=.git", f"--max-count={MAX_HITS}"]
    done = capture(
        [*arguments, "-e", pattern, "--", "."],
        env={"LC_ALL": "C.UTF-8"},
        cwd=workspace.root,
        timeout=GREP_SECONDS,
        max_output=_GREP_OUTPUT,
    )
    if done.stopped is Stop.TIME:
        raise EditRefused("the search took too long", next_step="search for a plain text instead")
    if done.stopped is None and done.code > 1:
        raise EditRefused(
            "the pattern cannot be used",
            why=done.stderr.decode(errors="replace")[:200].strip(),
            next_step="give a POSIX extended regular expression, or set regex to false",
        )
    found = _grep_hits(done.stdout.decode(errors="replace"))
    return [hit for hit in sorted(found, key=_place) if _is_below(hit.path, below)][:MAX_HITS]


def _small_files(workspace: Workspace, below: str) -> Iterator[tuple[str, bytes]]:
    total = 0
    for path in workspace.paths():
        if not _is_below(path, below):
            continue
        data = (workspace.root / path).read_bytes()
        total += len(data)
        if total > MAX_TREE_BYTES:
            return
        if len(data) <= MAX_FILE_BYTES and b"\0" not in data[:8192]:
            yield path, data


def _lines(path: str, data: bytes, text: str) -> list[Hit]:
    content = data.decode("utf-8", errors="replace")
    if "\n" in text:
        starts = [match.start() for match in re.finditer(re.escape(text), content)]
        first = text.splitlines()[0] if text.splitlines() else ""
        return [Hit(path, content.count("\n", 0, start) + 1, first[:MAX_LINE]) for start in starts]
    numbered = enumerate(content.splitlines(), start=1)
    return [Hit(path, number, line[:MAX_LINE]) for number, line in numbered if text in line]


def _grep_hits(output: str) -> list[Hit]:
    hits = []
    for record in output.splitlines():
        path, separator, rest = record.partition("\0")
        number, _, text = rest.partition(":")
        if separator and number.isdigit():
            hits.append(Hit(path.removeprefix("./"), int(number), text[:MAX_LINE]))
    return hits


def _place(hit: Hit) -> tuple[str, int]:
    return hit.path, hit.line


def _is_below(path: str, folder: str) -> bool:
    return not folder or path == folder or path.startswith(f"{folder}/")
