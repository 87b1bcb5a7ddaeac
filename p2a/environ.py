"""Single values read out of an environment mapping; the error names the variable."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from p2a.errors import ConfigurationInvalid


def read_url(environ: Mapping[str, str], name: str) -> str | None:
    """Return an http or https address without its last slash, None where none is set.

    Raises:
        ConfigurationInvalid: it is none.
    """
    value = environ.get(name, "").strip().rstrip("/")
    if not value:
        return None
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ConfigurationInvalid(
            f"{name} is not a URL: {value!r}",
            why="it must start with https:// (or http:// on a private network)",
            next_step=f"correct {name}",
        )
    return value


def read_integer(environ: Mapping[str, str], name: str) -> int | None:
    """Return a positive whole number, None where none is set.

    Raises:
        ConfigurationInvalid: it is none.
    """
    value = environ.get(name, "").strip()
    if not value:
        return None
    if not value.isascii() or not value.isdigit() or int(value) == 0:
        raise ConfigurationInvalid(
            f"{name} is not a positive whole number: {value!r}", next_step=f"correct {name}"
        )
    return int(value)


def read_list(environ: Mapping[str, str], name: str) -> tuple[str, ...]:
    """Return what is separated by commas, without blanks around it."""
    return tuple(part.strip() for part in environ.get(name, "").split(",") if part.strip())
