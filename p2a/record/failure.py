"""Errors as part of a record: from and to JSON; no I/O."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from p2a.errors import P2AError
from p2a.record.form import unreadable

_TIME = "$time"


class Unforeseen(Exception):
    """An error that is none of ours, played back by its text alone."""


def dump_failure(error: Exception) -> dict[str, Any]:
    """Return an error as JSON: of ours its kind and all that it carries, of others the text."""
    if not isinstance(error, P2AError):
        return {"unforeseen": f"{type(error).__name__}: {error}"[:500]}
    state = {name: _dumped(value) for name, value in error.__dict__.items()}
    return {"kind": type(error).__name__, "state": state}


def load_failure(value: Mapping[str, Any]) -> Exception:
    """Return the error that was recorded.

    Raises:
        RecordUnreadable: this version knows no such error.
    """
    if "unforeseen" in value:
        return Unforeseen(str(value["unforeseen"]))
    kind = _kinds(P2AError).get(str(value.get("kind")))
    state = value.get("state")
    if kind is None or not isinstance(state, Mapping) or "what" not in state:
        raise unreadable("it holds an error that is not known", why=str(value.get("kind"))[:100])
    error = kind.__new__(kind)
    Exception.__init__(error, state["what"])
    error.__dict__.update({name: _loaded(item) for name, item in state.items()})
    return error


def _kinds(root: type[P2AError]) -> dict[str, type[P2AError]]:
    found = {root.__name__: root}
    for kind in root.__subclasses__():
        found |= _kinds(kind)
    return found


def _dumped(value: Any) -> Any:
    if isinstance(value, datetime):
        return {_TIME: value.isoformat()}
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _loaded(value: Any) -> Any:
    if isinstance(value, Mapping) and _TIME in value:
        return datetime.fromisoformat(value[_TIME])
    return value
