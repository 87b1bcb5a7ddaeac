"""Processor seconds of a process with all that it started, read from /proc."""

import os
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_FIRST, _LAST = 11, 15
"""Of a stat line's fields after the name: user and system time, its own and that of ended children."""


def tree_seconds(pid: int, proc: Path = Path("/proc")) -> float:
    """Return the processor seconds of a process, its children and those that have ended."""
    seconds, waiting = 0.0, [pid]
    while waiting:
        folder = proc / str(waiting.pop())
        try:
            fields = (folder / "stat").read_text(encoding="ascii").rpartition(")")[2].split()
            for thread in (folder / "task").iterdir():
                waiting += map(int, (thread / "children").read_text(encoding="ascii").split())
        except OSError:
            continue
        seconds += sum(map(int, fields[_FIRST:_LAST])) / _TICKS
    return seconds
