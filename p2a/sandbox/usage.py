"""What a process and all its descendants use, read from /proc."""

import os
from dataclasses import dataclass
from pathlib import Path

_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Usage:
    """How many processes a tree has and how much private memory they hold together."""

    processes: int
    bytes: int
    """Memory shared after a fork counts for each process, so this is an upper bound."""


def tree_usage(pid: int, *, most: int, proc: Path = Path("/proc")) -> Usage:
    """Return the use of a process tree; processes that end meanwhile count nothing.

    Stops counting above `most` processes: a tree that grows faster than it is read has no end.
    """
    held = count = 0
    waiting = [pid]
    while waiting and count <= most:
        current = waiting.pop()
        held += _private_bytes(proc / str(current))
        count += 1
        waiting += children_of(current, proc=proc)
    return Usage(count + len(waiting), held)


def _private_bytes(process: Path) -> int:
    try:
        _, resident, shared, *_ = (process / "statm").read_text(encoding="ascii").split()
    except (OSError, ValueError):
        return 0
    return max(int(resident) - int(shared), 0) * _PAGE


def children_of(pid: int, *, proc: Path = Path("/proc")) -> list[int]:
    """Return a process's children, none for one that is gone."""
    children: list[int] = []
    try:
        for thread in (proc / str(pid) / "task").iterdir():
            children += map(int, (thread / "children").read_text(encoding="ascii").split())
    except OSError:
        return children
    return children
