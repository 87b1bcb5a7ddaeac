"""A real PostgreSQL of a test run's own, from the programs in the `pgserver` wheel."""

import importlib.util
import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

OPTIONS = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c listen_addresses=''"


@contextmanager
def running_postgres() -> Iterator[str]:
    """Start a server on a unix socket and give the URL of its first database.

    PostgreSQL refuses to run as root: for root it runs as `nobody`, from a copy of the programs,
    because the folders above the originals may be closed to others.
    """
    with TemporaryDirectory(prefix="p2a-pg-", dir="/tmp") as temporary:
        folder = Path(temporary)
        user = None if os.getuid() else "nobody"
        programs = _programs(folder, user)
        data = folder / "data"
        data.mkdir(mode=0o700)
        if user:
            account = pwd.getpwnam(user)
            folder.chmod(0o755)
            for owned in (folder, data):
                os.chown(owned, account.pw_uid, account.pw_gid)
        _run(programs / "initdb", "-D", data, "-A", "trust", "-U", "p2a", "--no-sync", user=user)
        server = programs / "pg_ctl"
        options = f"-k {folder} {OPTIONS}"
        log = folder / "log"
        _run(server, "-D", data, "-w", "-l", log, "-o", options, "start", user=user)
        try:
            yield f"postgresql://p2a@/postgres?host={folder}"
        finally:
            _run(server, "-D", data, "-w", "-m", "immediate", "stop", user=user)


def _programs(folder: Path, user: str | None) -> Path:
    spec = importlib.util.find_spec("pgserver")
    assert spec is not None
    assert spec.origin is not None
    package = Path(spec.origin).parent
    if user is None:
        return package / "pginstall" / "bin"
    copy = folder / "programs"
    shutil.copytree(package / "pginstall", copy / "pgserver" / "pginstall", symlinks=True)
    shutil.copytree(package.with_name("pgserver.libs"), copy / "pgserver.libs")
    return copy / "pgserver" / "pginstall" / "bin"


def _run(program: Path, *arguments: object, user: str | None) -> None:
    done = subprocess.run(
        [str(program), *map(str, arguments)],
        user=user,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout.decode(errors="replace")
