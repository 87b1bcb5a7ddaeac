"""What can be asked of `p2a graph`: forms and views; no I/O."""

from dataclasses import dataclass
from enum import StrEnum


class Format(StrEnum):
    """In which form the answer is written."""

    TEXT = "text"
    JSON = "json"
    CALLGRAPH = "callgraph"
    MERMAID = "mermaid"
    DOT = "dot"
    GRAPHML = "graphml"
    HTML = "html"


ENDINGS = {
    ".json": Format.JSON,
    ".html": Format.HTML,
    ".htm": Format.HTML,
    ".graphml": Format.GRAPHML,
    ".dot": Format.DOT,
    ".gv": Format.DOT,
    ".mmd": Format.MERMAID,
    ".mermaid": Format.MERMAID,
}
"""The form that a file's name asks for where no other is named; else it is text."""


class Collapse(StrEnum):
    """What nodes are joined to."""

    MODULE = "module"


LISTS = frozenset({Format.TEXT, Format.JSON})
"""The forms of what is a list rather than a graph."""


DEPTH = 2
"""Steps around a focus where no other number is asked for."""


@dataclass(frozen=True, slots=True)
class View:
    """Which part of a graph is wanted, and how coarse."""

    focus: tuple[str, ...] = ()
    """Names as `ccg.query.find` takes them."""
    depth: int = DEPTH
    collapse: Collapse | None = None
