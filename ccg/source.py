"""Finding and reading Python files without running or following anything of theirs."""

import ast
import errno
import importlib.util
import io
import os
import stat
import tokenize
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ccg.comments import Comments, comments_of, read_comments
from ccg.errors import NothingToRead
from ccg.model import NotAnalysed
from ccg.nodes import walk

MAX_BYTES = 2 * 1024 * 1024
"""A longer file is data rather than code, and would take seconds to parse."""
MAX_DEPTH = 60
"""Folders below the root; a tree made to exhaust us is deeper."""
SKIPPED_FOLDERS = frozenset(
    {"__pycache__", "build", "dist", "node_modules", "site-packages", "vendor", "_vendor"}
)
"""Copies of other people's code and products of builds; hidden folders are skipped as well."""
ENVIRONMENT_FILE = "pyvenv.cfg"
"""A folder with it is a virtual environment, whatever its name (PEP 405)."""

TOO_DEEP = "nested too deeply to be parsed"
"""The reason where the parser gave up; it does not tell its own limit from too little memory."""
OTHER_LINES = "its encoding makes other lines of it than an editor or GitHub shows"
SYNTAX_ERROR = "syntax error: "
"""What the reason starts with where Python's grammar refuses a file."""
PROJECT_FILES = (".git", "pyproject.toml", "setup.cfg", "setup.py")


@dataclass(frozen=True)
class Source:
    """A file that parsed: its path from the root, its text and its syntax tree."""

    path: str
    text: str
    tree: ast.Module

    @property
    def lines(self) -> list[str]:
        """Return the lines as Python counts them, which `str.splitlines` does not."""
        return self.text.removesuffix("\n").split("\n")

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Return all nodes of the tree in the order of `ast.walk`, which many would walk again."""
        return tuple(walk(self.tree))

    @cached_property
    def comments(self) -> Comments:
        """Return the comments."""
        return read_comments(self.text)

    def tokens(self) -> list[tokenize.TokenInfo]:
        """Return the tokens, which are not kept: they take fifty times the memory of the text.

        Raises:
            tokenize.TokenError: of some texts that parse the tokenizer gives up; SyntaxError,
                RecursionError and MemoryError are raised as well.
        """
        found = list(tokenize.generate_tokens(io.StringIO(self.text).readline))
        self.__dict__.setdefault("comments", comments_of(found))
        return found


def list_files(root: Path) -> list[str]:
    """Return the paths of all `.py` files below the root, sorted.

    Symbolic links, hidden files and folders, virtual environments and `SKIPPED_FOLDERS` are left out.

    Raises:
        NothingToRead: the root is not a folder.
    """
    if not root.is_dir():
        raise NothingToRead(
            f"{root} is not a folder", next_step="give the folder that holds the Python code"
        )
    return sorted(_walk(str(root), "", MAX_DEPTH))


def _walk(folder: str, prefix: str, depth: int) -> Iterator[str]:
    try:
        with os.scandir(folder) as opened:
            entries = list(opened)
    except OSError:
        return  # a folder that we may not list holds nothing that we could read
    if prefix and any(entry.name == ENVIRONMENT_FILE for entry in entries):
        return
    for entry in entries:
        name = entry.name
        if name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            if name not in SKIPPED_FOLDERS and depth:
                yield from _walk(entry.path, f"{prefix}{name}/", depth - 1)
        elif name.endswith(".py") and entry.is_file(follow_symlinks=False):
            yield prefix + name


def read_source(root: Path, path: str) -> Source | NotAnalysed:
    """Read and parse one file; what cannot be analysed comes back as a record with its reason."""
    content = read_content(root, path)
    return content if isinstance(content, NotAnalysed) else parse_source(path, content)


def read_content(root: Path, path: str) -> bytes | NotAnalysed:
    """Read one file; what cannot be read or is refused comes back as a record with its reason."""
    try:
        return read_regular(root, path, limit=MAX_BYTES)
    except OSError as error:
        if error.errno == errno.ELOOP:
            return NotAnalysed(path, "a symbolic link, which is not followed")
        return NotAnalysed(path, f"cannot be read: {error.strerror or error}")
    except UnicodeError as error:  # a name that this system's files cannot have
        return NotAnalysed(path, f"cannot be decoded: {_first_line(error)}")


def parse_source(path: str, content: bytes) -> Source | NotAnalysed:
    """Parse a file's content; what cannot be parsed comes back as a record with its reason."""
    try:
        text = importlib.util.decode_source(content)
    except (SyntaxError, UnicodeError, LookupError) as error:
        return NotAnalysed(path, f"cannot be decoded: {_first_line(error)}")
    if text.count("\n") != _line_ends(content):
        return NotAnalysed(path, OTHER_LINES)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about the analysed code, not about ours
            return Source(path, text, ast.parse(text))
    except SyntaxError as error:
        place = f" (line {error.lineno})" if error.lineno else ""
        return NotAnalysed(path, f"{SYNTAX_ERROR}{error.msg}{place}")
    except (RecursionError, MemoryError):
        return NotAnalysed(path, TOO_DEEP)
    except ValueError as error:
        return NotAnalysed(path, f"cannot be parsed: {_first_line(error)}")


