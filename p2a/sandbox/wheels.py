"""Fetches the wheels of requirements from the operator's package index, without running any of them.

Only wheels are taken: one is an archive that is read, where a source distribution is a program.
No file of a repository is here, only requirements that were read as data.
"""

import json
import re
import sys
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename

from p2a.process import Captured, Stop, capture
from p2a.sandbox.interface import MIB
from p2a.sandbox.pip_child import NO_PROGRAM, TOO_LARGE

FILE_HOSTS = {"pypi.org": ("files.pythonhosted.org",)}
"""Where an index keeps its files, when that is another host."""
WITHOUT = 8
"""So many requirements are left out, each by a run of pip more."""
CONSTRAINTS = "the versions of the constraints or the lock file, which cannot be had together"
_LOG_BYTES = 64 * MIB
_NAME = re.compile(r"[\w.-]+")
_NO_MATCH = re.compile(r"No matching distribution found for ([^\s(;]+)")
_NO_SOURCES = re.compile(r"No sources permitted for ([\w.-]+)")
_HOST = re.compile(r"not the package index's host: (\S+)")
_CONFLICT = "ResolutionImpossible"
_PROGRAM = (NO_PROGRAM, "No permission to execute")


class NoWheels(Exception):
    """Nothing was fetched; the message says why, in a few words."""


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """Bounds of what is fetched; each is ours, whatever the index sends."""

    seconds: float = 300.0
    """Of each run of pip."""
    packages: int = 250
    fetched_bytes: int = 1024 * MIB
    unpacked_bytes: int = 3072 * MIB
    memory_bytes: int = 2048 * MIB


@dataclass(frozen=True, slots=True)
class Fetched:
    """The wheels, sorted by name, and the requirements that none was found for."""

    wheels: tuple[Path, ...]
    lacking: tuple[str, ...] = ()
    """Each as a clause, such as `NAME has no wheel`."""


def fetch_wheels(
    requirements: Sequence[str],
    *,
    constraints: Sequence[str],
    index: str,
    folder: Path,
    limits: FetchLimits,
    keep_open: Sequence[int] = (),
    check: Callable[[], None] = lambda: None,
) -> Fetched:
    """Resolve the requirements, and put their wheels and those of all they require into a folder.

    A requirement that has no wheel is left out and named, and so are constraints that do not let the
    requirements be met; where a wheel is missing further down, nothing is fetched.

    Args:
        requirements: names with versions, no addresses and no paths.
        constraints: the same, for whatever of it is needed.
        index: the address of a simple index, as pip takes it.
        folder: an empty one of ours.
        limits: the bounds.
        keep_open: descriptors that pip inherits, with the locks on them.
        check: called about twice a second; what it raises ends pip.

    Raises:
        NoWheels: with the reason.
    """
    left, bounds, lacking = list(requirements), list(constraints), list[str]()
    while left:
        task = _task(left, bounds, index=index, folder=folder, limits=limits)
        ran = _run_pip(task, folder, seconds=limits.seconds, keep_open=keep_open, check=check)
        if ran.code == 0 and ran.stopped is None:
            return Fetched(_checked(folder / "wheels", limits), tuple(sorted(lacking)))
        if bounds and _CONFLICT in ran.stderr.decode("utf-8", "replace"):
            bounds = []
            lacking.append(CONSTRAINTS)
            continue
        absent, why = _absent(ran, folder / "pip.log", limits, index=index)
        if len(lacking) >= WITHOUT or absent not in map(_name, left):
            raise NoWheels(", ".join([*lacking, f"{absent} {why}"]))
        left = [line for line in left if _name(line) != absent]
        lacking.append(f"{absent} {why}")
    return Fetched((), tuple(sorted(lacking)))


def _task(
    requirements: Sequence[str],
    constraints: Sequence[str],
    *,
    index: str,
    folder: Path,
    limits: FetchLimits,
) -> bytes:
    """Write pip's files and return what the child is told."""
    for name in ("empty", "temporary", "wheels"):
        (folder / name).mkdir(exist_ok=True)
    (folder / "pip.log").unlink(missing_ok=True)
    (folder / "requirements.txt").write_text("\n".join(requirements) + "\n", encoding="utf-8")
    (folder / "constraints.txt").write_text("\n".join(constraints) + "\n", encoding="utf-8")
    task = {
        "arguments": _arguments(index, folder),
        "hosts": _hosts(index),
        "folder": str(folder),
        "bytes": limits.fetched_bytes,
        "memory": limits.memory_bytes,
    }
    return json.dumps(task).encode()


