"""The work tree of a workflow: every read and write of it, with symbolic links never followed."""

import os
import secrets
import shutil
import stat
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from p2a.effects import FileChange
from p2a.errors import EditRefused
from p2a.invisible import restored
from worker.edits import Caps, checked_path, readable_path, replace_once
from worker.errors import ChangeTooBig

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# O_NONBLOCK: opening a named pipe must not wait for its other end.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class Content:
    """A file as it is stored in the tree."""

    data: bytes
    executable: bool = False


class Workspace:
    """A tree that is changed through here alone, so that its changes are known exactly.

    Nothing foreign runs in it: commands get a copy (`copy_to`).
    """

    def __init__(
        self,
        root: Path,
        *,
        fixed: Collection[str] = (),
        concerned: Collection[str] = (),
        caps: Caps = Caps(),  # noqa: B008 (frozen)
    ) -> None:
        self.root = root
        self._concerned = frozenset(concerned)
        """Paths that the work is about although they were changed before it."""
        self._fixed = frozenset(fixed)
        """Paths that are links or submodules in the commit: here they are plain files or nothing."""
        self._caps = caps
        self._originals: dict[str, Content | None] = {}

    def paths(self) -> list[str]:
        """Return every regular file below the root, sorted; links and git's own files are left out."""
        found: list[str] = []
        for folder, folders, files in os.walk(self.root, followlinks=False):
            folders[:] = sorted(name for name in folders if name != ".git")
            base = Path(folder)
            found += [
                str((base / name).relative_to(self.root))
                for name in files
                if name != ".git" and stat.S_ISREG((base / name).lstat().st_mode)
            ]
        return sorted(found)

    def exists(self, path: str) -> bool:
        """Tell whether a regular file stands there."""
        return self._content(readable_path(path)) is not None

    def read(self, path: str) -> bytes:
        """Return a file's bytes.

        Raises:
            EditRefused: the path is refused, or no regular file stands there.
        """
        content = self._content(readable_path(path))
        if content is None:
            raise EditRefused(
                f"there is no file {path!r}", next_step="use `list` or `search` to find its path"
            )
        return content.data

    def read_text(self, path: str) -> str:
        """Return a file's text, line ends as they are.

        Raises:
            EditRefused: as `read`, or it is not UTF-8 text.
        """
        data = self.read(path)
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            text = "\0"
        if "\0" in text:
            raise EditRefused(f"{path!r} is not UTF-8 text", next_step="leave it as it is")
        return text

    def line_count(self, path: str) -> int | None:
        """Return how many lines a text file has, None where no such file stands there."""
        lines = self.lines(path)
        return None if lines is None else len(lines)

    def lines(self, path: str) -> list[str] | None:
        """Return the lines of a text file, None where no such file stands there."""
        try:
            # As git and GitHub count them: other characters end no line.
            lines = self.read_text(path).split("\n")
        except EditRefused:
            return None
        return lines[:-1] if lines[-1] == "" else lines

    def may_change(self, path: str) -> bool:
        """Tell whether a change may touch a path: a protected one, a link and a submodule it may not."""
        try:
            self._changeable(path)
        except EditRefused:
            return False
        return True

    def edit(self, path: str, *, old: str, new: str) -> None:
        """Replace the only occurrence of `old` in a file.

        Raises:
            EditRefused: the path, the file, or the match is not as it must be.
        """
        text = replace_once(self.read_text(self._changeable(path)), old=old, new=new)
        self.write(path, text.encode())

    def write(self, path: str, data: bytes) -> None:
        """Make a file or replace its bytes; an old file keeps its mode.

        Raises:
            EditRefused: the path is refused, a link is on the way, or a cap would be passed.
        """
        self._put(self._changeable(path), data)

    def write_text(self, path: str, text: str) -> None:
        """Make a file or replace its text; invisible signs that it had come back from their escapes.

        Raises:
            EditRefused: as for `write`, or the text is not valid Unicode.
        """
        before = self._content(self._changeable(path))
        like = before.data.decode("utf-8", "replace") if before else ""
        try:
            data = restored(text, like=like).encode()
        except UnicodeEncodeError as error:
            raise EditRefused("the content is not valid Unicode") from error
        self.write(path, data)

    def delete(self, path: str) -> None:
        """Delete a file.

        Raises:
            EditRefused: the path is refused or no regular file stands there.
        """
        self.read(self._changeable(path))
        self._check_deletion(path)
        self._put(path, None)

    def move(self, path: str, to: str) -> None:
        """Give a file another path, with its bytes and mode, text or not.

        Raises:
            EditRefused: one of the paths is refused, nothing stands at the old one or something at the new.
        """
        data = self.read(self._changeable(path))
        if self._content(self._changeable(to)) is not None:
            raise EditRefused(
                f"there is a file {to!r} already", next_step="delete it first, or give another path"
            )
        moved = self._content(path)
        self._put(to, data, executable=bool(moved and moved.executable))
        self._put(path, None)

    def apply(self, changes: Sequence[FileChange]) -> None:
        """Make the changes of an earlier try again on a fresh tree.

        Raises:
            EditRefused: as for `write`.
        """
        for change in changes:
            if change.content is not None or self.exists(change.path):
                path = self._changeable(change.path)
                self._put(path, change.content, executable=change.executable)

    def become(self, changes: Sequence[FileChange]) -> None:
        """Bring the tree to its commit with exactly these changes.

        Raises:
            EditRefused: as for `write`.
        """
        for path, before in self._originals.items():
            self.restore(path, before)
        self.apply(changes)

    def original(self, path: str) -> bytes | None:
        """Return the bytes that a path had before any change, None when it was not there."""
        content = self._originals.get(path) if path in self._originals else self._content(path)
        return content.data if content else None

    def concerned(self) -> frozenset[str]:
        """Return the paths that the work is about: those changed here, and those changed before."""
        return self._concerned | {change.path for change in self.changes()}

    def changes(self) -> tuple[FileChange, ...]:
        """Return what differs from the tree as it was checked out, by path."""
        found = []
        for path, before in sorted(self._originals.items()):
            now = self._content(path)
            if now != before:
                data = now.data if now else None
                executable = bool(now and now.executable)
                found.append(FileChange(path=path, content=data, executable=executable))
        return tuple(found)

    def copy_to(self, target: Path, *, original: bool = False) -> None:
        """Copy the tree (links as links), as it is now or as it was checked out."""
        shutil.copytree(self.root, target, symlinks=True, ignore=shutil.ignore_patterns(".git"))
        if not original:
            return
        copy = Workspace(target, caps=Caps(files=len(self._originals) + 1))
        for path, before in self._originals.items():
            copy.restore(path, before)

    def restore(self, path: str, content: Content | None) -> None:
        """Put a file back as it was, past the caps."""
        with self._parent(path, create=True) as (folder, name):
            if content is not None:
                _replace(folder, name, content)
            elif self._content(path) is not None:
                os.unlink(name, dir_fd=folder)

    def _changeable(self, path: str) -> str:
        checked_path(path)
        parts = path.split("/")
        ways = ("/".join(parts[: count + 1]) for count in range(len(parts)))
        if any(way in self._fixed for way in ways):
            raise EditRefused(
                f"the path {path!r} is refused",
                why="it is a link or a submodule in the repository",
                next_step="change the file that it stands for",
            )
        return path

    def _put(self, path: str, data: bytes | None, *, executable: bool | None = None) -> None:
        """Store a file, or remove it; by default one that was executable stays so."""
        before = self._content(path)
        self._check_caps(path, data)
        with self._parent(path, create=data is not None) as (folder, name):
            self._originals.setdefault(path, before)
            if data is None:
                os.unlink(name, dir_fd=folder)
            else:
                old = before or self._originals[path]
                stays = bool(old and old.executable)
                _replace(folder, name, Content(data, stays if executable is None else executable))

    def _check_caps(self, path: str, data: bytes | None) -> None:
        caps, size = self._caps, len(data or b"")
        if size > caps.file_bytes:
            raise _over(f"{path!r} would have {size} bytes", f"a file may have {caps.file_bytes}")
        if len({*self._originals, path}) > caps.files:
            raise _over("too many files are changed", f"a change may touch {caps.files}")
        others = sum(len(change.content or b"") for change in self.changes() if change.path != path)
        if others + size > caps.total_bytes:
            raise _over("the change is too big", f"it may hold {caps.total_bytes} bytes in all")

    def _check_deletion(self, path: str) -> None:
        """Refuse to delete more than half of the tree: that is no change of a repository any more.

        A file that was moved is not lost, and one that the change made may go again.
        """
        made = {new for new, before in self._originals.items() if not before and self._content(new)}
        gone = {old for old, before in self._originals.items() if before and not self._content(old)}
        files = len(self.paths()) - len(made) + len(gone)
        if len({*gone, path} - made) - len(made - {path}) > files // 2:
            raise _over(
                f"{path!r} is not deleted", "a change may delete half of the repository's files"
            )

    def _content(self, path: str) -> Content | None:
        try:
            with self._parent(path, create=False) as (folder, name):
                return _read(folder, name, path)
        except FileNotFoundError:
            return None

    @contextmanager
    def _parent(self, path: str, *, create: bool) -> Iterator[tuple[int, str]]:
        """Open the folder of a path part by part, so that no link on the way is followed."""
        *folders, name = path.split("/")
        current = os.open(self.root, _FOLDER)
        try:
            for part in folders:
                following = _enter(current, part, path=path, create=create)
                os.close(current)
                current = following
            yield current, name
        finally:
            os.close(current)


