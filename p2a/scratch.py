"""Temporary folders whose leftovers are found again: a killed process removes nothing itself.

Each folder holds a file on which its owner keeps a lock. The kernel frees the lock with the last
process that holds it, so a folder without one is nobody's.
"""

import fcntl
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from p2a.worktree import remove_tree

PREFIX = "p2a-"
MARK = ".p2a-owner"


@contextmanager
def scratch(kind: str) -> Iterator[Path]:
    """Make a folder of ours for the time of a block, named `p2a-<kind>-...`, mode 0700.

    Foreign code may be shown folders in it, never itself; what it made unreadable is removed too.
    """
    folder, lock = _locked(kind)
    try:
        yield folder
    finally:
        try:
            remove_tree(folder)
        finally:
            os.close(lock)


def remove_leftovers() -> int:
    """Remove what dead processes left in the temporary folder and return how many folders.

    Only folders of this user that nobody else may enter, with the mark, and with nobody's lock on
    it. One that cannot be removed is left for the next time.
    """
    found = 0
    for folder in sorted(Path(tempfile.gettempdir()).glob(f"{PREFIX}*")):
        with suppress(OSError):
            found += _is_ours(folder) and _remove_unlocked(folder)
    return found


def _locked(kind: str) -> tuple[Path, int]:
    while True:
        folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{kind}-"))
        # Not inherited: a program that outlives us would keep the folder.
        lock = os.open(folder / MARK, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)
        # Somebody who looked for leftovers may have come between the file and its lock.
        if os.fstat(lock).st_nlink:
            return folder, lock
        os.close(lock)


def _is_ours(folder: Path) -> bool:
    facts = folder.lstat()
    is_private = stat.S_ISDIR(facts.st_mode) and not facts.st_mode & 0o077
    return is_private and facts.st_uid == os.geteuid()


def _remove_unlocked(folder: Path) -> bool:
    lock = os.open(folder / MARK, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # The mark goes first: whoever waits for the lock sees by it that the folder is gone.
        (folder / MARK).unlink()
        remove_tree(folder)
    finally:
        os.close(lock)
    return True
