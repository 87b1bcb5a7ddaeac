"""Which processes there are, by what Linux says of them."""

from pathlib import Path


def state(process: int) -> tuple[str, int]:
    """Return the state of a process and its parent; "X" when it is gone."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    except OSError:
        return "X", 0
    letter, parent = stat.rpartition(")")[2].split()[:2]
    return letter, int(parent)


def children(process: int) -> set[int]:
    running = (int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit())
    return {each for each in running if state(each)[1] == process}


def is_running(process: int) -> bool:
    return state(process)[0] not in {"Z", "X"}
