"""The facts of a file as bytes and back; no I/O, and nothing of the bytes is ever run.

The form is made to be read fast: what is alike stands together in columns of numbers, which the
interpreter's own loops take apart; names stand once in a table. Bytes from elsewhere are refused or
give facts whose types are right and whose values and units exist.
"""

import json
import struct
import sys
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from itertools import accumulate, chain, repeat
from operator import attrgetter
from typing import Any, Protocol

from ccg.syntax import ops
from ccg.syntax.facts import ModuleFacts, Op, Parameter, Unit

FORMAT = 1
"""Of the bytes alone. What they say has `facts.VERSION`: both are part of a store's key."""

_HEADER = struct.Struct("<4sBxxxII")  # whose, bytes of a number, bytes of the tables, numbers
_MAGIC = b"p2f" + bytes([FORMAT])
_WIDTHS = {2: "h", 4: "i"}
_SHORT = 1 << 63
"""A longer integer stands as hexadecimal digits: decimal ones are slow, and Python limits them."""


class NotFacts(ValueError):
    """The bytes are no facts of this form, or the facts have something that this form cannot say."""


def encode(facts: ModuleFacts) -> bytes:
    """Return the facts as bytes that `decode` reads.

    Raises:
        NotFacts: an operation is not as `ops` says.
    """
    target = _Target()
    try:
        target.numbers.extend((len(facts.units), len(facts.ops)))
        _UNITS.write(target, facts.units)
        _write_ops(target, facts.ops)
        for name, column in _EACH_OP.items():
            column.write(target, getattr(facts, name))
        for name, rows in _ROWS.items():
            target.numbers.append(len(getattr(facts, name)))
            rows.write(target, getattr(facts, name))
        return target.to_bytes(facts.annotations, facts.exports)
    except (TypeError, ValueError, OverflowError, LookupError, AttributeError) as error:
        raise NotFacts(f"these facts cannot be encoded: {error}") from error


def decode(content: bytes) -> ModuleFacts:
    """Return the facts that `encode` wrote.

    Raises:
        NotFacts: these are other bytes.
    """
    try:
        source = _Source(content)
        source.units, source.values = source.take(2)
        units = _UNITS.read(source, source.units)
        found = _read_ops(source)
        each = [column.read(source, source.values) for column in _EACH_OP.values()]
        rows = [row.read(source, source.take(1)[0]) for row in _ROWS.values()]
        source.end()
    except (TypeError, ValueError, LookupError, struct.error, RecursionError) as error:
        raise NotFacts(f"these bytes are no facts: {error}") from error
    facts = ModuleFacts(units, found, annotations=source.annotations, exports=source.exports)
    for name, value in zip((*_EACH_OP, *_ROWS), (*each, *rows), strict=True):
        setattr(facts, name, value)
    return facts


class _Table(dict[Any, int]):
    """Gives each new key the next number."""

    def __missing__(self, key: Any) -> int:
        self[key] = number = len(self)
        return number


class _Target:
    """Collects numbers and tables."""

    def __init__(self) -> None:
        self.numbers: list[int] = []
        self.texts = _Table()
        self.constants = _Table()

    def to_bytes(self, annotations: list[Any], exports: list[str] | None) -> bytes:
        if not set(map(type, self.texts)) <= {str}:
            raise TypeError("a name is no text")
        constants = [_plain(kind, value) for kind, value in self.constants]
        tables = json.dumps(
            [list(self.texts), constants, annotations, exports], separators=(",", ":")
        ).encode("ascii")
        try:
            numbers = array("h", self.numbers)
        except OverflowError:
            numbers = array("i", self.numbers)
        count, width = len(numbers), numbers.itemsize
        if sys.byteorder == "big":
            numbers.byteswap()
        return _HEADER.pack(_MAGIC, width, len(tables), count) + tables + numbers.tobytes()


def _plain(kind: type, value: Any) -> Any:
    if kind is tuple:
        mark, text = value
        if mark == "prefix" and isinstance(text, str):
            return [text]
    elif kind is int:
        return value if -_SHORT <= value < _SHORT else {"hex": f"{value:x}"}
    elif kind in {str, bool, type(None)}:
        return value
    raise TypeError(f"{kind.__name__} is no constant")


class _Source:
    """Hands out numbers in the order in which they were written."""

    __slots__ = (
        "_end",
        "_next",
        "_numbers",
        "annotations",
        "constants",
        "exports",
        "texts",
        "units",
        "values",
    )

    def __init__(self, content: bytes) -> None:
        magic, width, length, count = _HEADER.unpack_from(content)
        start = _HEADER.size + length
        if magic != _MAGIC or width not in _WIDTHS or len(content) != start + count * width:
            raise ValueError("of another form or length")
        tables = json.loads(content[_HEADER.size : start].decode("ascii"))
        texts, constants, self.annotations, self.exports = tables
        self.texts: list[str] = list(map(sys.intern, texts))
        self.constants: list[Any] = list(map(_constant, constants))
        numbers: array[int] = array(_WIDTHS[width])
        numbers.frombytes(content[start:])
        if sys.byteorder == "big":
            numbers.byteswap()
        self._numbers = numbers.tolist()
        self._next, self._end = 0, count
        self.units = self.values = 0
        if not isinstance(self.annotations, list) or not _are_exports(self.exports):
            raise TypeError("a table of another type")

    def take(self, count: int) -> list[int]:
        start = self._next
        self._next = end = start + count
        if not start <= end <= self._end:
            raise ValueError("too few numbers")
        return self._numbers[start:end]

    def end(self) -> None:
        if self._next != self._end:
            raise ValueError("too many numbers")


