"""Notes the shapes of files in a process of its own, while what needs only their facts goes on.

It takes the facts from the store and puts the shapes there: nothing has to be handed over, and of a process
that failed there is what it had noted.
"""

import gc
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from ccg.cache import FILE_NAME, FactCache
from ccg.child import end_with
from ccg.helpers import command_of, end
from ccg.lowering import analyser
from ccg.reading import decoded
from ccg.shapes import note_shapes

SECONDS = 30
"""How long it is waited for after what it ran beside; SQLAlchemy's files take less than 1 in all."""


@contextmanager
def shaped_beside(keys: Collection[str], cache: Path) -> Iterator[None]:
    """Note the shapes of contents whose facts are in the store, beside what is done within.

    At the end the process is over; whether a shape is there, the caller has to see.
    """
    process = _start(keys, cache)
    try:
        yield
        if process is not None:
            process.wait(SECONDS)
    except subprocess.TimeoutExpired:
        pass  # it is ended
    finally:
        if process is not None:
            end(process)


def _start(keys: Collection[str], cache: Path) -> subprocess.Popen[bytes] | None:
    command = command_of("ccg.shaping", cache.absolute(), sys.getrecursionlimit())
    try:
        with tempfile.TemporaryFile() as file:
            file.write("\n".join(keys).encode("ascii"))
            file.seek(0)
            return subprocess.Popen(  # noqa: S603 (an argument list, never a shell)
                command,
                stdin=file,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
            )
    except OSError:
        return None  # no room for the keys, or too many processes


def main() -> None:
    """Note the shapes of the contents whose keys are the lines of the standard input."""
    cache, limit, parent = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    end_with(parent)
    sys.setrecursionlimit(limit)
    gc.disable()
    with FactCache(cache / FILE_NAME, analyser=analyser()) as store:
        records = store.get_many(sys.stdin.read().split())
    note_shapes(dict(decoded(records)), cache)
    os._exit(0)  # all is noted: to take the facts down would only take time
