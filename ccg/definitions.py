"""What a module itself puts into a graph, whatever others do: definitions, lines, figures; no I/O."""

from collections.abc import Iterator
from typing import NamedTuple

from ccg.model import Node, NodeType
from ccg.solve.objects import Module
from ccg.syntax import ops
from ccg.syntax.facts import ModuleFacts, Unit, UnitKind

MAX_CALLEE = 80
"""Characters of an unresolved call's expression that are kept."""
_NODE_TYPES: dict[int, NodeType] = {
    UnitKind.MODULE: NodeType.MODULE,
    UnitKind.CLASS: NodeType.CLASS,
    UnitKind.FUNCTION: NodeType.FUNCTION,
    UnitKind.LAMBDA: NodeType.FUNCTION,
}
_IMPORTS = frozenset({ops.IMPORT, ops.FROM})


class Definition(NamedTuple):
    """A node that a module makes, and the id of the one that it stands in, empty for the module's own."""

    node: Node
    parent: str


def definitions(module: Module) -> list[Definition]:
    """Return what a module defines: its units in their order, then variables; an id may come twice."""
    units = module.facts.units
    names = [module.id_of(unit) for unit in units]
    written = _implementations(module.facts)
    found = []
    for name, unit in zip(names, units, strict=True):
        short = name.rpartition(".")[2]
        shown = written.get(unit.name, unit) if written else unit
        place = (module.path, shown.line, shown.end_line)
        node = Node(name, _NODE_TYPES[unit.kind], short, *place, shown.signature)
        found.append(Definition(node, names[unit.parent] if unit.parent >= 0 else ""))
    for number, unit in enumerate(units):
        # what a function stores in `self` is its class's
        owner = unit.parent if unit.kind == UnitKind.FUNCTION else number
        for short, line in _variables(module.facts, unit):
            name = f"{names[owner]}.{short}"
            node = Node(name, NodeType.VARIABLE, short, module.path, line, line)
            found.append(Definition(node, names[owner]))
    return found


def _implementations(facts: ModuleFacts) -> dict[str, Unit]:
    """Return by their names the functions that overload stubs stand before: the last that is no stub."""
    functions = [unit for unit in facts.units if unit.kind == UnitKind.FUNCTION]
    stubs = {id(unit): unit.name for unit in functions if _is_overload(facts, unit)}
    if not stubs:
        return {}
    names = {*stubs.values()}
    return {unit.name: unit for unit in functions if unit.name in names and id(unit) not in stubs}


def _is_overload(facts: ModuleFacts, unit: Unit) -> bool:
    """Tell whether a function only declares a signature of one that follows (`typing.overload`).

    https://docs.python.org/3/library/typing.html#typing.overload
    """
    names = (_text(facts, value, 0) for value in unit.decorators)
    return any(name == "overload" or name.endswith(".overload") for name in names)


def _variables(facts: ModuleFacts, unit: Unit) -> Iterator[tuple[str, int]]:
    """Return the variables of a module or a class, and what a method stores in `self`."""
    if unit.kind in {UnitKind.MODULE, UnitKind.CLASS}:
        for name, line in unit.name_lines.items():
            values = unit.bindings.get(name, ())
            if not values or not all(facts.ops[value][0] in _IMPORTS for value in values):
                yield name, line
    elif unit.parent >= 0 and facts.units[unit.parent].kind == UnitKind.CLASS:
        for name, values in unit.self_stores.items():
            yield name, min(facts.lines[value] for value in values)


def line_numbers(facts: ModuleFacts, defined: list[Definition]) -> list[int]:
    """Return the lines of a module's places: its operations, its definitions and its imports, in this order."""
    return [
        *facts.lines,
        *(one.node.line for one in defined),
        *(line for _, line, _, _, _ in facts.imports),
    ]


def complexity_of(module: Module) -> tuple[dict[str, int], dict[str, int]]:
    """Return the cyclomatic and the cognitive complexity of its functions; of equal names the highest."""
    cyclomatic: dict[str, int] = {}
    cognitive: dict[str, int] = {}
    for unit in module.facts.units:
        if unit.kind in {UnitKind.FUNCTION, UnitKind.LAMBDA}:
            name = module.id_of(unit)
            cyclomatic[name] = max(unit.cyclomatic, cyclomatic.get(name, 0))
            cognitive[name] = max(unit.cognitive, cognitive.get(name, 0))
    return cyclomatic, cognitive


def callee(facts: ModuleFacts, call: int) -> str:
    """Return the expression that a call calls, cut where it is long."""
    return _text(facts, facts.ops[call][1], 0)[:MAX_CALLEE]


def _text(facts: ModuleFacts, value: int, depth: int) -> str:
    op = facts.ops[value]
    if depth > MAX_CALLEE:
        return "..."
    match op[0]:
        case ops.ATTR:
            return f"{_text(facts, op[1], depth + 1)}.{op[2]}"
        case ops.CALL:
            return f"{_text(facts, op[1], depth + 1)}()"
        case ops.ITEM:
            return f"{_text(facts, op[1], depth + 1)}[...]"
        case ops.GLOBAL | ops.FREE:
            return str(op[-1])
        case ops.FROM:
            return str(op[3])
        case ops.IMPORT:
            return str(op[1])
        case ops.PARAM:
            return facts.units[op[1]].parameters[op[2]].name
        case ops.FUNC | ops.CLASS:
            return facts.units[op[1]].name.rpartition(".")[2]
    return "..."
