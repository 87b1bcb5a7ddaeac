"""What a process that helps to read files does: it takes contents and writes records.

It is started by `ccg.helpers` alone. Its standard input is a file with all contents; numbers of
files come through a pipe that all helpers share, so that each takes the next when it is free.
"""

import ctypes
import gc
import os
import signal
import struct
import sys
from threading import Thread

from ccg.lowering import read_facts, to_record

NUMBER = struct.Struct("<I")
PLACE = struct.Struct("<QQ")
"""Where a content begins in the file and how long it is; the table of these is the file's begin."""
_GRACE = 5
"""Seconds that a helper waits longer than the one who started it, before it ends itself."""
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of Linux


def main() -> None:
    """Read files until there is no number left; the arguments are those of `ccg.helpers`."""
    tickets, stride, total, seconds, limit, parent = map(int, sys.argv[1:])
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)  # ends us even while the parser is busy
    end_with(parent)
    sys.setrecursionlimit(limit)
    gc.disable()
    # As in the process that asks: a thread's stack is empty, whatever called it.
    thread = Thread(target=_serve, args=(tickets, stride, total, seconds + _GRACE))
    thread.start()
    thread.join()
    os._exit(0)  # all is said: to take the trees down would take a tenth of the time


def end_with(parent: int) -> None:
    """Make this process end with the thread that started it; exit where that is gone already."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(1)  # it was gone before


def _serve(tickets: int, stride: int, total: int, seconds: int) -> None:
    try:
        while ticket := os.read(tickets, NUMBER.size):
            [first] = NUMBER.unpack(ticket)
            for number in range(first, total, stride):
                _say(NUMBER.pack(number))
                content = _content(number)
                signal.alarm(seconds)
                found = read_facts(content)
                signal.alarm(0)
                record = to_record(found)
                _say(NUMBER.pack(len(record)) + record)
    except OSError:
        return  # nobody listens any more


def _content(number: int) -> bytes:
    start, length = PLACE.unpack(os.pread(0, PLACE.size, number * PLACE.size))
    parts = []
    while length:
        part = os.pread(0, length, start)
        if not part:
            raise OSError("the file of contents is too short")
        parts.append(part)
        start, length = start + len(part), length - len(part)
    return b"".join(parts)


def _say(words: bytes) -> None:
    rest = memoryview(words)
    while rest:
        rest = rest[os.write(1, rest) :]
