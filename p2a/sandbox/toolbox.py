"""The Python that foreign tests run with: pytest and coverage as plain files, without our own code.

The distributions are copied once out of our environment into the data directory; the sandbox sees
the copy read-only, so that neither the network nor our virtual environment is needed inside.
"""

import compileall
import hashlib
import os
import py_compile
import shutil
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import NormalizedName, canonicalize_name

from p2a.errors import EnvironmentMissing
from p2a.process import SYSTEM_PATH
from p2a.sandbox.host import base_interpreter, interpreter_mounts
from p2a.sandbox.interface import Mount

TOOLS = ("coverage", "pytest")
TOOLBOX_TARGET = "/opt/p2a-toolbox"
ENVIRONMENT_TARGET = "/opt/p2a-environment"
"""Where a virtual environment of ours lies inside."""

_QUIET_ENV = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONNOUSERSITE": "1"}


@dataclass(frozen=True, slots=True)
class PythonEnvironment:
    """What a command needs to run Python with pytest and coverage inside a sandbox."""

    python: str
    """The interpreter's path inside."""
    mounts: tuple[Mount, ...]
    env: Mapping[str, str]
    absences: str = ""
    """What is to be said where a module that the tests need is not here; empty for nothing."""


def python_environment(*, data_dir: Path, test_env: Path | None) -> PythonEnvironment:
    """Return the operator's virtual environment, or the base interpreter with our toolbox.

    A given environment keeps its own pytest and coverage; only what it lacks is added.

    Raises:
        EnvironmentMissing: the environment or one of our own distributions is not usable.
    """
    if test_env is None:
        base = base_interpreter()
        mounts = (*base.mounts, *_covers(data_dir))
        return _with_tools(base.program, mounts, missing=TOOLS, data_dir=data_dir)
    python = python_of(test_env)
    env = python.parent.parent
    chain = (Mount(env, str(env)), *interpreter_mounts(python))
    missing = tuple(name for name in TOOLS if not _has(env, name))
    mounts = tuple(dict.fromkeys(chain))
    found = _with_tools(str(python), mounts, missing=missing, data_dir=data_dir)
    return _activated(found, env / "bin")


def python_of(test_env: Path) -> Path:
    """Return the interpreter of the operator's virtual environment.

    Raises:
        EnvironmentMissing: it is none.
    """
    python = test_env.absolute() / "bin" / "python"
    if not python.exists():
        raise EnvironmentMissing(
            f"P2A_TEST_ENV is {test_env.absolute()}, which is not a virtual environment",
            why=f"{python} is not there",
            next_step="correct P2A_TEST_ENV, or unset it to use pytest alone",
        )
    return python


def packages_environment(folder: Path, *, data_dir: Path) -> PythonEnvironment:
    """Return a virtual environment that was made inside, at `ENVIRONMENT_TARGET`.

    Raises:
        EnvironmentMissing: one of our own distributions is not usable.
    """
    mounts = (Mount(folder, ENVIRONMENT_TARGET), *base_interpreter().mounts)
    missing = tuple(name for name in TOOLS if not _has(folder, name))
    scripts = Path(ENVIRONMENT_TARGET) / "bin"
    found = _with_tools(str(scripts / "python"), mounts, missing=missing, data_dir=data_dir)
    return _activated(found, scripts)


