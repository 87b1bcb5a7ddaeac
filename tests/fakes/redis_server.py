"""A real redis-server of a test's own, on a free port of 127.0.0.1."""

import shutil
import socket
import subprocess
import time
from pathlib import Path

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

START_SECONDS = 20.0


class RedisServer:
    """A server that keeps its data in a folder and can be stopped, killed and started again."""

    def __init__(self, folder: Path) -> None:
        program = shutil.which("redis-server", path="/usr/bin:/usr/local/bin:/opt/homebrew/bin")
        assert program, "install redis-server: the queue must pass its tests on a real one"
        self._program = program
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = {
            "bind": "127.0.0.1",
            "port": str(self.port),
            "dir": str(self._folder),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "maxmemory-policy": "noeviction",
            "save": "",
        }
        arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
        self._process = subprocess.Popen(
            [self._program, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            assert time.monotonic() < deadline, "redis-server did not start"
            time.sleep(0.02)

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _answers(self) -> bool:
        once = Retry(NoBackoff(), 0)
        try:
            with Redis(port=self.port, retry=once, socket_timeout=1) as connection:
                return bool(connection.ping())
        except RedisError:
            return False
