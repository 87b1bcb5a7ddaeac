"""What came of a replay, as text for a terminal; no I/O."""

from worker.replay.replayer import Replayed

NAMES = {
    "github": ("request to GitHub", "requests to GitHub"),
    "model": ("call of a model", "calls of a model"),
    "tool": ("call of a tool", "calls of a tool"),
    "command": ("command", "commands"),
    "edit": ("text of the progress comment", "texts of the progress comment"),
    "end": ("end with its report and tree", "ends with their reports and trees"),
}
"""One and many of each kind that is told."""


def render_replayed(replayed: Replayed) -> str:
    """Return the outcome: how much was the same, or the first difference."""
    total = sum(replayed.events.values())
    parts = [
        _counted(replayed.events[kind], *names)
        for kind, names in NAMES.items()
        if kind in replayed.events
    ]
    tries = _counted(replayed.tries, "try", "tries")
    same = f"{total} events in {tries} were the same: {', '.join(parts) or 'none to tell of'}"
    if replayed.difference is None:
        head = f"equal: workflow {replayed.workflow_id}, {replayed.status}"
        return f"{head}\n  {same}\n"
    shown = "\n".join(f"  {line}" for line in replayed.difference.lines())
    return f"differs: workflow {replayed.workflow_id}\n{shown}\n  before it, {same}\n"


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