def _enter(folder: int, part: str, *, path: str, create: bool) -> int:
    if create:
        with suppress(FileExistsError):
            os.mkdir(part, 0o755, dir_fd=folder)
    try:
        return os.open(part, _FOLDER, dir_fd=folder)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise EditRefused(
            f"the path {path!r} is refused",
            why=f"{part!r} on the way is a link or no folder",
            next_step="give the path of the real file",
        ) from error


def _read(folder: int, name: str, path: str) -> Content:
    try:
        handle = os.open(name, _FILE, dir_fd=folder)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise _not_a_file(path) from error
    mode = os.fstat(handle).st_mode
    if not stat.S_ISREG(mode):
        os.close(handle)
        raise _not_a_file(path)
    with os.fdopen(handle, "rb") as file:
        return Content(file.read(), bool(mode & stat.S_IXUSR))


def _replace(folder: int, name: str, content: Content) -> None:
    """Write beside the file and rename over it: a kill leaves the old or the new, never a half."""
    mode = 0o755 if content.executable else 0o644
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
    temporary = f".p2a-{secrets.token_hex(8)}"
    handle = os.open(temporary, flags, mode, dir_fd=folder)
    with os.fdopen(handle, "wb") as file:
        file.write(content.data)
    os.rename(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)


def _not_a_file(path: str) -> EditRefused:
    return EditRefused(
        f"the path {path!r} is refused",
        why="it is a link, a folder or no regular file",
        next_step="give the path of a regular file",
    )


def _over(what: str, why: str) -> ChangeTooBig:
    return ChangeTooBig(what, why=why, next_step="make a smaller change")
