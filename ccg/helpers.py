"""Reads many files in several processes, none of which can do harm by failing.

A helper is a new interpreter and no copy of this one, which may have threads. It sees no environment
variables of Python's, runs in `/`, imports this library alone, and ends with the thread that asked.
"""

import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from ccg.child import NUMBER, PLACE
from ccg.lowering import Unread, to_record

SECONDS_A_FILE = 30
"""No file may take longer; a helper that is busy with one is ended, and the file is left out."""
TOO_LONG = "takes too long to be read"
CRASHED = "the parser crashed"

_TICKETS = 1000  # of 4 bytes: what the smallest pipe holds
_CHUNK = 1 << 16
_LONGEST_RECORD = 1 << 28
_CRASHES = {-signal.SIGSEGV, -signal.SIGBUS, -signal.SIGABRT, -signal.SIGILL, -signal.SIGFPE}
_SCRIPT = "import sys; sys.path.append(sys.argv.pop(1)); from {} import main; main()"


@dataclass(slots=True)
class _Helper:
    process: subprocess.Popen[bytes]
    seconds: int
    """How long it may be silent."""
    since: float = field(default_factory=time.monotonic)
    """When it last said something."""
    said: bytearray = field(default_factory=bytearray)
    busy: int | None = None
    """The file that it is reading."""

    @property
    def output(self) -> IO[bytes]:
        assert self.process.stdout is not None  # noqa: S101 (it is a pipe)
        return self.process.stdout

    def records(self) -> Iterator[tuple[int, bytes]]:
        """Yield what it has said in full."""
        while len(self.said) >= NUMBER.size:
            [number] = NUMBER.unpack_from(self.said)
            if self.busy is None:
                self.busy = number
                del self.said[: NUMBER.size]
                continue
            end = NUMBER.size + number
            if number > _LONGEST_RECORD:
                self.process.kill()
            if len(self.said) < end:
                return
            record = bytes(self.said[NUMBER.size : end])
            del self.said[:end]
            yield self.busy, record
            self.busy = None

    def is_at_fault(self) -> str:
        """Return why the file that it was busy with cannot be read, empty where it can be tried."""
        if self.busy is None:
            return ""
        if self.process.returncode == -signal.SIGALRM:
            return TOO_LONG
        return CRASHED if self.process.returncode in _CRASHES else ""


def command_of(module: str, *arguments: object) -> list[str]:
    """Return the command that runs a module's `main` with these arguments and our process' number.

    The library's folder comes last on the path, so that the standard library is what it is everywhere.
    """
    script, folder = _SCRIPT.format(module), Path(__file__).parents[1]
    return [sys.executable, "-I", "-S", "-c", script, *map(str, (folder, *arguments, os.getpid()))]


def read_in_helpers(
    contents: Sequence[bytes],
    *,
    count: int,
    seconds: int = SECONDS_A_FILE,
    meanwhile: Callable[[], None] = lambda: None,
) -> Iterator[tuple[int, bytes]]:
    """Yield numbers of contents with their records, in the order in which they are done.

    What is missing at the end, the caller has to read: a helper failed, or could not be started.

    Args:
        contents: of files; helpers take the first ones first.
        count: of helpers.
        seconds: for each file.
        meanwhile: called once when they are started, for work that this process has to do anyway.
    """
    with ExitStack() as stack:
        try:
            work = stack.enter_context(tempfile.TemporaryFile())
            _write(contents, work)
            helpers = _start(work, len(contents), count, seconds, stack)
        except OSError:
            return  # no room for the contents, or no pipe
        meanwhile()
        selector = stack.enter_context(selectors.DefaultSelector())
        for helper in helpers:
            selector.register(helper.output, selectors.EVENT_READ, helper)
        while selector.get_map():
            for key, _ in selector.select(1):
                helper = key.data
                chunk = os.read(key.fd, _CHUNK)
                helper.since = time.monotonic()
                helper.said += chunk
                yield from helper.records()
                if not chunk:
                    selector.unregister(helper.output)
                    yield from _last_words(helper)
            yield from _end_late(helpers, selector)


def _last_words(helper: _Helper) -> Iterator[tuple[int, bytes]]:
    try:
        helper.process.wait(timeout=1)
    except subprocess.TimeoutExpired:
        return  # it is ended with the others
    reason = helper.is_at_fault()
    if reason and helper.busy is not None:
        yield helper.busy, to_record(Unread(reason, is_lasting=False))


def _end_late(
    helpers: Sequence[_Helper], selector: selectors.BaseSelector
) -> Iterator[tuple[int, bytes]]:
    """End those that said nothing for too long; what they were busy with is to blame."""
    for helper in helpers:
        is_late = time.monotonic() - helper.since > helper.seconds
        if is_late and helper.output in selector.get_map():
            helper.process.kill()
            selector.unregister(helper.output)
            if helper.busy is not None:
                yield helper.busy, to_record(Unread(TOO_LONG, is_lasting=False))


def _write(contents: Sequence[bytes], file: IO[bytes]) -> None:
    place = len(contents) * PLACE.size
    for content in contents:
        file.write(PLACE.pack(place, len(content)))
        place += len(content)
    file.writelines(contents)
    file.flush()


def _start(
    work: IO[bytes], total: int, count: int, seconds: int, stack: ExitStack
) -> list[_Helper]:
    tickets, giver = os.pipe()
    stack.callback(os.close, tickets)
    stride = min(total, _TICKETS)
    with os.fdopen(giver, "wb") as file:  # and then closed: helpers see the end
        file.write(b"".join(map(NUMBER.pack, range(stride))))
    given = (tickets, stride, total, seconds, sys.getrecursionlimit())
    command = command_of("ccg.child", *given)
    helpers = []
    for _ in range(count):
        try:
            process = subprocess.Popen(  # noqa: S603 (an argument list, never a shell)
                command,
                stdin=work,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                pass_fds=(tickets,),
                cwd="/",
            )
        except OSError:
            break  # too many processes
        stack.callback(end, process)
        helpers.append(_Helper(process, seconds))
    return helpers


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process, if it has not ended yet, and leave nothing of it."""
    process.kill()
    if process.stdout is not None:
        process.stdout.close()
    process.wait()
