"""Runs one of our own programs with a named environment, a time limit and a limit on its output."""

import os
import selectors
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO

SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""Where our own programs are looked for: fixed, so that no environment can redirect it."""

_CHUNK = 1 << 16
_ERROR_BYTES = 1 << 16
_CHECK_SECONDS = 0.5


class Stop(StrEnum):
    """Why we ended a program that did not end by itself."""

    TIME = "time"
    OUTPUT = "output"


@dataclass(frozen=True, slots=True)
class Captured:
    """What came of a program; `stopped` None means that `code` is its own exit code."""

    code: int
    stdout: bytes
    stderr: bytes
    """The first 64 KiB of it."""
    stopped: Stop | None


def capture(
    argv: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: Path,
    stdin: bytes = b"",
    timeout: float,
    max_output: int,
    keep_open: Sequence[int] = (),
    check: Callable[[], None] = lambda: None,
) -> Captured:
    """Run a program in a session of its own; at a limit its whole process group is killed.

    The program inherits the descriptors `keep_open`, with the locks that are on them. `check` is called
    about twice a second; what it raises ends the program, then leaves here.

    Raises:
        OSError: the program cannot be started.
    """
    with tempfile.TemporaryFile() as given:
        given.write(stdin)
        given.seek(0)
        process = subprocess.Popen(  # noqa: S603 (an argument list, never a shell)
            list(argv),
            stdin=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(env),
            cwd=cwd,
            pass_fds=keep_open,
            start_new_session=True,
        )
    with process:
        streams = _Streams(process, max_output)
        stopped: Stop | None = None
        try:
            stopped = streams.read(until=time.monotonic() + timeout, check=check)
        finally:
            _end(process, kill=stopped is not None)
    return Captured(process.returncode, streams.stdout, streams.stderr, stopped)


class _Streams:
    def __init__(self, process: subprocess.Popen[bytes], limit: int) -> None:
        self._process = process
        self._limit = limit
        self._parts: list[bytes] = []
        self._size = 0
        self._errors = bytearray()

    @property
    def stdout(self) -> bytes:
        return b"".join(self._parts)

    @property
    def stderr(self) -> bytes:
        return bytes(self._errors)

    def read(self, *, until: float, check: Callable[[], None]) -> Stop | None:
        """Read both streams to their ends, or say why that was given up."""
        with selectors.DefaultSelector() as selector:
            selector.register(_stream(self._process.stdout), selectors.EVENT_READ, self._keep)
            selector.register(_stream(self._process.stderr), selectors.EVENT_READ, self._keep_error)
            while selector.get_map():
                left = until - time.monotonic()
                if left <= 0:
                    return Stop.TIME
                check()
                for key, _ in selector.select(min(left, _CHECK_SECONDS)):
                    data = os.read(key.fd, _CHUNK)
                    key.data(data)
                    if not data:
                        selector.unregister(key.fileobj)
                if self._size > self._limit:
                    return Stop.OUTPUT
        return _wait(self._process, until - time.monotonic())

    def _keep(self, data: bytes) -> None:
        self._parts.append(data)
        self._size += len(data)

    def _keep_error(self, data: bytes) -> None:
        self._errors += data[: _ERROR_BYTES - len(self._errors)]


def _stream(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None  # noqa: S101 (asked for as pipes)
    return stream


def _wait(process: subprocess.Popen[bytes], left: float) -> Stop | None:
    try:
        process.wait(timeout=max(left, 0.0))
    except subprocess.TimeoutExpired:
        return Stop.TIME
    return None


def _end(process: subprocess.Popen[bytes], *, kill: bool) -> None:
    # Also when an exception passes: nothing that we started may go on without us.
    if kill or process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()
