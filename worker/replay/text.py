"""What came of a replay, as text for a terminal; no I/O."""

from worker.replay.replayer import Replayed

NAMES = {
    "github": "requests to GitHub",
    "model": "calls of a model",
    "tool": "calls of a tool",
    "command": "commands",
    "edit": "texts of the progress comment",
    "end": "ends with report and tree",
}


def render_replayed(replayed: Replayed) -> str:
    """Return the outcome: how much was the same, or the first difference."""
    total = sum(replayed.events.values())
    parts = [
        f"{replayed.events[kind]} {name}" for kind, name in NAMES.items() if kind in replayed.events
    ]
    same = f"{total} events in {replayed.tries} tries were the same: {', '.join(parts)}"
    if replayed.difference is None:
        head = f"equal: workflow {replayed.workflow_id}, {replayed.status}"
        return f"{head}\n  {same}\n"
    shown = "\n".join(f"  {line}" for line in replayed.difference.lines())
    return f"differs: workflow {replayed.workflow_id}\n{shown}\n  before it, {same}\n"
