"""What a sandbox is asked and what it answers; no I/O."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one command; each is enforced by the kernel or by us, never by the command."""

    wall_seconds: float = 600.0
    cpu_seconds: int = 600
    memory_bytes: int = 2048 * MIB
    """Address space of one process (RLIMIT_AS), and memory of all together."""
    processes: int = 256
    file_bytes: int = 1024 * MIB
    scratch_bytes: int = 512 * MIB
    """Size of /tmp inside."""
    scratch_files: int = 100_000
    """Files in /tmp or /dev/shm inside; each holds about a kilobyte of the kernel's memory."""
    disk_bytes: int = 4096 * MIB
    """What the writable mounts together may hold, with what was there before."""
    disk_files: int = 400_000
    output_bytes: int = 1 * MIB
    """Kept of stdout and stderr together; the rest is read and thrown away."""


@dataclass(frozen=True, slots=True)
class Mount:
    """A host path shown inside at `target` (absolute)."""

    source: Path
    target: str
    writable: bool = False


@dataclass(frozen=True, slots=True)
class SandboxCommand:
    """A program to run: its arguments, where, what it sees and what it may use."""

    argv: tuple[str, ...]
    cwd: str
    mounts: tuple[Mount, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    """Added to PATH, HOME and LANG; nothing of the caller's environment gets in."""
    limits: Limits = field(default_factory=Limits)


class Ending(StrEnum):
    """How a command ended."""

    EXITED = "exited"
    TIMED_OUT = "timed out"
    MEMORY_LIMIT = "memory limit"
    PROCESS_LIMIT = "process limit"
    DISK_LIMIT = "disk limit"
    KILLED = "killed"


@dataclass(frozen=True, slots=True)
class SandboxResult:
    """What came of a command; `exit_code` is None unless it exited by itself."""

    ending: Ending
    exit_code: int | None
    output: str
    """stdout and stderr as they came, decoded, terminal escapes removed, cut at the limit."""
    truncated: bool
    seconds: float
    backend: str

    @property
    def succeeded(self) -> bool:
        """Whether it exited with 0."""
        return self.ending is Ending.EXITED and self.exit_code == 0


class Sandbox(Protocol):
    """Something that runs a command away from us."""

    @property
    def name(self) -> str:
        """Return the backend's name as it is shown in results."""
        ...

    def run(self, command: SandboxCommand) -> SandboxResult:
        """Run a command to its end or its limit; every descendant is gone afterwards."""
        ...


class StoppableSandbox(Sandbox, Protocol):
    """A sandbox whose commands somebody may end before their limits do."""

    def stopped_by(self, check: Callable[[], None]) -> Sandbox:
        """Return this sandbox with a stop: `check` is called about twice a second while it runs.

        What `check` raises ends the command with every descendant, then leaves `run`.
        """
        ...
