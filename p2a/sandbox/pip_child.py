"""Runs pip for one download: it can start no program and find no host but those it was given.

The child of `p2a.sandbox.wheels`, started with `-I`; its task comes through standard input, so that an
index's password is on no command line. An audit hook cannot be taken back, and pip builds nothing
and clones nothing without a program: whatever a package asks for, none of its code runs here.
"""

import json
import os
import resource
import runpy
import sys
import threading
import time
from collections.abc import Collection
from pathlib import Path
from typing import Any

TOO_LARGE = 75
"""Exit code: the folder grew beyond its bytes."""
NO_PROGRAM = "a download starts no program"
_POLL_SECONDS = 0.2
_PROGRAMS = frozenset(
    {"os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.system"}
    | {"pty.spawn", "subprocess.Popen"}
)


def guard(hosts: Collection[str]) -> None:
    """Refuse programs and other hosts in this process, for good."""

    def refuse(event: str, arguments: tuple[Any, ...]) -> None:
        if event in _PROGRAMS:
            raise PermissionError(NO_PROGRAM)
        if event == "socket.getaddrinfo" and _text(arguments[0]) not in hosts:
            raise PermissionError(f"not the package index's host: {_text(arguments[0])}")

    sys.addaudithook(refuse)


def _text(host: object) -> str:
    text = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    return text.strip("[]").lower()


def watch(folder: Path, most: int) -> None:
    """End this process once the folder holds more bytes."""
    while True:
        if _size(folder) > most:
            os._exit(TOO_LARGE)
        time.sleep(_POLL_SECONDS)


def _size(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.lstat().st_size
        except OSError:  # gone meanwhile
            continue
    return total


def main() -> None:
    """Do what standard input says."""
    task = json.load(sys.stdin)
    resource.setrlimit(resource.RLIMIT_AS, (task["memory"], task["memory"]))
    resource.setrlimit(resource.RLIMIT_FSIZE, (task["bytes"], task["bytes"]))
    watched = (Path(task["folder"]), task["bytes"])
    threading.Thread(target=watch, args=watched, daemon=True).start()
    guard(frozenset(task["hosts"]))
    sys.argv = ["pip", *task["arguments"]]
    runpy.run_module("pip", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
