"""Runs a command in bubblewrap: no network, no secret, no other files, and an end for certain."""

import errno
import json
import os
import select
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from p2a.errors import SandboxUnavailable
from p2a.sandbox.arguments import (
    ETC,
    SHARED_MEMORY_BYTES,
    as_file,
    bubblewrap_options,
    limited,
)
from p2a.sandbox.disk import DiskWatch
from p2a.sandbox.host import HostFiles
from p2a.sandbox.interface import Ending, Limits, SandboxCommand, SandboxResult
from p2a.sandbox.output import Output
from p2a.sandbox.system_calls import call_filter
from p2a.sandbox.usage import children_of, tree_usage

_CHUNK = 1 << 16
_TICK_SECONDS = 0.1
_CHECK_SECONDS = 0.5
_GONE_SECONDS = 10.0
_SIGNAL_BASE = 128
_OUT_OF_MEMORY = ("MemoryError", "std::bad_alloc", "Cannot allocate memory", "out of memory")


@dataclass(slots=True)
class _Running:
    """A started bubblewrap: its process, its two pipes and what came through them."""

    process: subprocess.Popen[bytes]
    output_fd: int
    status_fd: int
    output: Output
    status: bytearray = field(default_factory=bytearray)
    init_fd: int | None = None
    """A pidfd of the namespace's first process: when that is gone, all in it are gone."""

    def statement(self, name: str) -> int | None:
        """Return what bubblewrap said about `child-pid` or `exit-code`, None for nothing yet."""
        for line in bytes(self.status).splitlines():
            with suppress(ValueError):
                value = json.loads(line).get(name)
                if isinstance(value, int):
                    return value
        return None

    def take(self, descriptor: int) -> bool:
        """Read once from a pipe and tell whether more may come."""
        data = os.read(descriptor, _CHUNK)
        if descriptor == self.output_fd:
            self.output.add(data)
            return bool(data)
        self.status += data
        child = self.statement("child-pid")
        if self.init_fd is None and child is not None:
            with suppress(ProcessLookupError):
                self.init_fd = os.pidfd_open(child)
        return bool(data)

    def kill(self) -> None:
        """Kill the whole tree and wait until the kernel has ended every process of it."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        if self.init_fd is not None:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self.init_fd, signal.SIGKILL)
            _wait_gone(self.init_fd)
        self.process.wait()


class Bubblewrap:
    """The sandbox of choice on Linux; unprivileged user namespaces must be allowed.

    A command's processes together may hold `memory_bytes` too, not only each of them.
    """

    name = "bubblewrap"

    def __init__(
        self,
        program: Path,
        *,
        host: HostFiles,
        monotonic: Callable[[], float] = time.monotonic,
        check: Callable[[], None] | None = None,
    ) -> None:
        self._program = program
        self._host = host
        self._monotonic = monotonic
        self._check = check

    def stopped_by(self, check: Callable[[], None]) -> "Bubblewrap":
        """Return the same sandbox, whose commands end when `check` raises."""
        return Bubblewrap(self._program, host=self._host, monotonic=self._monotonic, check=check)

    def run(self, command: SandboxCommand) -> SandboxResult:
        """Run a command to its end or its limit; every descendant is gone afterwards.

        Raises:
            SandboxUnavailable: bubblewrap could not isolate it; the command was not run.
            Exception: whatever `check` raised to stop it.
        """
        started = self._monotonic()
        written = [mount.source for mount in command.mounts if mount.writable]
        disk = DiskWatch(written, command.limits, monotonic=self._monotonic)
        with self._start(command) as running:
            try:
                stopped = self._watch(running, command.limits, disk, deadline=started)
            finally:
                running.kill()
        seconds = self._monotonic() - started
        ending, exit_code = _ending(running, stopped)
        return SandboxResult(
            ending=ending,
            exit_code=exit_code,
            output=running.output.text(),
            truncated=running.output.truncated,
            seconds=round(seconds, 3),
            backend=self.name,
        )

    @contextmanager
    def _start(self, command: SandboxCommand) -> Iterator[_Running]:
        output_read, output_write = os.pipe2(os.O_CLOEXEC)
        status_read, status_write = os.pipe2(os.O_CLOEXEC)
        etc_fds = {path: _memory_file(text.encode()) for path, text in ETC.items()}
        options = bubblewrap_options(command, host=self._host, etc_fds=etc_fds)
        # Not on its command line: the first process inside shows that in /proc/1/cmdline.
        options_fd = _memory_file(as_file(options))
        filter_fd = _memory_file(call_filter())
        given_fds = ["--args", str(options_fd), "--json-status-fd", str(status_write)]
        given_fds += ["--seccomp", str(filter_fd)]
        arguments = [*given_fds, "--", *limited(command)]
        inherited = (status_write, options_fd, filter_fd, *etc_fds.values())
        given = [output_write, *inherited]
        running: _Running | None = None
        try:
            try:
                process = self._spawn(arguments, output_write, inherited)
            finally:
                for descriptor in given:
                    os.close(descriptor)
            output = Output(command.limits.output_bytes)
            running = _Running(process, output_read, status_read, output)
            yield running
        finally:
            os.close(output_read)
            os.close(status_read)
            if running is not None and running.init_fd is not None:
                os.close(running.init_fd)

    def _spawn(
        self, arguments: list[str], output: int, descriptors: tuple[int, ...]
    ) -> subprocess.Popen[bytes]:
        try:
            # The environment is empty here, not by --clearenv: /proc/1/environ inside is this one.
            return subprocess.Popen(  # noqa: S603 (an argument list, an absolute program)
                [str(self._program), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={},
                cwd="/",
                pass_fds=descriptors,
                start_new_session=True,
            )
        except OSError as error:
            raise SandboxUnavailable(
                f"{self._program} could not be started",
                why=str(error),
                next_step="try again when the machine has processes to spare"
                if error.errno == errno.EAGAIN
                else "install bubblewrap and run `p2a doctor`",
            ) from error

    def _watch(
        self, running: _Running, limits: Limits, disk: DiskWatch, *, deadline: float
    ) -> Ending | None:
        deadline += limits.wall_seconds
        next_look = next_check = 0.0
        with selectors.DefaultSelector() as selector:
            selector.register(running.output_fd, selectors.EVENT_READ)
            selector.register(running.status_fd, selectors.EVENT_READ)
            while selector.get_map():
                now = self._monotonic()
                if now >= deadline:
                    return Ending.TIMED_OUT
                if now >= next_look:
                    beyond = _beyond(running, limits, disk)
                    if beyond is not None:
                        return beyond
                    next_look = now + _TICK_SECONDS
                if self._check is not None and now >= next_check:
                    self._check()
                    next_check = now + _CHECK_SECONDS
                for key, _ in selector.select(min(_TICK_SECONDS, deadline - now)):
                    if not running.take(key.fd):
                        selector.unregister(key.fd)
        # Both pipes are closed: it is ending by itself and its own exit code is the right one.
        with suppress(subprocess.TimeoutExpired):
            running.process.wait(timeout=_GONE_SECONDS)
        return None


def _beyond(running: _Running, limits: Limits, disk: DiskWatch) -> Ending | None:
    """Return which limit a tree as a whole is beyond; the kernel holds none of these for us."""
    # bubblewrap's own two processes come on top of the command's.
    most = limits.processes + 2
    usage = tree_usage(running.process.pid, most=most, memory=limits.memory_bytes)
    if usage.processes > most:
        return Ending.PROCESS_LIMIT
    if usage.bytes > limits.memory_bytes:
        return Ending.MEMORY_LIMIT
    first = running.statement("child-pid")
    inside = [] if first is None else [first, *children_of(first)]
    scratch = {"/tmp": limits.scratch_bytes, "/dev/shm": SHARED_MEMORY_BYTES}  # noqa: S108 (inside)
    return Ending.DISK_LIMIT if disk.is_full(inside, scratch=scratch) else None


def _ending(running: _Running, stopped: Ending | None) -> tuple[Ending, int | None]:
    """Tell how it ended; bubblewrap states an exit code only when the command was started."""
    code = running.statement("exit-code")
    if stopped is not None:
        return stopped, None
    if code is None and running.process.returncode >= 0:
        raise SandboxUnavailable(
            "bubblewrap could not isolate the command, so it was not run",
            why=running.output.text().strip()[-500:],
            next_step="run `p2a doctor` to see what this machine lacks",
        )
    if code is None:
        return Ending.KILLED, None
    if code == _SIGNAL_BASE + signal.SIGXCPU:
        return Ending.TIMED_OUT, None
    if code != 0 and _ran_out_of_memory(running.output.text()):
        return Ending.MEMORY_LIMIT, None
    if _SIGNAL_BASE < code < _SIGNAL_BASE + signal.NSIG:
        return Ending.KILLED, None
    return Ending.EXITED, code


def _ran_out_of_memory(text: str) -> bool:
    # The last line only: a test runner that caught a MemoryError still ends with its own summary.
    last = text.rstrip().rpartition("\n")[2]
    return any(word in last for word in _OUT_OF_MEMORY)


def _memory_file(content: bytes) -> int:
    descriptor = os.memfd_create("p2a", os.MFD_CLOEXEC)
    os.write(descriptor, content)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def _wait_gone(pidfd: int) -> None:
    poller = select.poll()
    poller.register(pidfd, select.POLLIN)
    if not poller.poll(_GONE_SECONDS * 1000):
        raise SandboxUnavailable(
            "a process in the sandbox could not be ended",
            why=f"it did not go within {_GONE_SECONDS:.0f} s after SIGKILL",
            next_step="look for processes in state D on this machine",
        )
