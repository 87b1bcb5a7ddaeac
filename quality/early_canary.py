"""Asks the project's runner about planted tests while its own tests run, in a copy of the tree.

What it says holds for the tests' run where that was to be asked about the same folders, and the tests
have changed nothing that the runner reads: asked afterwards, it would find the very same files.
"""

import os
import stat
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Protocol, Self

from p2a.errors import SandboxUnavailable
from p2a.sandbox.interface import Sandbox
from p2a.worktree import remove_tree
from quality import canary, suite_command
from quality.lull import Lull
from quality.suite_command import AFTER_SECONDS, Calls
from quality.tree import TreeTooLarge

_LEFT = frozenset({suite_command.JUNIT, suite_command.COVERAGE_DATA})
"""What our own programs leave beside the tree."""


class Maker(Protocol):
    """Prepares a folder for the tests of a tree."""

    def __call__(self, *, work: Path) -> Calls:
        """Copy the tree into `work / "tree"` and return what can be run there."""
        ...


@dataclass(frozen=True, slots=True)
class Workbench:
    """Where and how the tests of a tree run."""

    make: Maker
    sandbox: Sandbox
    work: Path
    """The folder of the tests' own run, with its copy."""


class EarlyCanary:
    """The question, asked in a lull of the machine; none begins after the block it is used in.

    Args:
        workbench: of the tests, whose copy is there and not yet used.
        folders: those that will be asked about after the run, as far as one can tell.
        lull: when to ask.
    """

    def __init__(
        self, workbench: Workbench, folders: tuple[PurePosixPath, ...], *, lull: Lull
    ) -> None:
        self._workbench = workbench
        self._folders = folders
        self._before = _changes(workbench.work / "tree")
        self._pool = ThreadPoolExecutor(1)
        self._answer: Future[bool] | None = None
        lull.then(self._begin)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def holds(self, folders: tuple[PurePosixPath, ...]) -> bool:
        """Tell whether planted tests in these folders were reported, and would be after the run too.

        Waits for an answer that is on its way. False where it must be asked now.
        """
        self._pool.shutdown(wait=True, cancel_futures=True)
        if self._answer is None or folders != self._folders or self._is_changed():
            return False
        return not self._answer.cancelled() and self._answer.result()

    def _begin(self) -> None:
        with suppress(RuntimeError):  # the block has been left: too late
            self._answer = self._pool.submit(self._ask)

    def _ask(self) -> bool:
        if self._is_changed():
            return False
        work = self._workbench.work / "early"
        try:
            with ExitStack() as stack:
                stack.callback(remove_tree, work)  # now, while there is time
                return self._are_reported(work)
        except (TreeTooLarge, SandboxUnavailable, OSError):
            return False

    def _are_reported(self, work: Path) -> bool:
        calls = self._workbench.make(work=work)
        if calls.planted is None or _files(work / "tree") != _files(self._workbench.work / "tree"):
            return False  # the second: somebody edits the project while it is checked
        planted = canary.plant(work / "tree", self._folders)
        limits = calls.planted.limits
        seconds = min(limits.wall_seconds, AFTER_SECONDS)
        ran = self._workbench.sandbox.run(
            replace(
                calls.planted,
                argv=(*calls.planted.argv, *planted),
                limits=replace(limits, wall_seconds=seconds),
            )
        )
        return not canary.silence(
            work / "output", exit_code=ran.exit_code, planted=len(self._folders)
        )

    def _is_changed(self) -> bool:
        work = self._workbench.work
        try:
            left = {path.name for path in (work / "output").iterdir()}
        except OSError:
            return True
        return not left <= _LEFT or _changes(work / "tree") != self._before


def _changes(root: Path) -> dict[str, int]:
    """Return when each file and folder of a tree was last changed, which no program can forge.

    A folder that cannot be read is changed in any case: whoever closed it changed it.
    """
    inside = {path: facts.st_ctime_ns for path, facts in _walk(root)}
    return inside | {str(root): root.lstat().st_ctime_ns}


def _files(root: Path) -> dict[str, tuple[int, int, int]]:
    """Return the size, mode and time of each file of a copy, which are those of what was copied."""
    return {
        path.removeprefix(f"{root}/"): (facts.st_size, facts.st_mode, facts.st_mtime_ns)
        for path, facts in _walk(root)
        if not stat.S_ISDIR(facts.st_mode)
    }


def _walk(root: Path) -> Iterator[tuple[str, os.stat_result]]:
    """Yield what is in a folder and below, as far as it can be read; no link is followed."""
    waiting = [str(root)]
    while waiting:
        with suppress(OSError), os.scandir(waiting.pop()) as items:
            for item in items:
                facts = item.stat(follow_symlinks=False)
                yield item.path, facts
                if stat.S_ISDIR(facts.st_mode):
                    waiting.append(item.path)
