"""Reads what a repository's tests need out of a folder of its files; nothing of it is run."""

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from ccg.source import read_regular
from p2a.errors import ConfigurationInvalid
from p2a.git import Git
from quality.change import Change
from quality.gate_file import FILE
from quality.gate_source import setup_of_commit, setup_of_folder
from quality.needs.detect import FILES, PROJECT_FILES, Needs, find_needs
from quality.needs.project import read_project, tox_requirements
from quality.needs.requirement import included
from quality.setup import Setup

MAX_BYTES = 8 * 1024 * 1024
"""Of one file; a lock file may be long."""
MAX_FILES = 100
UNUSABLE = f"{FILE} cannot be used"


def needs_of_change(git: Git, change: Change) -> Needs:
    """Return what the base of a change says: what a change adds is installed once it is merged.

    Raises:
        GitFailed: the base is not here.
    """
    found = _needs(change.root, lambda: setup_of_commit(git, change.base_sha))
    return replace(found, origin="the base")


def needs_of_folder(folder: Path, *, git: Git | None) -> Needs:
    """Return what a folder says, and the `.p2a.yml` of the commit that is checked out there.

    Raises:
        GitFailed: git cannot read that commit.
    """
    head = git.resolve("HEAD") if git else None
    if git is None or head is None:
        return _needs(folder, lambda: setup_of_folder(folder))
    return _needs(folder, lambda: setup_of_commit(git, head))


def _needs(folder: Path, read_setup: Callable[[], Setup | None]) -> Needs:
    try:
        setup = read_setup()
    except ConfigurationInvalid:
        return Needs(refused=(UNUSABLE,))
    return read_needs(folder, setup)


def read_needs(folder: Path, setup: Setup | None) -> Needs:
    """Return what the tests of a folder need.

    Args:
        folder: the root of a project, as a commit has it that somebody with the right to has merged.
        setup: what the repository's settings say; None means that it is guessed.
    """
    texts = {name: text for name in FILES if (text := _read(folder, name)) is not None}
    named = (*(setup.files if setup else ()), *read_project(texts).files, *_named(texts))
    waiting = deque(named)
    while waiting and len(texts) < MAX_FILES:
        name = waiting.popleft()
        text = texts.get(name) if name in texts else _read(folder, name)
        if text is not None and name not in PROJECT_FILES:
            is_new = name not in texts
            texts[name] = text
            waiting += included(name, text) if is_new else ()
    return find_needs(texts, setup)


def _named(texts: dict[str, str]) -> list[str]:
    """Return the files that those which were read include."""
    lines = "\n".join(tox_requirements(texts))
    found = [*included("tox.ini", lines)]
    for name in FILES:
        if name in texts and name not in PROJECT_FILES:
            found += included(name, texts[name])
    return found


def _read(folder: Path, name: str) -> str | None:
    if name.startswith("/") or ".." in name.split("/"):
        return None
    try:
        return read_regular(folder, name, limit=MAX_BYTES).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError, ValueError):
        return None
