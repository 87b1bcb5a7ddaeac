"""What a file says apart from where it says it: with the same shapes, the same values are followed; no I/O."""

import json
from hashlib import blake2b
from operator import attrgetter
from typing import Any

from ccg.lowering import Found, Unread
from ccg.syntax.facts import ModuleFacts, Parameter, Unit

POSITIONS = frozenset({"line", "end_line", "name_lines", "cyclomatic", "cognitive", "signature"})
"""Of a unit what says where it stands and how it looks: the graph repeats it, and no value depends on it."""
_SIZE = 20
_CHILDREN = frozenset({"parameters"})
_OWN = attrgetter(*(name for name in Unit.__slots__ if name not in POSITIONS | _CHILDREN))
_PARAMETER = attrgetter(*Parameter.__slots__)
_REST = attrgetter(
    *(name for name in ModuleFacts.__slots__ if name not in {"units", "lines", "imports"})
)


def shape_of(found: Found) -> bytes:
    """Return a hash, equal for files that differ in nothing but `POSITIONS` and the lines of all else."""
    parts = ["unread", found.reason] if isinstance(found, Unread) else _parts(found)
    # Strings, integers, truth values and lists of them: each stays what it is, in its order.
    text = json.dumps(parts, separators=(",", ":"), check_circular=False)
    return blake2b(text.encode("ascii"), digest_size=_SIZE).digest()


def _parts(facts: ModuleFacts) -> list[Any]:
    units = [
        (_OWN(unit), list(unit.name_lines), [_PARAMETER(one) for one in unit.parameters])
        for unit in facts.units
    ]
    imports = [(unit, level, module, name) for unit, _, level, module, name in facts.imports]
    return [units, imports, _REST(facts)]
