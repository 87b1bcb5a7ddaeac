"""What a process and all its descendants use, read from /proc."""

from dataclasses import dataclass
from pathlib import Path

_KIB = 1024


@dataclass(frozen=True, slots=True)
class Usage:
    """How many processes a tree has and how much memory they hold together."""

    processes: int
    bytes: int
    """Without files, which the kernel can drop; what several share is counted once where that matters."""


def tree_usage(pid: int, *, most: int, memory: int, proc: Path = Path("/proc")) -> Usage:
    """Return the use of a process tree; processes that end meanwhile count nothing.

    Stops counting above `most` processes: a tree that grows faster than it is read has no end. Memory
    that is shared counts for each process; only a sum above `memory` bytes is counted exactly.
    """
    found: list[Path] = []
    waiting = [pid]
    while waiting and len(found) <= most:
        current = waiting.pop()
        found.append(proc / str(current))
        waiting += children_of(current, proc=proc)
    held = sum(_kib(process / "status", ("RssAnon:", "RssShmem:")) or 0 for process in found)
    if held * _KIB > memory and not waiting:
        held = sum(_own_share(process) for process in found)
    return Usage(len(found) + len(waiting), held * _KIB)


def _own_share(process: Path) -> int:
    """Return a process's memory in KiB, of what is shared its part: the kernel walks its pages for that."""
    exact = _kib(process / "smaps_rollup", ("Pss_Anon:", "Pss_Shmem:"))
    return exact if exact is not None else _kib(process / "status", ("RssAnon:", "RssShmem:")) or 0


def _kib(file: Path, names: tuple[str, ...]) -> int | None:
    """Return the sum of some fields of a file in /proc, None where it cannot be read."""
    try:
        rows = [
            line.split() for line in file.read_text(encoding="ascii", errors="replace").splitlines()
        ]
    except OSError:
        return None
    return sum(int(row[1]) for row in rows if row and row[0] in names)


def children_of(pid: int, *, proc: Path = Path("/proc")) -> list[int]:
    """Return a process's children, none for one that is gone."""
    children: list[int] = []
    try:
        for thread in (proc / str(pid) / "task").iterdir():
            children += map(int, (thread / "children").read_text(encoding="ascii").split())
    except OSError:
        return children
    return children
