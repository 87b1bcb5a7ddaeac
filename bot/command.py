"""The door `p2a serve`: builds the real parts from the environment and runs the web server."""

import logging
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

import typer
import uvicorn

from bot.app import create_app
from p2a.data_directory import make_data_directory
from p2a.queue.connection import connect
from p2a.queue.jobs import enqueue
from p2a.queue.lane import lane_of
from p2a.queue.reconcile import Reconciler
from p2a.settings import Settings
from p2a.store.engine import open_engine
from p2a.store.migrate import migrate
from p2a.store.store import Store

HOST_HELP = "Address to listen on; keep 127.0.0.1 behind a TLS proxy, 0.0.0.0 in a container."

MAX_CONNECTIONS = 900
"""Beyond it a request is answered with 503; below the usual limit of 1024 open files."""

serve = typer.Typer(add_completion=False)


@serve.command()
def start(
    host: Annotated[str, typer.Option(help=HOST_HELP)] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8000,
) -> int:
    """Take GitHub's signed webhooks at /webhook and serve signed files at /artifacts.

    Settings come from the environment (docs/configuration.md). Ends with 3 when the webhook
    secret is missing, 5 when the database does not answer.
    """
    logging.basicConfig(
        level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(message)s"
    )
    logging.getLogger("alembic").setLevel(logging.WARNING)
    settings = Settings.from_environ(os.environ)
    secret = settings.required_secret()
    make_data_directory(settings.data_dir)
    engine = open_engine(settings.database_url)
    migrate(engine)
    store = Store(engine, _now)
    app = create_app(
        store,
        secret=secret,
        repositories=settings.repositories,
        enqueue=_enqueuer(settings, store),
        clock=_now,
        is_recording=settings.record,
    )
    with Reconciler(store, lambda: connect(settings), _now).running():
        config = uvicorn.Config(
            app,
            host=host,
            port=port,
            log_config=None,
            server_header=False,
            access_log=False,
            limit_concurrency=MAX_CONNECTIONS,
        )
        uvicorn.Server(config).run()
    engine.dispose()
    return 0


def _enqueuer(settings: Settings, store: Store) -> Callable[[str], None]:
    def tell(workflow_id: str) -> None:
        lane = lane_of(store.workflow(workflow_id))
        with connect(settings) as connection:
            enqueue(connection, workflow_id, lane=lane)

    return tell


def _now() -> datetime:
    return datetime.now(UTC)
