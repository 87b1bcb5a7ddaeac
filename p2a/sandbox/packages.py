"""Virtual environments with the packages that a repository's tests need, each made once and kept.

Wheels are fetched by us, outside, where nothing of theirs runs; the environment is made of them inside of
the sandbox, without network. An environment that is there is whole: it gets its name last.
"""

import fcntl
import hashlib
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from p2a.errors import EnvironmentMissing
from p2a.sandbox.host import base_interpreter
from p2a.sandbox.interface import Limits, Mount, Sandbox, SandboxCommand, SandboxResult
from p2a.sandbox.toolbox import ENVIRONMENT_TARGET, TOOLBOX_TARGET, build_toolbox
from p2a.sandbox.wheels import Fetched, FetchLimits, NoWheels, fetch_wheels
from p2a.worktree import remove_tree

FOLDER = "environments"
"""In the data directory."""
KEPT_SECONDS = 14 * 86_400.0
"""An environment that was not used for so long is removed when another one is made."""
_WHEELS_TARGET = "/opt/p2a-wheels"
_LACKING = "lacking.json"
_FORM = 1
_LOCK_POLL_SECONDS = 0.2
_LOCK_SECONDS = 1200.0
_LIMITS = Limits(wall_seconds=300.0, cpu_seconds=300)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be installed: requirements with names and versions only, and constraints on others."""

    requirements: tuple[str, ...]
    constraints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Installed:
    """An environment's folder and the requirements that are not in it, each as a clause."""

    folder: Path
    lacking: tuple[str, ...] = ()


class Packages:
    """The environments of a data directory.

    Args:
        folder: theirs, made when not there.
        index: the address of the package index.
        sandbox: where they are made.
        limits: the bounds of what is fetched.
        clock: seconds since 1970.
        check: called while it waits, for pip or for another process; what it raises is raised.
    """

    def __init__(
        self,
        folder: Path,
        *,
        index: str,
        sandbox: Sandbox,
        limits: FetchLimits | None = None,
        clock: Callable[[], float] = time.time,
        check: Callable[[], None] = lambda: None,
    ) -> None:
        self._folder = folder
        self._index = index
        self._sandbox = sandbox
        self._limits = limits or FetchLimits()
        self._clock = clock
        self._check = check

    def install(self, wanted: Wanted) -> Installed:
        """Return the environment of these requirements, made when it is not there.

        Processes that want the same one wait for the first of them. One that is killed leaves a folder
        without the right name, which the next one removes.

        Raises:
            NoWheels: the packages cannot be had, or cannot be installed.
            EnvironmentMissing: pip is not installed beside us.
            SandboxUnavailable: the sandbox cannot isolate.
        """
        key = self._key(wanted)
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        target = self._folder / key
        with self._locked(key) as lock:
            if not target.is_dir():
                self._make(wanted, target, keep_open=[lock])
                self._remove_old()
            os.utime(target, (self._clock(), self._clock()))
        lacking = json.loads((target / _LACKING).read_text(encoding="utf-8"))
        return Installed(target / "venv", tuple(lacking))

    def _key(self, wanted: Wanted) -> str:
        facts = [_FORM, sys.version, platform.machine(), pip_version(), self._index]
        lines = [facts, sorted(wanted.requirements), sorted(wanted.constraints)]
        return hashlib.sha256(json.dumps(lines).encode()).hexdigest()[:24]

    def _make(self, wanted: Wanted, target: Path, *, keep_open: Sequence[int]) -> None:
        for left in self._folder.glob(f".{target.name}-*"):
            remove_tree(left)  # we hold its lock, so its maker is gone
        making = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=self._folder))
        try:
            fetched = self._fetch(wanted, making / "fetched", keep_open=keep_open)
            result = making / "result"
            (result / "venv").mkdir(parents=True)
            self._build(fetched.wheels, result / "venv")
            lacking = json.dumps(list(fetched.lacking))
            (result / _LACKING).write_text(lacking, encoding="utf-8")
            result.rename(target)
        finally:
            remove_tree(making)

    def _fetch(self, wanted: Wanted, folder: Path, *, keep_open: Sequence[int]) -> Fetched:
        folder.mkdir()
        fetched = fetch_wheels(
            wanted.requirements,
            constraints=wanted.constraints,
            index=self._index,
            folder=folder,
            limits=self._limits,
            keep_open=keep_open,
            check=self._check,
        )
        if not fetched.wheels:
            raise NoWheels(", ".join(fetched.lacking) or "nothing is required")
        return fetched

    def _build(self, wheels: Sequence[Path], venv: Path) -> None:
        """Make the environment inside, of our own interpreter and with our own pip."""
        base = base_interpreter()
        pip = build_toolbox(self._folder.parent / "toolbox", ("pip",))
        mounts = (
            *base.mounts,
            Mount(pip, TOOLBOX_TARGET),
            Mount(wheels[0].parent, _WHEELS_TARGET),
            Mount(venv, ENVIRONMENT_TARGET, writable=True),
        )
        for argv in (_venv_call(base.program), _pip_call(wheels)):
            ran = self._sandbox.run(
                SandboxCommand(argv, "/tmp", mounts, limits=_LIMITS)  # noqa: S108 (inside)
            )
            if not ran.succeeded:
                raise NoWheels(f"they cannot be installed: {_said(ran)}")

    @contextmanager
    def _locked(self, key: str) -> Iterator[int]:
        deadline = time.monotonic() + _LOCK_SECONDS
        with self._lock_file(key).open("w") as lock:
            while not _try_lock(lock.fileno()):
                self._check()
                if time.monotonic() > deadline:
                    raise NoWheels("another run has been at it for too long")
                time.sleep(_LOCK_POLL_SECONDS)
            yield lock.fileno()

    def _lock_file(self, key: str) -> Path:
        return self._folder / f"{key}.lock"

    def _remove_old(self) -> None:
        for path in sorted(self._folder.iterdir()):
            if path.is_dir() and not path.name.startswith("."):
                with suppress(OSError), self._lock_file(path.name).open("w") as lock:
                    # Whoever is about to use it holds its lock until it is marked as used.
                    if _try_lock(lock.fileno()) and self._is_old(path):
                        remove_tree(path)

    def _is_old(self, path: Path) -> bool:
        return path.stat().st_mtime < self._clock() - KEPT_SECONDS


def pip_version() -> str:
    """Return the version of the pip beside us.

    Raises:
        EnvironmentMissing: there is none.
    """
    try:
        return version("pip")
    except PackageNotFoundError as error:
        raise EnvironmentMissing(
            "pip is not installed beside p2a",
            why="it fetches the packages of P2A_PACKAGE_INDEX",
            next_step="install pip into the virtual environment of p2a",
        ) from error


def _venv_call(python: str) -> tuple[str, ...]:
    return (python, "-I", "-m", "venv", "--without-pip", ENVIRONMENT_TARGET)


def _pip_call(wheels: Sequence[Path]) -> tuple[str, ...]:
    options = ("--no-index", "--no-deps", "--no-cache-dir", "--no-input", "--quiet")
    return (
        *(f"{ENVIRONMENT_TARGET}/bin/python", "-I", f"{TOOLBOX_TARGET}/pip", "install", *options),
        *("--disable-pip-version-check", "--no-warn-script-location"),
        *(f"{_WHEELS_TARGET}/{wheel.name}" for wheel in wheels),
    )


def _said(ran: SandboxResult) -> str:
    lines = [line.strip() for line in ran.output.splitlines() if line.strip()]
    return f"{ran.ending.value}, {lines[-1][:200] if lines else 'no output'}"


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
