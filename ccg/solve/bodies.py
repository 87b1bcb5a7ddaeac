"""Which operations are carried out together: a function's, or a module's with its class bodies; no I/O."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

from ccg.syntax import ops
from ccg.syntax.facts import ModuleFacts, Op, ParameterKind, Unit, UnitKind

MAX_SIZE = 60
"""Operations of a function whose calls are told apart."""
MAX_DECORATING_SIZE = 200
"""The same where a decorator is applied: each place decorates one function, and all use the result."""
_CONST, _FREE, _PARAM, _PHI = ops.CONST, ops.FREE, ops.PARAM, ops.PHI


class Output(Enum):
    """What a value means to others."""

    RESULT = 1
    VARIABLE = 2
    NAME = 3
    EXPORT = 4


@dataclass(frozen=True, slots=True)
class Plan:
    """Where the arguments of a call of one form go."""

    positional: tuple[int, ...]
    """The place of the parameter for each, as far as there is one."""
    variadic: tuple[tuple[tuple[str, object], int], ...]
    """The keys in `*args` of those that come after, and which they are."""
    named: tuple[int, ...]
    """The place for each keyword, -1 for one that no parameter has."""
    left_out: tuple[int, ...]
    """Parameters that are not given."""


@dataclass(slots=True, eq=False)
class Body:
    """The code of a function or module."""

    unit: Unit
    number: int
    values: list[int] = field(default_factory=list)
    """Its operations but for literals, in order."""
    literals: list[int] = field(default_factory=list)
    loops: list[int] = field(default_factory=list)
    """Values that a later one flows back into."""
    captured: set[str] = field(default_factory=set)
    """Its variables that functions within read."""
    outputs: dict[int, list[tuple[Output, str, int]]] = field(default_factory=dict)
    """Values that others read: as what, under which name, of which unit."""
    parameters: dict[int, int] = field(default_factory=dict)
    """The value of each parameter, by its place."""
    plans: dict[tuple[int, int, tuple[str | None, ...]], Plan] = field(default_factory=dict)
    """By the number of a receiver, of positional arguments, and the keywords."""
    uses: dict[int, int | list[int]] = field(default_factory=dict)
    """The operations that have a value as an operand, mostly one, once they were asked for."""
    names: dict[str, int] = field(default_factory=dict)
    """The place of each parameter that can be named."""
    positional: int = 0
    """Parameters that can be given by position."""
    variadic: int = -1
    keywords: int = -1
    receiver: int = -1
    """Of a method the value of its first parameter."""
    passes_on: bool = False
    """What it returns may be, or hold, or come from calling, what it was given: its calls are told apart."""

    @property
    def size(self) -> int:
        """Return the number of its operations."""
        return len(self.values) + len(self.literals)

    def uses_of(self, facts: ModuleFacts) -> dict[int, int | list[int]]:
        """Return for each value the operation that has it as an operand, or several of them."""
        if not self.uses:
            uses, operations = self.uses, facts.ops
            for value in self.values:
                op = operations[value]
                code = op[0]
                if code in _OPERANDS:
                    places = _OPERANDS[code]
                    operands: Iterable[int] = (
                        [op[at] for at in places] if len(places) > 1 else (op[places[0]],)
                    )
                elif code in _COLLECTING:
                    operands = _collected(facts, op)
                else:
                    continue
                for operand in operands:
                    known = uses.setdefault(operand, value)
                    if isinstance(known, list):
                        known.append(value)
                    elif known != value:
                        uses[operand] = [known, value]
        return self.uses


def bodies_of(facts: ModuleFacts) -> dict[int, Body]:
    """Return the bodies of a file by the number of their unit, the module's first."""
    homes = _homes(facts)
    bodies = {number: Body(facts.units[number], number) for number in dict.fromkeys(homes)}
    captured: set[tuple[int, str]] = set()
    add = [bodies[home].values.append for home in homes]
    add_literal = [bodies[home].literals.append for home in homes]
    for value, (op, owner) in enumerate(zip(facts.ops, facts.owners, strict=True)):
        code = op[0]
        if code == _CONST:
            add_literal[owner](value)
            continue
        add[owner](value)
        if code == _PHI:
            if max(op[1]) > value:
                bodies[homes[owner]].loops.append(value)
        elif code == _FREE:
            captured.add((op[1], op[2]))
        elif code == _PARAM:
            bodies[homes[owner]].parameters[op[2]] = value
    _note_variables(facts, bodies, homes, captured)
    for body in bodies.values():
        _note_unit(facts, body)
    return bodies


def _note_variables(
    facts: ModuleFacts, bodies: dict[int, Body], homes: list[int], captured: set[tuple[int, str]]
) -> None:
    """Note which values are those of variables that others read."""
    for number, name in sorted(captured):
        bodies[number].captured.add(name)
        for value in facts.units[number].bindings.get(name, ()):
            home = bodies[homes[facts.owners[value]]]
            home.outputs.setdefault(value, []).append((Output.VARIABLE, name, number))
    for name, values in facts.units[0].bindings.items():
        for value in values:
            bodies[0].outputs.setdefault(value, []).append((Output.NAME, name, 0))
    for name, value in facts.stored_globals:
        home = bodies[homes[facts.owners[value]]]
        home.outputs.setdefault(value, []).append((Output.NAME, name, 0))


