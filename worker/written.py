"""Writes the whole files that an agent gave, and remembers those that were refused."""

from collections.abc import Callable, Sequence

from p2a.errors import EditRefused
from worker.outcomes import FileEdit
from worker.records import RefusalRecord
from worker.workspace import Workspace

Refuse = Callable[[FileEdit], str]
"""Return why an agent may not write this, or nothing."""


def write_files(
    workspace: Workspace, edits: Sequence[FileEdit], *, refuse: Refuse
) -> list[RefusalRecord]:
    """Write what may be written; return what was refused and why."""
    refused = []
    for edit in edits:
        if why := refuse(edit):
            refused.append(RefusalRecord(path=edit.path[:200], reason=why))
            continue
        try:
            workspace.write_text(edit.path, edit.content)
        except EditRefused as error:
            refused.append(RefusalRecord(path=edit.path[:200], reason=error.why or error.what))
    return refused
