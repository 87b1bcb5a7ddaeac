"""What a command fills: the folders of the host that it may write to, and its file systems in memory."""

import os
import stat
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from p2a.sandbox.interface import MIB, Limits

RESERVE_BYTES = 1024 * MIB
"""Free space that a command must leave on the host's disks, whoever fills them."""
_BLOCK = 512
"""Bytes of a block in `st_blocks`. https://man7.org/linux/man-pages/man3/stat.3type.html"""
_WALK_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Space:
    """What is free on a file system; `files` is None where it has no fixed number of them."""

    bytes: int
    files: int | None

    @classmethod
    def at(cls, folder: Path) -> "Space":
        """Return what is free where a folder lies.

        Raises:
            OSError: the folder is not there.
        """
        facts = os.statvfs(folder)
        return cls(facts.f_bavail * facts.f_frsize, facts.f_ffree if facts.f_files else None)


class DiskWatch:
    """Tells whether a command filled more than it may.

    The kernel holds neither: a quota needs an administrator, and a tmpfs counts its files only where
    a mount option says so. Free space is cheap to ask for, so a folder is walked when that fell.
    """

    def __init__(
        self,
        folders: Iterable[Path],
        limits: Limits,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Look at the disks before the command begins."""
        self._folders = tuple(folders)
        self._limits = limits
        self._monotonic = monotonic
        self._before: Mapping[Path, Space] = {
            folder: Space.at(folder) for folder in self._folders if folder.is_dir()
        }
        self._next_walk = 0.0

    def is_full(self, processes: Sequence[int], *, scratch: Mapping[str, int]) -> bool:
        """Tell whether a limit is passed; `scratch` has the size of each file system in memory."""
        return self._holds_too_much() or any(
            _files_inside(processes, path, size) > self._limits.scratch_files
            for path, size in scratch.items()
        )

    def _holds_too_much(self) -> bool:
        suspected = False
        for folder, before in self._before.items():
            try:
                now = Space.at(folder)
            except OSError:
                continue
            if now.bytes < min(RESERVE_BYTES, before.bytes // 2):
                return True
            suspected |= self._is_suspected(before, now)
        moment = self._monotonic()
        if not suspected or moment < self._next_walk:
            return False
        is_over = self._is_over()
        taken = self._monotonic() - moment
        self._next_walk = moment + max(_WALK_SECONDS, 10 * taken)
        return is_over

    def _is_suspected(self, before: Space, now: Space) -> bool:
        if before.files is None or now.files is None:
            return True
        limits = self._limits
        grown = before.bytes - now.bytes
        return grown > limits.disk_bytes // 2 or before.files - now.files > limits.disk_files // 2

    def _is_over(self) -> bool:
        """Walk the folders until they are known to hold too much, or to their end."""
        files = size = 0
        for folder in self._before:
            for facts in _entries(folder):
                files += 1
                size += facts.st_blocks * _BLOCK // max(facts.st_nlink, 1) if _is_file(facts) else 0
                if files > self._limits.disk_files or size > self._limits.disk_bytes:
                    return True
        return False


def _entries(folder: Path) -> Iterable[os.stat_result]:
    """Yield the facts of everything below a folder; what vanishes or cannot be read is left out."""
    waiting = [os.fspath(folder)]
    while waiting:
        with suppress(OSError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                with suppress(OSError):
                    facts = entry.stat(follow_symlinks=False)
                    yield facts
                    if stat.S_ISDIR(facts.st_mode):
                        waiting.append(entry.path)


def _is_file(facts: os.stat_result) -> bool:
    return stat.S_ISREG(facts.st_mode)


def _files_inside(processes: Sequence[int], path: str, size: int) -> int:
    """Return how many files a file system of the sandbox has, by the first process that shows it."""
    for process in processes:
        try:
            facts = os.statvfs(f"/proc/{process}/root{path}")
        except OSError:
            continue
        # Before bubblewrap changed its root, another file system lies there: ours is known by its size,
        # which the kernel rounds up to pages.
        if facts.f_blocks == -(-size // facts.f_frsize):
            return facts.f_files - facts.f_ffree
    return 0
