"""One run of `git http-backend` as a CGI program: its environment, its input and its answer."""

import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import IO

from playground.git_program import git_environment

PIECE = 64 * 1024
TIMEOUT_SECONDS = 600.0
HEAD_LINES = 100
PASSED_ON = {"content-type": "CONTENT_TYPE", "git-protocol": "HTTP_GIT_PROTOCOL"}


@dataclass(frozen=True, slots=True)
class BackendRequest:
    """What the CGI program is told of the HTTP request."""

    method: str
    git_dir: Path
    endpoint: str
    """`info/refs`, `git-upload-pack` or `git-receive-pack`."""
    query: str
    headers: Mapping[str, str]
    remote_user: str

    def environment(self) -> dict[str, str]:
        """Return the program's whole environment."""
        cgi = {
            "GIT_PROJECT_ROOT": str(self.git_dir.parent),
            "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": f"/{self.git_dir.name}/{self.endpoint}",
            "REQUEST_METHOD": self.method,
            "QUERY_STRING": self.query,
            "REMOTE_USER": self.remote_user,
            "REMOTE_ADDR": "127.0.0.1",
        }
        for header, name in PASSED_ON.items():
            if header in self.headers:
                cgi[name] = self.headers[header]
        return git_environment(cgi)


@dataclass(frozen=True, slots=True)
class Backend:
    """A running CGI program; no CONTENT_LENGTH is given, its input ends where the pipe does."""

    process: "subprocess.Popen[bytes]"
    feeder: threading.Thread

    def head(self) -> tuple[int, list[tuple[str, str]]]:
        """Read the answer's status and headers."""
        status, headers = 200, []
        for _ in range(HEAD_LINES):
            line = self._output.readline().decode("latin-1").rstrip("\r\n")
            if not line:
                break
            name, _, value = line.partition(": ")
            if name.lower() == "status":
                status = int(value.split(" ")[0])
            else:
                headers.append((name, value))
        # A program that died says nothing at all.
        return (status, headers) if headers else (500, headers)

    def body(self) -> Iterator[bytes]:
        """Read the answer's body piece by piece to its end."""
        while piece := self._output.read1(PIECE):
            yield piece

    def finish(self) -> None:
        """Wait until the program has ended and all of the request is read."""
        self.process.wait(TIMEOUT_SECONDS)
        self.feeder.join(TIMEOUT_SECONDS)

    @property
    def _output(self) -> BufferedReader:
        assert isinstance(self.process.stdout, BufferedReader)  # noqa: S101 - opened as a pipe
        return self.process.stdout


@contextmanager
def run_backend(request: BackendRequest, source: Callable[[], bytes]) -> Iterator[Backend]:
    """Run the program with what `source` gives until it gives nothing; it is gone afterwards."""
    with subprocess.Popen(
        ["git", "http-backend"],  # noqa: S607 - found on the fixed search path
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=request.environment(),
        cwd="/",
    ) as process:
        watchdog = threading.Timer(TIMEOUT_SECONDS, process.kill)
        watchdog.start()
        feeder = threading.Thread(target=_feed, args=(process, source), daemon=True)
        feeder.start()
        try:
            yield Backend(process=process, feeder=feeder)
        finally:
            watchdog.cancel()
            process.kill()
            feeder.join(TIMEOUT_SECONDS)


def _feed(process: "subprocess.Popen[bytes]", source: Callable[[], bytes]) -> None:
    assert process.stdin is not None  # noqa: S101 - opened as a pipe
    listening = True
    # A request that cannot be read on is one that ends here.
    with suppress(OSError, ValueError):
        while piece := source():
            if listening:
                listening = _offer(process.stdin, piece)
    with suppress(OSError):
        process.stdin.close()


def _offer(target: IO[bytes], piece: bytes) -> bool:
    # When the program has ended early, the rest is read and thrown away, so that the
    # client, which sends first and listens then, gets to the answer.
    try:
        target.write(piece)
        target.flush()
    except OSError:
        return False
    return True
