"""Text as both databases can hold it: NUL and lone surrogates become visible signs; no I/O."""

import math
import re
from typing import Any

NUL_SIGN = "\u2400"
"""SYMBOL FOR NULL: PostgreSQL refuses U+0000 in text."""
SURROGATE_SIGN = "\ufffd"
"""REPLACEMENT CHARACTER: a lone surrogate has no UTF-8 form."""

_SURROGATE = re.compile("[\ud800-\udfff]")


def storable_text(text: str) -> str:
    """Return the text with what no database takes replaced by a visible sign."""
    return _SURROGATE.sub(SURROGATE_SIGN, text.replace("\0", NUL_SIGN))


def storable_json(value: Any) -> Any:
    """Return a JSON value with all texts storable, and NaN and infinities as their names."""
    match value:
        case str():
            return storable_text(value)
        case float() if not math.isfinite(value):
            return str(value)
        case dict():
            return {storable_text(str(key)): storable_json(item) for key, item in value.items()}
        case list() | tuple():
            return [storable_json(item) for item in value]
        case _:
            return value