def _run_pip(
    task: bytes,
    folder: Path,
    *,
    seconds: float,
    keep_open: Sequence[int],
    check: Callable[[], None],
) -> Captured:
    # No configuration of this machine's pip, no .netrc, no proxy: an empty home and environment.
    home = str(folder / "empty")
    env = {"HOME": home, "TMPDIR": str(folder / "temporary"), "LANG": "C.UTF-8"}
    return capture(
        [sys.executable, "-I", "-m", "p2a.sandbox.pip_child"],
        env={**env, "PIP_CONFIG_FILE": "/dev/null"},
        cwd=folder / "empty",
        stdin=task,
        timeout=seconds,
        max_output=MIB,
        keep_open=keep_open,
        check=check,
    )


def _arguments(index: str, folder: Path) -> list[str]:
    return [
        "download",
        "--isolated",
        "--only-binary=:all:",
        f"--index-url={index}",
        "--no-input",
        "--keyring-provider=disabled",
        "--no-cache-dir",
        "--disable-pip-version-check",
        "--quiet",
        "--retries=1",
        "--timeout=20",
        f"--log={folder / 'pip.log'}",
        f"--dest={folder / 'wheels'}",
        f"--requirement={folder / 'requirements.txt'}",
        f"--constraint={folder / 'constraints.txt'}",
    ]


def _hosts(index: str) -> list[str]:
    host = (urlsplit(index).hostname or "").lower()
    return [host, *FILE_HOSTS.get(host, ())]


def _place(index: str) -> str:
    """Return an index's host and port: what else stands in an address may be a secret."""
    return urlsplit(index).netloc.rpartition("@")[2]


def _absent(ran: Captured, log: Path, limits: FetchLimits, *, index: str) -> tuple[str, str]:
    """Return the package that could not be found and why.

    Raises:
        NoWheels: it was something else.
    """
    if ran.stopped is Stop.TIME:
        raise NoWheels(f"the package index took longer than {limits.seconds:.0f} s")
    if ran.code == TOO_LARGE:
        raise NoWheels(f"the packages are larger than {limits.fetched_bytes // MIB} MiB")
    said = ran.stderr.decode("utf-8", "replace")
    logged = _read(log)
    other = _HOST.search(logged)
    if other:
        raise NoWheels(f"a package is to come from another host than the index: {other[1]}")
    found = _NO_MATCH.search(said)
    if any(text in said for text in _PROGRAM):
        raise NoWheels("a package is to be built or cloned, which runs its code")
    if _CONFLICT in said:
        raise NoWheels("the requirements contradict each other")
    if not found:
        raise NoWheels(f"pip failed: {_last_error(said)}")
    name = _name(found[1])
    sources = {canonicalize_name(item) for item in _NO_SOURCES.findall(logged)}
    if name in sources:
        return name, "has no wheel that fits"
    if "NewConnectionError" in logged or "NameResolutionError" in logged:
        raise NoWheels(f"the package index {_place(index)} was not reached")
    return name, "is not in the package index, or not in that version"


def _read(log: Path) -> str:
    try:
        with log.open("rb") as file:
            return file.read(_LOG_BYTES).decode("utf-8", "replace")
    except FileNotFoundError:
        return ""


def _last_error(said: str) -> str:
    lines = [line.removeprefix("ERROR: ") for line in said.splitlines() if line.strip()]
    return lines[-1].strip()[:200] if lines else "it said nothing"


def _name(line: str) -> str:
    """Return the project's name at the start of a requirement."""
    found = _NAME.match(line)
    return canonicalize_name(found[0]) if found else ""


def _checked(folder: Path, limits: FetchLimits) -> tuple[Path, ...]:
    """Return the files, each a wheel, together within the limits."""
    files = tuple(sorted(folder.iterdir()))
    if len(files) > limits.packages:
        raise NoWheels(f"{len(files)} packages are more than {limits.packages}")
    unpacked = 0
    for file in files:
        try:
            parse_wheel_filename(file.name)
            with zipfile.ZipFile(file) as archive:
                unpacked += sum(item.file_size for item in archive.infolist())
        except (InvalidWheelFilename, zipfile.BadZipFile, NotImplementedError) as error:
            raise NoWheels(f"{file.name[:80]!r} is no wheel") from error
    if unpacked > limits.unpacked_bytes:
        raise NoWheels(f"unpacked, the packages are larger than {limits.unpacked_bytes // MIB} MiB")
    return files
