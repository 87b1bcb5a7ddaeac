"""Holds a change back that would publish a secret; no I/O."""

from collections.abc import Callable, Iterable, Iterator

from p2a.effects import FileChange
from p2a.errors import EditRefused
from p2a.secret_forms import FoundSecret, find_secrets, redact

MAX_NAMED = 5


def refuse_secrets(changes: Iterable[FileChange], original: Callable[[str], bytes | None]) -> None:
    """Look for secrets that the base's file has not, whatever their file is, and in paths of new files.

    What says of itself that it is an example is let pass, and so is what only looks random: a check
    run names both.

    Args:
        changes: what is to be published.
        original: gives the base's content of a path, None where it has none.

    Raises:
        EditRefused: there is one; the message says where, and never what.
    """
    found = [place for change in changes for place in _places(change, original)]
    if not found:
        return
    more = f" and {len(found) - MAX_NAMED} more" if len(found) > MAX_NAMED else ""
    raise EditRefused(
        f"the change holds what looks like a secret, so nothing was published: "
        f"{', '.join(found[:MAX_NAMED])}{more}",
        why="whatever is pushed can be read by everybody who may read the repository",
        next_step="say in the command where the value is to come from, such as an environment variable",
    )


def brings_secret(text: str, *, before: str) -> bool:
    """Tell whether a text holds a secret that the one before it has not."""
    return any(True for _ in _new(text, before.encode()))


def _places(change: FileChange, original: Callable[[str], bytes | None]) -> Iterator[str]:
    if change.content is None:
        return
    before = original(change.path)
    path = redact(change.path)
    if before is None:
        for found in _new(change.path, b""):
            yield f"{found.form.name} in the path {path}"
    text = change.content.decode("utf-8", "replace")
    for found in _new(text, before or b""):
        line = text.count("\n", 0, found.start) + 1
        yield f"{found.form.name} at {path}:{line}"


def _new(text: str, before: bytes) -> Iterator[FoundSecret]:
    for found in find_secrets(text):
        secret = text[found.start : found.end]
        if found.form.is_certain and not found.is_example and secret.encode() not in before:
            yield found
