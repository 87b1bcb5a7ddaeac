"""Writes a file as a whole: what stands in it until then stays when the writing fails."""

import errno
import os
import tempfile
from pathlib import Path

_ONLY_IN_PLACE = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.EBUSY})
"""A folder that takes no new file, or a mounted file, may still let the file itself be written."""


def write_whole(path: Path, text: str) -> None:
    """Put the text in the place of the file's content, as UTF-8 with line feeds as they are.

    It is written beside the file, which is then replaced. A link stays and its target is
    replaced; a device or a pipe is written to.

    Raises:
        OSError: the file cannot be written.
    """
    content = text.encode("utf-8")
    if path.exists() and not path.is_file():
        path.write_bytes(content)
        return
    target = path.resolve()
    try:
        _replace(target, content)
    except OSError as error:
        if error.errno not in _ONLY_IN_PLACE:
            raise
        target.write_bytes(content)


def _replace(target: Path, content: bytes) -> None:
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:40]}.")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        temporary.chmod(_mode(target))
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _mode(target: Path) -> int:
    """Return the permissions of the file, or those that a new file has."""
    if target.exists():
        return target.stat().st_mode & 0o777
    mask = os.umask(0)  # it cannot be read otherwise
    os.umask(mask)
    return 0o666 & ~mask
