"""Tables of TOML files that anybody may have written; no I/O."""

import tomllib
from collections.abc import Mapping
from typing import Any


def read_toml(text: str) -> dict[str, Any]:
    """Return a document's tables, none when it does not parse."""
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError):  # not TOMLDecodeError alone: a number may be too long
        return {}


def table(data: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    """Return the table under keys, an empty one where there is none or something else."""
    found: Any = data
    for key in keys:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found if isinstance(found, dict) else {}
