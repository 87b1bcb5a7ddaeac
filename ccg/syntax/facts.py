"""What one file says, apart from all others; it depends on the file's bytes only; no I/O."""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

VERSION = 4
"""Of what `lower` says about a file, and part of the key under which that is kept.

It goes up with every change after which the same bytes give other facts: an operation, a field, a
line or a number that differs, also of the complexity and the signatures. What is kept under an older
number is not seen any more; without a new number old facts would be mixed with new ones.
"""

Op = tuple[Any, ...]
"""An operation of `ccg.ops`: its code, then its operands."""


class UnitKind(IntEnum):
    """What opened a scope."""

    MODULE = 0
    CLASS = 1
    FUNCTION = 2
    LAMBDA = 3


class ParameterKind(IntEnum):
    """How an argument reaches a parameter."""

    POSITIONAL = 0
    VARIADIC = 1
    KEYWORD = 2
    KEYWORDS = 3


@dataclass(slots=True)
class Parameter:
    """A parameter; `default` and `annotation` are values, -1 where there is none."""

    name: str
    kind: int
    default: int = -1
    annotation: int = -1


@dataclass(slots=True)
class Unit:
    """A module, class, function or lambda; `name` is the dotted name below the module."""

    kind: int
    name: str
    parent: int
    line: int
    end_line: int
    parameters: list[Parameter] = field(default_factory=list)
    returns: list[int] = field(default_factory=list)
    yields: list[int] = field(default_factory=list)
    return_annotation: int = -1
    is_generator: bool = False
    is_async: bool = False
    is_open: bool = False
    """It reads a variable of a function around it."""
    decorators: list[int] = field(default_factory=list)
    bases: list[int] = field(default_factory=list)
    keywords: list[tuple[str | None, int]] = field(default_factory=list)
    bindings: dict[str, list[int]] = field(default_factory=dict)
    """Of a module and a class the values that each name has for others; of a function all its values."""
    name_lines: dict[str, int] = field(default_factory=dict)
    self_stores: dict[str, list[int]] = field(default_factory=dict)
    """Of a method: what is stored in attributes of its first parameter."""
    declared: dict[str, int] = field(default_factory=dict)
    """Annotations of names, or of attributes of the first parameter."""
    cyclomatic: int = 0
    cognitive: int = 0
    signature: str = ""


@dataclass(slots=True)
class ModuleFacts:
    """All of a file: units (the module's own first), operations and where they stand."""

    units: list[Unit] = field(default_factory=list)
    ops: list[Op] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    owners: list[int] = field(default_factory=list)
    """The unit of each operation."""
    annotations: list[Any] = field(default_factory=list)
    """Types: ["ref", value] or ["union", types] or ["of", value, types]; null for no type."""
    stars: list[tuple[int, str]] = field(default_factory=list)
    """`from module import *` as (level, module)."""
    imports: list[tuple[int, int, int, str, str]] = field(default_factory=list)
    """Imports as (unit, line, level, module, name); the name is empty for `import module`."""
    reads: list[tuple[int, int, str]] = field(default_factory=list)
    """Reads of names of the module, of functions and classes made within, and of attributes, but for what
    is called, as (unit, value, name); the name is empty but for a name of the module."""
    stored_globals: list[tuple[str, int]] = field(default_factory=list)
    """What functions assign to names of the module."""
    exports: list[str] | None = None
    """`__all__`, where it is a literal."""