def is_syntax_error(item: NotAnalysed) -> bool:
    """Tell whether the file was read and decoded, and is no Python of the version that runs here."""
    return item.reason.startswith(SYNTAX_ERROR)


def _line_ends(content: bytes) -> int:
    """Count the line ends as `decode_source` does, which drops a carriage return at the very end."""
    content = content.removesuffix(b"\r")
    return content.count(b"\n") + content.count(b"\r") - content.count(b"\r\n")


def read_regular(root: Path, path: str, *, limit: int) -> bytes:
    """Return a regular file's bytes; a link in any part of the path, a device or more is refused.

    Raises:
        OSError: it cannot be read, or it is refused.
    """
    *folders, name = path.split("/")
    with _open_folder(root, folders) as folder:
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        descriptor = os.open(name, flags, dir_fd=folder)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError("not a regular file")
        content = file.read(limit + 1)
    if len(content) > limit:
        raise OSError(f"longer than {limit} bytes")
    return content


@contextmanager
def _open_folder(root: Path, names: list[str]) -> Iterator[int]:
    descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for name in names:
            flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
            inner = os.open(name, flags, dir_fd=descriptor)
            os.close(descriptor)
            descriptor = inner
        yield descriptor
    finally:
        os.close(descriptor)


def module_name(path: str, *, source_folder: str = "", inside: str = "") -> str:
    """Return the dotted name under which a file is imported.

    Args:
        path: the file's.
        source_folder: the folder that modules are named from.
        inside: the dotted name of the package that this folder itself is, if it is one.
    """
    relative = path.removeprefix(f"{source_folder}/") if source_folder else path
    *parts, last = (part for part in relative.split("/") if part not in {"", "."})
    last = last.rpartition(".")[0] or last
    if last != "__init__":
        parts.append(last)
    return ".".join([inside, *parts] if inside else parts) or last


def package_of(folder: Path) -> str:
    """Return the dotted name of the package that the folder is, empty when it is none.

    The root of a project is none, whatever lies there: its packages are imported by their names.
    """
    parts: list[str] = []
    here = folder.resolve()
    while here.name.isidentifier() and (here / "__init__.py").is_file() and not _is_project(here):
        parts.append(here.name)
        here = here.parent
    return ".".join(reversed(parts))


def _is_project(folder: Path) -> bool:
    return any((folder / name).exists() for name in PROJECT_FILES)


def source_folder_of(path: str, *, paths: frozenset[str]) -> str:
    """Return `src` for a file of a `src/` layout, else the root itself."""
    in_src = path.startswith("src/") and "src/__init__.py" not in paths
    return "src" if in_src else ""


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
