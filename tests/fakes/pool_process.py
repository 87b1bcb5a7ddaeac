"""A pool of workers in a process of its own, with the stand-in job, as a test sees it."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from p2a.settings import Settings

ROOT = Path(__file__).parents[2]
POOL = ROOT / "tests/fakes/pool_main.py"
DEADLINE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the stand-in job's trace."""

    verb: str
    pid: int
    token: int
    workflow_id: str


class Workshop:
    """A folder with the stand-in job; starts pools and reads what their jobs did."""

    def __init__(self, folder: Path, settings: Settings, *, lease_seconds: float = 1.0) -> None:
        package = folder / "path" / "worker"
        package.mkdir(parents=True)
        (package / "__init__.py").touch()
        shutil.copy(ROOT / "tests/fakes/job_module.py", package / "job.py")
        self._folder = folder
        self._environ = {
            "PATH": os.defpath,
            "HOME": str(folder),
            "PYTHONPATH": f"{folder / 'path'}{os.pathsep}{ROOT}",
            "P2A_DATA_DIR": str(settings.data_dir),
            "P2A_DATABASE_URL": settings.database_url,
            "JOB_FOLDER": str(folder),
            "JOB_LEASE_SECONDS": str(lease_seconds),
        }
        if settings.redis_url:
            self._environ["P2A_REDIS_URL"] = settings.redis_url
        self._pools: list[subprocess.Popen[bytes]] = []

    def start(self, concurrency: int = 1, *arguments: str) -> "subprocess.Popen[bytes]":
        """Start a pool in a session of its own."""
        with (self._folder / "log").open("ab") as log:
            pool = subprocess.Popen(
                [sys.executable, str(POOL), str(concurrency), *arguments],
                env=self._environ,
                cwd=self._folder,
                stdout=log,
                stderr=log,
            )
        self._pools.append(pool)
        return pool

    def let_go(self) -> None:
        """Allow the stand-in jobs to end."""
        (self._folder / "go").touch()

    def let_crash(self) -> None:
        """Make the stand-in jobs raise."""
        (self._folder / "crash").touch()

    @property
    def trace(self) -> list[Line]:
        """Return what the jobs did so far."""
        path = self._folder / "trace"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        parts = [line.split() for line in lines]
        return [Line(verb, int(pid), int(token), name) for verb, pid, token, name in parts]

    @property
    def log(self) -> str:
        """Return what the pools logged so far."""
        return (self._folder / "log").read_text(encoding="utf-8", errors="replace")

    def verbs(self, verb: str) -> list[Line]:
        """Return the lines of the trace with this verb."""
        return [line for line in self.trace if line.verb == verb]

    def wait_for(self, condition: Callable[[], object]) -> None:
        """Wait until the condition holds; the pools' log explains when it does not."""
        eventually(condition, explain=lambda: f"{self.trace}\n{self.log}")

    def close(self) -> None:
        """End all pools."""
        for pool in self._pools:
            if pool.poll() is None:
                pool.send_signal(signal.SIGKILL)
            pool.wait()


def eventually(condition: Callable[[], object], *, explain: Callable[[], str] = str) -> None:
    """Wait until the condition holds, for a generous time."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, explain()
        time.sleep(0.02)


def is_running(pid: int) -> bool:
    """Tell whether the process is there and not only waiting to be buried."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def parent_of(pid: int) -> int:
    """Return the process id of a process's parent."""
    status = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    return int(status.rpartition(")")[2].split()[1])
