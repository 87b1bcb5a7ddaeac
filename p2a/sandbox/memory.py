"""How much memory a process and all its descendants hold, read from /proc."""

import os
from pathlib import Path

_PAGE = os.sysconf("SC_PAGE_SIZE")


def tree_bytes(pid: int, *, proc: Path = Path("/proc")) -> int:
    """Return the private resident memory of a process tree; processes that end meanwhile count 0.

    Memory shared after a fork counts for each process, so this is an upper bound.
    """
    total = 0
    waiting = [pid]
    while waiting:
        current = waiting.pop()
        total += _private_bytes(proc / str(current))
        waiting += _children(proc / str(current))
    return total


def _private_bytes(process: Path) -> int:
    try:
        _, resident, shared, *_ = (process / "statm").read_text(encoding="ascii").split()
    except (OSError, ValueError):
        return 0
    return max(int(resident) - int(shared), 0) * _PAGE


def _children(process: Path) -> list[int]:
    children: list[int] = []
    try:
        for thread in (process / "task").iterdir():
            children += map(int, (thread / "children").read_text(encoding="ascii").split())
    except OSError:
        return children
    return children
