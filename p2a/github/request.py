"""A request in GitHub's REST API as a value; no I/O."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Request:
    """A request in GitHub's REST API; `purpose` completes "could not ..."."""

    verb: str
    path: str
    purpose: str
    parameters: Mapping[str, str | int] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    repeatable: bool = False
    """Whether sending it twice leaves the same as sending it once."""
    creates: bool = False
    """Whether GitHub counts it as the creation of content."""
