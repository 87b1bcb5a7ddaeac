"""Chooses the whole files that an agent sees because it may have to rewrite them."""

from collections.abc import Sequence
from pathlib import PurePosixPath

from p2a.errors import EditRefused
from worker.documents import NAMES
from worker.workspace import Workspace

MAX_FILES = 4
MAX_BYTES = 30_000

MAX_DOCUMENTS = 6


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


def documents(workspace: Workspace, *, also: Sequence[str] = ()) -> dict[str, str]:
    """Return the README and the change log at the root and some other files, whole."""
    names = [
        path
        for path in workspace.paths()
        if "/" not in path and PurePosixPath(path).stem.lower() in NAMES
    ]
    return _texts(workspace, list(dict.fromkeys([*names, *also])), most=MAX_DOCUMENTS)


def _texts(workspace: Workspace, paths: list[str], *, most: int = MAX_FILES) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in paths:
        try:
            text = workspace.read_text(path)
        except EditRefused:
            continue
        if len(text) <= MAX_BYTES and len(found) < most:
            found[path] = text
    return found
