"""What of this machine's files a sandbox sees, found once; the rest of the file system is absent."""

import sys
from dataclasses import dataclass
from pathlib import Path

from p2a.sandbox.interface import Mount

_ROOT_FOLDERS = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_ETC_FILES = ("/etc/ld.so.cache", "/etc/alternatives")


@dataclass(frozen=True, slots=True)
class Link:
    """A symbolic link made inside at `path`."""

    path: str
    points_to: str


@dataclass(frozen=True, slots=True)
class HostFiles:
    """Read-only mounts and links that every command needs."""

    mounts: tuple[Mount, ...]
    links: tuple[Link, ...]


def host_files() -> HostFiles:
    """Find /usr, the folders beside it (links on a merged system) and the little of /etc needed."""
    mounts = [Mount(Path("/usr"), "/usr")]
    links = []
    for name in _ROOT_FOLDERS:
        path = Path(name)
        if path.is_symlink():
            links.append(Link(name, str(path.readlink())))
        elif path.is_dir():
            mounts.append(Mount(path, name))
    mounts += [Mount(Path(name), name) for name in _ETC_FILES if Path(name).exists()]
    return HostFiles(tuple(mounts), tuple(links))


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python program outside of any virtual environment, and what must be mounted for it."""

    program: str
    mounts: tuple[Mount, ...]


def base_interpreter() -> Interpreter:
    """Return the interpreter under our own virtual environment."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    program = Path(sys.base_prefix) / "bin" / version
    return Interpreter(str(program), interpreter_mounts(program))


def interpreter_mounts(program: Path) -> tuple[Mount, ...]:
    """Return read-only mounts of the prefixes that a chain of interpreter links goes through.

    A prefix below /usr is there anyway; a link may lead from one installation to another.
    """
    prefixes: list[Path] = []
    hop = program
    for _ in range(16):
        prefix = hop.parent.parent
        if not prefix.is_relative_to("/usr") and prefix != Path("/") and prefix not in prefixes:
            prefixes.append(prefix)
        if not hop.is_symlink():
            break
        hop = Path(_normal(hop.parent / hop.readlink()))
    return tuple(Mount(prefix, str(prefix)) for prefix in prefixes)


def _normal(path: Path) -> str:
    parts: list[str] = []
    for part in path.parts:
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return str(Path(*parts))
