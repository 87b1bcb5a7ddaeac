"""A peer for model protocols that nobody here wrote: npm's `@copilotkit/aimock`."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "contract" / "aimock"
PROGRAM = FOLDER / "node_modules/@copilotkit/aimock/dist/cli.js"
MISSING = "{what} is not there: run `make install` first, it brings what the contract's tests need"
START_SECONDS = 30


@contextmanager
def aimock(fixtures: Path) -> Iterator[str]:
    """Run the peer on a free port of this machine and give its address."""
    node = shutil.which("node")
    assert node is not None, MISSING.format(what="Node.js")
    assert PROGRAM.is_file(), MISSING.format(what=PROGRAM.name)
    port = _free_port()
    command = [node, str(PROGRAM), "-p", str(port), "-h", "127.0.0.1", "-f", str(fixtures)]
    with subprocess.Popen(
        command, cwd=FOLDER, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            _wait_for(port, process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        return int(server.getsockname()[1])


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, "aimock ended by itself"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("aimock does not answer")