def _homes(facts: ModuleFacts) -> list[int]:
    """Return for each unit the one with whose code its own is carried out."""
    homes: list[int] = []
    for number, unit in enumerate(facts.units):
        homes.append(homes[unit.parent] if unit.kind == UnitKind.CLASS else number)
    return homes


def _note_unit(facts: ModuleFacts, body: Body) -> None:
    unit = body.unit
    for value in unit.yields if unit.is_generator else unit.returns:
        body.outputs.setdefault(value, []).append((Output.RESULT, "", 0))
    for index, parameter in enumerate(unit.parameters):
        if parameter.kind == ParameterKind.VARIADIC:
            body.variadic = index
        elif parameter.kind == ParameterKind.KEYWORDS:
            body.keywords = index
        else:
            body.names[parameter.name] = index
            if parameter.kind == ParameterKind.POSITIONAL:
                body.positional = index + 1
    parent = facts.units[unit.parent] if unit.parent >= 0 else None
    if parent is not None and parent.kind == UnitKind.CLASS and body.positional:
        body.receiver = body.parameters[0]
    if body.size <= MAX_DECORATING_SIZE:
        body.passes_on = _passes_on(facts, unit)


def _passes_on(facts: ModuleFacts, unit: Unit) -> bool:
    """Tell whether a parameter, or a variable of a function around, flows into what is returned.

    Attributes are not followed: what `self.x` holds is the same for all calls.
    """
    worklist = [*unit.returns, *unit.yields]
    seen = set(worklist)
    for value in worklist:
        op = facts.ops[value]
        code = op[0]
        if code in {ops.PARAM, ops.FREE} or (code == ops.FUNC and facts.units[op[1]].is_open):
            return True
        new = [one for one in _handed_on(op) if one not in seen]
        seen.update(new)
        worklist += new
    return False


def _handed_on(op: Op) -> Iterable[int]:
    """Return the values that may be, or be in, what an operation gives."""
    code = op[0]
    if code in _HANDED_ON:
        return [op[at] for at in _HANDED_ON[code] if op[at] >= 0]
    if code == ops.DICT:
        return [value for _, value in op[1]]
    return _listed(op) if code in {ops.PHI, ops.CALL, ops.SEQUENCE} else ()


def _collected(facts: ModuleFacts, op: Op) -> Iterable[int]:
    """Return the values that an operation reads of which there may be any number."""
    code = op[0]
    if code == ops.DICT:
        return [value for pair in op[1] for value in pair if value >= 0]
    if code == ops.CLASS:  # hooks are told of its keywords, and descriptors in it their names
        unit = facts.units[op[1]]
        bound = [value for values in unit.bindings.values() for value in values]
        return [*bound, *(value for _, value in unit.keywords)]
    return _listed(op)


def _listed(op: Op) -> Iterable[int]:
    code = op[0]
    if code == ops.PHI:
        values: Iterable[int] = op[1]
        return values
    if code == ops.CALL:
        given = [value if value >= 0 else ~value for value in op[2]]
        return [op[1], *given, *(value for _, value in op[3])]
    if code == ops.SEQUENCE:
        return [value if value >= 0 else ~value for value in op[2]]
    return ()


_COLLECTING = frozenset({ops.CALL, ops.CLASS, ops.DICT, ops.PHI, ops.SEQUENCE})
"""Operations with any number of operands."""
_OPERANDS = {
    ops.ATTR: (1,),
    ops.AWAIT: (1,),
    ops.BINARY: (2, 3),
    ops.CALLABLE: (1,),
    ops.CAUGHT: (1,),
    ops.COMPARE: (2, 3),
    ops.COMPREHENSION: (2, 3),
    ops.DELETE_ATTR: (1,),
    ops.DELETE_ITEM: (1, 2),
    ops.ENTER: (1,),
    ops.FORMAT: (1,),
    ops.ITEM: (1, 2),
    ops.ITERATE: (1,),
    ops.NARROW: (1, 2),
    ops.NOT_NONE: (1,),
    ops.PROMISED: (1,),
    ops.RAISE: (1,),
    ops.SLICE: (1,),
    ops.STORE_ATTR: (1, 3),
    ops.STORE_ITEM: (1, 2, 3),
    ops.SUPER: (2,),
    ops.TRUTH: (1,),
    ops.UNARY: (2,),
    ops.UNPACK: (1,),
    ops.YIELD_FROM: (1,),
}
"""Where the operands of an operation stand."""
_HANDED_ON = {
    ops.AWAIT: (1,),
    ops.BINARY: (2, 3),
    ops.CALLABLE: (1,),
    ops.COMPREHENSION: (3,),
    ops.ENTER: (1,),
    ops.ITEM: (1,),
    ops.ITERATE: (1,),
    ops.NARROW: (1,),
    ops.NOT_NONE: (1,),
    ops.PROMISED: (1,),
    ops.SLICE: (1,),
    ops.UNPACK: (1,),
    ops.YIELD_FROM: (1,),
}
"""Where those operands stand that are handed on."""
