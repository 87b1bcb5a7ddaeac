"""Reads a work tree that foreign code may have written, without the git program and without links.

Git itself obeys a `.git` file that it meets in a tree; plain reading obeys nothing.
"""

import errno
import hashlib
import os
import shutil
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

from p2a.tree import EXECUTABLE, REGULAR, SPECIAL, SYMLINK, Entry

_CHUNK = 1 << 20
_SHA1_DIGITS = 40


def scan(root: Path, *, sha_digits: int = _SHA1_DIGITS) -> dict[str, Entry]:
    """Return every file below a folder with git's id of its content.

    Links are entries, never followed; anything named `.git` is passed over.
    """
    algorithm = "sha1" if sha_digits == _SHA1_DIGITS else "sha256"
    return {
        str(Path(item.path).relative_to(root)): _entry(item, algorithm) for item in _files(root)
    }


def _files(root: Path) -> Iterator[os.DirEntry[str]]:
    waiting = [str(root)]
    while waiting:
        with os.scandir(waiting.pop()) as items:
            for item in items:
                if item.name.casefold() == ".git":
                    continue
                if item.is_dir(follow_symlinks=False):
                    waiting.append(item.path)
                else:
                    yield item


def _entry(item: os.DirEntry[str], algorithm: str) -> Entry:
    if item.is_symlink():
        target = os.fsencode(os.readlink(item.path))  # noqa: PTH115 (bytes that Path would change)
        return Entry(SYMLINK, blob_id(target, algorithm=algorithm), len(target))
    if not item.is_file(follow_symlinks=False):
        return Entry(SPECIAL, "", 0)
    try:
        return _file_entry(item.path, algorithm)
    except OSError:
        return Entry(SPECIAL, "", 0)


def _file_entry(path: str, algorithm: str) -> Entry:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        facts = os.fstat(descriptor)
        digest = hashlib.new(algorithm, b"blob %d\0" % facts.st_size, usedforsecurity=False)
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    mode = EXECUTABLE if facts.st_mode & stat.S_IXUSR else REGULAR
    return Entry(mode, digest.hexdigest(), facts.st_size)


def blob_id(content: bytes, *, algorithm: str = "sha1") -> str:
    """Return the id that git gives to a file of this content."""
    header = b"blob %d\0" % len(content)
    return hashlib.new(algorithm, header + content, usedforsecurity=False).hexdigest()


def read_file(root: Path, path: str) -> bytes:
    """Return a file's bytes, following no link in any part of its path.

    Raises:
        OSError: it is not there, or a part of the path is a link.
    """
    folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        *parents, name = path.split("/")
        for parent in parents:
            inner = os.open(
                parent, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder
            )
            os.close(folder)
            folder = inner
        descriptor = os.open(
            name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder
        )
        with os.fdopen(descriptor, "rb") as file:
            return file.read()
    finally:
        os.close(folder)


def remove_tree(path: Path) -> None:
    """Remove a folder, also one whose inner folders were made unreadable; an absent one is fine."""
    if path.is_dir() and not path.is_symlink():
        try:
            _make_removable(path)
            shutil.rmtree(path)
        except (OSError, RecursionError):
            _remove_deep(path)


def _remove_deep(path: Path) -> None:
    """Remove folders whose paths are longer than a call takes, which both programs go down step by step.

    Raises:
        OSError: something is left.
    """
    for command in (("chmod", "-R", "u+rwX", "--"), ("rm", "-rf", "--")):
        subprocess.run([*command, str(path)], check=False, capture_output=True)  # noqa: S603 (an argument list)
    if path.exists():
        raise OSError(errno.ENOTEMPTY, "it could not be removed", str(path))


def _make_removable(path: Path) -> None:
    waiting = [str(path)]
    while waiting:
        folder = waiting.pop()
        os.chmod(folder, 0o700)  # noqa: PTH101 (a name from scandir, not a link)
        with os.scandir(folder) as items:
            waiting += [item.path for item in items if item.is_dir(follow_symlinks=False)]