def _constant(value: Any) -> Any:
    if value.__class__ is str:
        return sys.intern(value)
    if value.__class__ is list:
        [text] = value
        return ("prefix", sys.intern(text))
    if value.__class__ is dict:
        return int(value["hex"], 16)
    if value is None or isinstance(value, int):
        return value
    raise TypeError("no constant")


def _are_exports(value: Any) -> bool:
    return value is None or (isinstance(value, list) and all(isinstance(v, str) for v in value))


# columns: what a number of alike things have in one place


class _Column(Protocol):
    def write(self, target: _Target, column: Sequence[Any]) -> None: ...

    def read(self, source: _Source, count: int) -> list[Any]: ...


class _Numbers:
    def write(self, target: _Target, column: Sequence[Any]) -> None:
        target.numbers.extend(column)

    def read(self, source: _Source, count: int) -> list[int]:
        return source.take(count)


class _Flags(_Numbers):
    def read(self, source: _Source, count: int) -> list[bool]:  # type: ignore[override]
        return list(map(bool, source.take(count)))


class _Values(_Numbers):
    """Numbers of operations, or -1, or `~number`."""

    def read(self, source: _Source, count: int) -> list[int]:
        found = source.take(count)
        if found and not -source.values - 1 <= min(found) <= max(found) < source.values:
            raise ValueError("there is no such value")
        return found


class _UnitNumbers(_Numbers):
    """Numbers of units, or -1."""

    def read(self, source: _Source, count: int) -> list[int]:
        found = source.take(count)
        if found and not -1 <= min(found) <= max(found) < source.units:
            raise ValueError("there is no such unit")
        return found


class _Texts:
    def write(self, target: _Target, column: Sequence[Any]) -> None:
        target.numbers.extend(map(target.texts.__getitem__, column))

    def read(self, source: _Source, count: int) -> list[str]:
        return list(map(source.texts.__getitem__, source.take(count)))


class _Constants:
    """Integers, texts, ("prefix", text) or nothing."""

    def write(self, target: _Target, column: Sequence[Any]) -> None:
        known = target.constants
        target.numbers.extend([known[type(value), value] for value in column])

    def read(self, source: _Source, count: int) -> list[Any]:
        return list(map(source.constants.__getitem__, source.take(count)))


class _Lists:
    def __init__(self, inner: _Column) -> None:
        self._inner = inner

    def write(self, target: _Target, column: Sequence[Any]) -> None:
        target.numbers.extend(map(len, column))
        self._inner.write(target, list(chain.from_iterable(column)))

    def read(self, source: _Source, count: int) -> list[list[Any]]:
        lengths = source.take(count)
        if not any(lengths):
            return [[] for _ in lengths]
        if min(lengths) < 0:
            raise ValueError("a length below 0")
        ends = list(accumulate(lengths))
        flat = self._inner.read(source, ends[-1])
        return [flat[end - length : end] for end, length in zip(ends, lengths, strict=True)]


class _Dicts(_Lists):
    def __init__(self, value: _Column) -> None:
        super().__init__(_Rows(_TEXTS, value))

    def write(self, target: _Target, column: Sequence[Any]) -> None:
        super().write(target, [list(each.items()) for each in column])

    def read(self, source: _Source, count: int) -> list[dict[str, Any]]:  # type: ignore[override]
        return list(map(dict, super().read(source, count)))


class _Rows:
    """Tuples."""

    def __init__(self, *columns: _Column) -> None:
        self._columns = columns

    def write(self, target: _Target, column: Sequence[Any]) -> None:
        if column:
            for inner, part in zip(self._columns, zip(*column, strict=True), strict=True):
                inner.write(target, part)

    def read(self, source: _Source, count: int) -> list[Any]:
        return list(zip(*(column.read(source, count) for column in self._columns), strict=True))


class _Objects:
    """Values of a dataclass, all of whose fields are named in their order."""

    def __init__(self, make: Callable[..., Any], **columns: _Column) -> None:
        self._make = make
        self._columns = columns

    def write(self, target: _Target, column: Sequence[Any]) -> None:
        for name, inner in self._columns.items():
            inner.write(target, list(map(attrgetter(name), column)))

    def read(self, source: _Source, count: int) -> list[Any]:
        return list(
            map(self._make, *(column.read(source, count) for column in self._columns.values()))
        )


_NUMBERS, _FLAGS, _VALUES, _IN_UNIT = _Numbers(), _Flags(), _Values(), _UnitNumbers()
_TEXTS, _CONSTANTS, _MANY = _Texts(), _Constants(), _Lists(_VALUES)
_KEYWORDS = _Lists(_Rows(_CONSTANTS, _VALUES))

