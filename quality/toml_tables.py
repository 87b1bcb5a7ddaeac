"""Tables of TOML files that anybody may have written; no I/O."""

from typing import Any


def table(data: dict[str, Any], key: str) -> dict[str, Any]:
    """Return the table under a key, an empty one where there is none or something else."""
    value = data.get(key)
    return value if isinstance(value, dict) else {}
