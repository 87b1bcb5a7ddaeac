"""All checks in the order in which they are shown."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from urllib.parse import unquote, urlsplit

from p2a.doctor.finding import Finding, without
from p2a.doctor.machine import (
    check_data_dir,
    check_git,
    check_python,
    check_sandbox,
    check_test_env,
    check_user,
)
from p2a.doctor.model import check_model
from p2a.doctor.outside import (
    check_app,
    check_git_transport,
    check_public_url,
    check_webhook_secret,
)
from p2a.doctor.service import check_database, check_queue
from p2a.settings import Settings

Check = Callable[[Settings], Finding]


def checks(clock: Callable[[], datetime]) -> tuple[Check, ...]:
    """Return every check."""
    return (
        check_python,
        check_user,
        check_git,
        check_sandbox,
        check_test_env,
        check_data_dir,
        check_database,
        check_queue,
        check_webhook_secret,
        check_git_transport,
        lambda settings: check_app(settings, clock),
        check_public_url,
        check_model,
    )


def examine(settings: Settings, *, clock: Callable[[], datetime]) -> tuple[Finding, ...]:
    """Run every check; no finding holds a secret of the settings."""
    found: Iterable[Finding] = (check(settings) for check in checks(clock))
    return without(found, _secrets(settings))


def _secrets(settings: Settings) -> Iterator[str]:
    keys = settings.models.keys.values()
    for value in (settings.private_key, settings.webhook_secret, *keys):
        if value:
            yield value
    for url in (settings.database_url, settings.redis_url, settings.package_index):
        password = urlsplit(url or "").password
        if password:
            yield from (password, unquote(password))
