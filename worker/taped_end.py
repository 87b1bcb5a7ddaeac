"""The last word of a try on its tape: its state, the tree, and the files that it leaves."""

import json
from hashlib import sha256
from typing import Any

from p2a.domain import Workflow, WorkflowStatus
from p2a.store.store import Store
from p2a.tape import Tape

SHOWN = ("report.json", "quality.json")
"""Files that the record holds whole."""
DIGESTED = ("ccg.json", "ccg-change.json", "ccg.html")
"""Files of which it holds the SHA-256: they follow from the tree alone, and are large."""


def end_tape(
    tape: Tape,
    store: Store,
    workflow: Workflow,
    status: WorkflowStatus,
    *,
    error: str = "",
    tree: str | None = None,
) -> None:
    """Note what a try came to, before it is given up: afterwards nothing may be written any more."""
    files: dict[str, Any] = {}
    for name in (*SHOWN, *DIGESTED):
        found = store.artifact(workflow.id, name)
        if found is not None:
            is_shown = name in SHOWN
            files[name] = (
                json.loads(found.content) if is_shown else sha256(found.content).hexdigest()
            )
    tape.note("end", {"status": status.value, "error": error, "tree": tree, "files": files})
    tape.flush()
