"""Chooses the whole files that an agent sees because it may have to rewrite them."""

from pathlib import PurePosixPath

from p2a.errors import EditRefused
from worker.workspace import Workspace

MAX_FILES = 4
MAX_BYTES = 30_000

_DOCUMENTS = ("readme", "changelog", "changes", "history", "news")


def tests_near(workspace: Workspace) -> dict[str, str]:
    """Return test files that are named for a changed module, whole, a few of them."""
    stems = {PurePosixPath(path).stem for path in workspace.concerned()}
    wanted = {f"test_{stem}" for stem in stems} | {f"{stem}_test" for stem in stems} | stems
    names = [
        path
        for path in workspace.paths()
        if PurePosixPath(path).stem in wanted and "test" in path.lower()
    ]
    return _texts(workspace, names)


def documents(workspace: Workspace) -> dict[str, str]:
    """Return the README and the change log at the root, whole."""
    names = [
        path
        for path in workspace.paths()
        if "/" not in path and PurePosixPath(path).stem.lower() in _DOCUMENTS
    ]
    return _texts(workspace, names)


def _texts(workspace: Workspace, paths: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in paths:
        try:
            text = workspace.read_text(path)
        except EditRefused:
            continue
        if len(text) <= MAX_BYTES and len(found) < MAX_FILES:
            found[path] = text
    return found
