"""A delivery of GitHub's as a value; no I/O."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Delivery:
    """An authentic delivery; nothing in it but the signed body is to be trusted."""

    guid: str
    event: str
    action: str
    digest: str
    """SHA-256 of the raw body in hexadecimal."""
    payload: Mapping[str, Any]