def _covers(data_dir: Path) -> tuple[Mount, ...]:
    """Return mounts that hide the base interpreter's own packages, so that runs agree everywhere."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    base = Path(sys.base_prefix) / "lib"
    places = (
        base / version / "site-packages",
        base / version / "dist-packages",
        base / "python3" / "dist-packages",
        Path("/usr/local/lib") / version / "dist-packages",
        Path("/usr/local/lib") / version / "site-packages",
    )
    nothing = data_dir / "toolbox" / "nothing"
    _make(nothing)
    return tuple(Mount(nothing, str(place)) for place in dict.fromkeys(places) if place.is_dir())


def _with_tools(
    python: str, mounts: tuple[Mount, ...], *, missing: tuple[str, ...], data_dir: Path
) -> PythonEnvironment:
    if not missing:
        return PythonEnvironment(python, mounts, dict(_QUIET_ENV))
    toolbox = Mount(build_toolbox(data_dir / "toolbox", missing), TOOLBOX_TARGET)
    env = {**_QUIET_ENV, "PYTHONPATH": TOOLBOX_TARGET}
    return PythonEnvironment(python, (*mounts, toolbox), env)


def _activated(environment: PythonEnvironment, scripts: Path) -> PythonEnvironment:
    """Let tests start the programs of the installed packages by their names, as people's do."""
    return replace(environment, env={**environment.env, "PATH": f"{scripts}:{SYSTEM_PATH}"})


def _has(env: Path, name: str) -> bool:
    return any(env.glob(f"lib/python*/site-packages/{name}/__init__.py"))


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EnvironmentMissing(
            f"{folder} cannot be made",
            why=error.strerror or str(error),
            next_step="remove what is in its place, or set P2A_DATA_DIR to another folder",
        ) from error


def build_toolbox(folder: Path, names: Iterable[str]) -> Path:
    """Return a folder with these distributions and all that they require, made when not there.

    Two processes may do this at once: each copies into a folder of its own, and the first
    rename wins.

    Raises:
        EnvironmentMissing: a distribution is not installed or does not list its files.
    """
    found = closure(names)
    target = folder / _digest(found)
    if target.is_dir():
        return target
    _make(folder)
    making = Path(tempfile.mkdtemp(prefix=".making-", dir=folder))
    try:
        for item in found:
            _copy(item, making)
        compileall.compile_dir(
            making,
            quiet=2,
            stripdir=str(making),
            prependdir=TOOLBOX_TARGET,
            invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
        )
        making.chmod(0o755)
        _rename(making, target)
    finally:
        shutil.rmtree(making, ignore_errors=True)
    return target


def closure(names: Iterable[str]) -> tuple[Distribution, ...]:
    """Return the installed distributions with everything they require here, sorted by name."""
    found: dict[str, Distribution] = {}
    waiting = [canonicalize_name(name) for name in names]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = _installed(name)
            waiting += _required(found[name])
    return tuple(found[name] for name in sorted(found))


def _installed(name: str) -> Distribution:
    try:
        item = distribution(name)
    except PackageNotFoundError as error:
        raise _unusable(name, "it is not installed beside p2a") from error
    if item.files is None:
        raise _unusable(name, "it does not list its files, as packages of a Linux system do")
    return item


def _required(item: Distribution) -> list[NormalizedName]:
    names: list[NormalizedName] = []
    for line in item.requires or []:
        try:
            requirement = Requirement(line)
        except InvalidRequirement as error:
            raise _unusable(item.name, f"its requirement {line!r} cannot be read") from error
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            names.append(canonicalize_name(requirement.name))
    return names


def _unusable(name: str, why: str) -> EnvironmentMissing:
    return EnvironmentMissing(
        f"{name} cannot be given to the sandbox",
        why=why,
        next_step="install p2a with pip into a virtual environment of its own",
    )


def _digest(found: tuple[Distribution, ...]) -> str:
    lines = [sys.version]
    for item in found:
        lines.append(f"{item.name} {item.version}")
        lines += sorted(f"{path} {path.hash and path.hash.value}" for path in item.files or [])
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def _copy(item: Distribution, target: Path) -> None:
    for path in item.files or []:
        # Scripts and start-up hooks stay behind: `bin/pytest`, a `.pth` file.
        if ".." in path.parts or path.suffix in {".pth", ".pyc"}:
            continue
        source = Path(str(path.locate()))
        if source.is_file():
            destination = target / path
            destination.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, destination)


def _rename(making: Path, target: Path) -> None:
    try:
        os.rename(making, target)  # noqa: PTH104 (Path.rename says no more)
    except OSError:
        if not target.is_dir():
            raise