_PARAMETERS = _Objects(Parameter, name=_TEXTS, kind=_NUMBERS, default=_VALUES, annotation=_NUMBERS)
_UNITS = _Objects(
    Unit,
    kind=_NUMBERS,
    name=_TEXTS,
    parent=_IN_UNIT,
    line=_NUMBERS,
    end_line=_NUMBERS,
    parameters=_Lists(_PARAMETERS),
    returns=_MANY,
    yields=_MANY,
    return_annotation=_NUMBERS,
    is_generator=_FLAGS,
    is_async=_FLAGS,
    is_open=_FLAGS,
    decorators=_MANY,
    bases=_MANY,
    keywords=_KEYWORDS,
    bindings=_Dicts(_MANY),
    name_lines=_Dicts(_NUMBERS),
    self_stores=_Dicts(_MANY),
    declared=_Dicts(_NUMBERS),
    cyclomatic=_NUMBERS,
    cognitive=_NUMBERS,
    signature=_TEXTS,
)
_EACH_OP: dict[str, _Column] = {"lines": _NUMBERS, "owners": _IN_UNIT}
_ROWS: dict[str, _Column] = {
    "stars": _Rows(_NUMBERS, _TEXTS),
    "imports": _Rows(_IN_UNIT, _NUMBERS, _NUMBERS, _TEXTS, _TEXTS),
    "reads": _Rows(_IN_UNIT, _VALUES, _TEXTS),
    "stored_globals": _Rows(_TEXTS, _VALUES),
}
_OPERANDS: dict[int, tuple[_Column, ...]] = {
    ops.NONE: (),
    ops.CONST: (_TEXTS, _CONSTANTS),
    ops.FUNC: (_IN_UNIT,),
    ops.CLASS: (_IN_UNIT,),
    ops.PARAM: (_IN_UNIT, _NUMBERS),
    ops.GLOBAL: (_TEXTS,),
    ops.FREE: (_IN_UNIT, _TEXTS),
    ops.PHI: (_MANY,),
    ops.ATTR: (_VALUES, _TEXTS),
    ops.CALL: (_VALUES, _MANY, _KEYWORDS, _NUMBERS),
    ops.ITEM: (_VALUES, _VALUES),
    ops.BINARY: (_TEXTS, _VALUES, _VALUES),
    ops.UNARY: (_TEXTS, _VALUES),
    ops.COMPARE: (_TEXTS, _VALUES, _VALUES),
    ops.ITERATE: (_VALUES, _FLAGS),
    ops.AWAIT: (_VALUES,),
    ops.ENTER: (_VALUES, _FLAGS),
    ops.UNPACK: (_VALUES, _NUMBERS, _NUMBERS),
    ops.SEQUENCE: (_TEXTS, _MANY),
    ops.DICT: (_Lists(_Rows(_VALUES, _VALUES)),),
    ops.COMPREHENSION: (_TEXTS, _VALUES, _VALUES),
    ops.IMPORT: (_TEXTS,),
    ops.FROM: (_NUMBERS, _TEXTS, _TEXTS),
    ops.CAUGHT: (_VALUES,),
    ops.NARROW: (_VALUES, _VALUES, _FLAGS),
    ops.CALLABLE: (_VALUES, _FLAGS),
    ops.FORMAT: (_VALUES, _TEXTS),
    ops.YIELD_FROM: (_VALUES,),
    ops.SLICE: (_VALUES, _CONSTANTS, _CONSTANTS),
    ops.SUPER: (_IN_UNIT, _VALUES),
    ops.STORE_ATTR: (_VALUES, _TEXTS, _VALUES),
    ops.DELETE_ATTR: (_VALUES, _TEXTS),
    ops.STORE_ITEM: (_VALUES, _VALUES, _VALUES),
    ops.DELETE_ITEM: (_VALUES, _VALUES),
    ops.RAISE: (_VALUES,),
    ops.TRUTH: (_VALUES,),
    ops.DECLARED: (_NUMBERS,),
    ops.PROMISED: (_VALUES, _NUMBERS),
    ops.NOT_NONE: (_VALUES,),
}


def _write_ops(target: _Target, found: Sequence[Op]) -> None:
    """Write the codes as they come, then the operands of each code together."""
    alike: defaultdict[int, list[Op]] = defaultdict(list)
    for op in found:
        alike[op[0]].append(op)
    target.numbers.extend([op[0] for op in found])
    for code, several in sorted(alike.items()):
        _, *columns = zip(*several, strict=True)
        for column, operands in zip(_OPERANDS[code], columns, strict=True):
            column.write(target, operands)


def _read_ops(source: _Source) -> list[Op]:
    codes = source.take(source.values)
    alike = {}
    for code, count in sorted(Counter(codes).items()):
        columns = [column.read(source, count) for column in _OPERANDS[code]]
        alike[code] = zip(repeat(code, count), *columns, strict=True)
    return list(map(next, map(alike.__getitem__, codes)))
