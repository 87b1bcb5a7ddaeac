"""What a file says apart from where it says it: with the same shapes, the same values are followed; no I/O."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from operator import attrgetter
from typing import Any

from ccg.lowering import Found, Unread
from ccg.syntax import ops
from ccg.syntax.facts import ModuleFacts, Op, Parameter, Unit, UnitKind

POSITIONS = frozenset({"line", "end_line", "name_lines", "cyclomatic", "cognitive", "signature"})
"""Of a unit what says where it stands and how it looks: the graph repeats it, and no value depends on it."""
_IN_PART = frozenset({"parameters", "bindings", "declared"})
_SIZE = 20
_OWN = attrgetter(*(name for name in Unit.__slots__ if name not in POSITIONS | _IN_PART))
_PARAMETER = attrgetter(*Parameter.__slots__)
_REST = attrgetter(
    *(name for name in ModuleFacts.__slots__ if name not in {"units", "ops", "lines", "imports"})
)


@dataclass(frozen=True, slots=True)
class Shape:
    """Of a file."""

    hash: str
    """Equal for files that differ in positions, names of variables within functions and texts alone."""
    texts: tuple[str, ...]
    """The hashes of its texts that can be no name, each once, in the order in which they stand there.

    Which texts these are makes no difference to the values either, as long as the equal ones are equal
    in all files, and none is taken for a name nevertheless.
    """

    def to_bytes(self) -> bytes:
        """Return the hashes one after the other."""
        return bytes.fromhex(self.hash + "".join(self.texts))

    @classmethod
    def from_bytes(cls, value: bytes) -> "Shape":
        """Read what `to_bytes` gave."""
        places = range(_SIZE, len(value), _SIZE)
        return cls(value[:_SIZE].hex(), tuple([value[at : at + _SIZE].hex() for at in places]))


def shape_of(found: Found) -> Shape:
    """Return the shape of a file, of one that has no facts that of its reason."""
    if isinstance(found, Unread):
        return Shape(_hash(["unread", found.reason]), ())
    texts: dict[str, int] = {}
    parts = _parts(found, texts)
    return Shape(_hash(parts), tuple(map(hash_of_text, texts)))


def is_no_name(text: str) -> bool:
    """Tell whether a text can name no variable, attribute or parameter."""
    return not text.isidentifier()


def hash_of_text(text: str) -> str:
    """Return the hash under which a shape has a text."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_SIZE).hexdigest()


def numbered(texts: Iterable[Sequence[str]]) -> list[list[int]]:
    """Return numbers for the texts of several files: equal ones have one, the first of them is 0."""
    numbers: dict[str, int] = {}
    return [[numbers.setdefault(text, len(numbers)) for text in own] for own in texts]


def _hash(parts: Any) -> str:
    # Strings, integers, truth values and lists of them: each stays what it is, in its order.
    text = json.dumps(parts, separators=(",", ":"), check_circular=False)
    return blake2b(text.encode("ascii"), digest_size=_SIZE).hexdigest()


def _parts(facts: ModuleFacts, texts: dict[str, int]) -> list[Any]:
    captured: defaultdict[int, set[str]] = defaultdict(set)
    for op in facts.ops:
        if op[0] == ops.FREE:
            captured[op[1]].add(op[2])
    units = [
        (
            _OWN(unit),
            [_PARAMETER(one) for one in unit.parameters],
            *_names(unit, captured[number]),
        )
        for number, unit in enumerate(facts.units)
    ]
    imports = [(unit, level, module, name) for unit, _, level, module, name in facts.imports]
    return [units, [_without_text(op, texts) for op in facts.ops], imports, _REST(facts)]


def _names(unit: Unit, captured: Collection[str]) -> tuple[Any, ...]:
    """Return what the names of a unit are bound to, of a function's those that others see."""
    if unit.kind in {UnitKind.MODULE, UnitKind.CLASS}:
        return unit.bindings, unit.declared, list(unit.name_lines)
    bindings = {name: values for name, values in unit.bindings.items() if name in captured}
    declared = {name: value for name, value in unit.declared.items() if name.startswith(".")}
    return bindings, declared


def _without_text(op: Op, texts: dict[str, int]) -> Op | list[Any]:
    """Return a literal that is no name, or begins none, as the number of its first place in the file."""
    if op[0] != ops.CONST:
        return op
    value = op[2]
    is_prefix = isinstance(value, tuple)
    text = value[1] if is_prefix else value
    if not isinstance(text, str) or not is_no_name(text):
        return op
    number = [texts.setdefault(text, len(texts))]
    return [ops.CONST, op[1], [value[0], number] if is_prefix else number]
