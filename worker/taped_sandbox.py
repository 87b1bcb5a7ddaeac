"""A sandbox whose commands and what they leave pass by way of a tape."""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from p2a.record.form import unreadable
from p2a.sandbox.interface import (
    Ending,
    Mount,
    Sandbox,
    SandboxCommand,
    SandboxResult,
    StoppableSandbox,
)
from p2a.sandbox.toolbox import PythonEnvironment
from p2a.tape import Codec, Tape

MAX_FILE = 8 * 1024 * 1024
"""Bytes of one report; the suite's own reader believes no larger one."""
MAX_DEPTH = 3


_CHANCE = re.compile(r"(?<=test_)[0-9a-f]{16}(?=\.py)")
"""What `quality.canary` draws for the names of its tests; nothing but their number is read."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of a command: its result, and the reports that it wrote."""

    result: SandboxResult
    files: Mapping[str, str] = field(default_factory=dict)
    """The texts by `target/path`."""


@dataclass(frozen=True, slots=True)
class TapedSandbox:
    """Runs commands by way of a tape; what `check` raises ends them."""

    inner: StoppableSandbox
    tape: Tape
    check: Callable[[], None] | None = None

    @property
    def name(self) -> str:
        """Return the backend's name."""
        return self.inner.name

    def stopped_by(self, check: Callable[[], None]) -> "TapedSandbox":
        """Return this sandbox with a stop."""
        return TapedSandbox(self.inner, self.tape, check)

    def run(self, command: SandboxCommand) -> SandboxResult:
        """Run a command, or take what was recorded of it, its reports included."""
        ran = self.tape.exchange(
            "command",
            {
                "argv": [_CHANCE.sub("", word) for word in command.argv],
                "cwd": command.cwd,
                "env": dict(command.env),
            },
            lambda: self._run(command),
            RAN,
            meanwhile=self.check,
        )
        _lay_out(ran.files, command)
        return ran.result

    def _run(self, command: SandboxCommand) -> Ran:
        sandbox: Sandbox = self.inner if self.check is None else self.inner.stopped_by(self.check)
        before = {name: _stamp(path) for name, path in _reports(command)}
        result = sandbox.run(command)
        texts = {
            name: _text(path)
            for name, path in _reports(command)
            if before.get(name) != _stamp(path)
        }
        return Ran(result, {name: text for name, text in texts.items() if text is not None})


def _folders(command: SandboxCommand) -> Iterator[Mount]:
    """Yield what a command leaves reports in: all that it may write but the tree it works on."""
    return (mount for mount in command.mounts if mount.writable and mount.target != command.cwd)


def _reports(command: SandboxCommand) -> Iterator[tuple[str, Path]]:
    for mount in _folders(command):
        for folder, folders, files in os.walk(mount.source, followlinks=False):
            inside = Path(folder).relative_to(mount.source)
            folders[:] = sorted(folders) if len(inside.parts) < MAX_DEPTH else []
            for name in sorted(files):
                yield f"{mount.target}/{(inside / name).as_posix()}", Path(folder) / name


def _stamp(path: Path) -> tuple[int, int]:
    facts = path.lstat()
    return facts.st_mtime_ns, facts.st_size


def _text(path: Path) -> str | None:
    """Return a report's text; None for what is none, such as coverage's own database."""
    if path.is_symlink() or not path.is_file() or path.stat().st_size > MAX_FILE:
        return None
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


def _lay_out(files: Mapping[str, str], command: SandboxCommand) -> None:
    """Write the reports where the command would have, unless they stand there."""
    for name, text in files.items():
        path = _place(name, command)
        data = text.encode()
        if not path.exists() or path.read_bytes() != data:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)


def _place(name: str, command: SandboxCommand) -> Path:
    for mount in _folders(command):
        inside = name.removeprefix(f"{mount.target}/")
        if inside != name and not {"", ".", ".."} & set(PurePosixPath(inside).parts):
            path = mount.source / inside
            if path.parent.resolve().is_relative_to(mount.source.resolve()):
                return path
    raise unreadable("a command left a file where none can be", why=name[:200])


def _dump(ran: Ran) -> dict[str, Any]:
    return {"result": asdict(ran.result), "files": dict(ran.files)}


def _load(value: Any) -> Ran:
    result = {**value["result"], "ending": Ending(value["result"]["ending"])}
    return Ran(SandboxResult(**result), value["files"])


RAN: Codec[Ran] = Codec(_dump, _load)


def dump_environment(python: PythonEnvironment) -> dict[str, Any]:
    """Return a Python without the folders of this machine that it is made of."""
    return {"python": python.python, "env": dict(python.env), "absences": python.absences}


def load_environment(value: Any) -> PythonEnvironment:
    """Return a Python for commands that are not run."""
    return PythonEnvironment(value["python"], (), value["env"], value["absences"])


ENVIRONMENT: Codec[PythonEnvironment] = Codec(dump_environment, load_environment)
