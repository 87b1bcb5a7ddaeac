"""Connecting to the queue's server: the operator's Redis or Valkey, else the embedded one."""

from typing import Any

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from p2a.errors import ConfigurationInvalid
from p2a.queue.embedded import START_SECONDS, ensure_embedded
from p2a.settings import Settings

ANSWER_SECONDS = 2.0
"""How long any command may take; a web request must not hang on a queue that is gone."""


def connect(settings: Settings, *, start_seconds: float = START_SECONDS) -> Redis:
    """Return a connection; close it, or use it as a context manager.

    With `P2A_REDIS_URL` nothing is sent yet, so the first command finds out whether it answers.
    Without it the embedded server is started if it does not run, and waited for.

    Raises:
        QueueUnavailable: the embedded server does not come up.
        ConfigurationInvalid: P2A_REDIS_URL is not a URL of Redis.
    """
    # One repeat for a connection that a restarted server left behind, at once: a caller waits.
    patience: dict[str, Any] = {
        "socket_timeout": ANSWER_SECONDS,
        "socket_connect_timeout": ANSWER_SECONDS,
        "retry": Retry(NoBackoff(), 1),
    }
    if settings.redis_url is None:
        socket = ensure_embedded(settings.data_dir, seconds=start_seconds)
        return Redis(unix_socket_path=str(socket), **patience)
    try:
        return Redis.from_url(settings.redis_url, **patience)
    except ValueError as error:
        raise ConfigurationInvalid(
            "P2A_REDIS_URL is not a URL of a Redis server",
            why=str(error),
            next_step="set it to redis://host:6379/0, rediss://... or unix:///path/to/socket",
        ) from error
