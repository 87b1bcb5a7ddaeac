"""From a solved program to its graph; no I/O."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from ccg import metrics
from ccg.definitions import Definition, callee, complexity_of, definitions, line_numbers
from ccg.graph import (
    ComplexityMetrics,
    Edge,
    EdgeType,
    Graph,
    Metadata,
    Node,
    NodeType,
    NotAnalysed,
    UnresolvedCall,
)
from ccg.solve import program
from ccg.solve.fixpoint import MASK, SHIFT
from ccg.solve.objects import Class, Instance, Module, ModuleObject, Outside
from ccg.solve.solver import Solver
from ccg.syntax import ops
from ccg.syntax.facts import UnitKind

_Key = tuple[str, str, EdgeType]
# Named once: in Python 3.11 to name a member takes ten times as long as to read a variable.
_CALLS, _CONTAINS = EdgeType.CALLS, EdgeType.CONTAINS
_IMPORTS, _REFERENCES = EdgeType.IMPORTS, EdgeType.REFERENCES
_MODULE = NodeType.MODULE


@dataclass(frozen=True, slots=True)
class Assembled:
    """A graph, and where in the files what it says of lines comes from."""

    graph: Graph
    places: Sequence[Sequence[int]]
    """Of each edge the places that make it, its line is the first one's; none for what has no place.

    A place is the module's number, shifted by `SHIFT`, and the number that `line_numbers` gives it.
    """
    defined: Mapping[str, Sequence[Definition]]
    """By the path of a module what it defines."""
    unresolved: Sequence[tuple[str, int]]
    """The calls of which nobody knows what they call: the ids of their functions, and the operations."""
    spelled: Set[str]
    """Literal texts that were taken for names."""


def assemble(s: Solver, not_analysed: Sequence[NotAnalysed], *, version: str) -> Assembled:
    """Return the graph of a solved program."""
    return _Assembler(s).assembled(not_analysed, version)


class _Assembler:
    """Collects nodes and edges; the first line wins where a relation stands twice."""

    def __init__(self, s: Solver) -> None:
        self._s = s
        self._nodes: dict[str, Node] = {}
        self._module_of: dict[str, str] = {}
        self._defined = [definitions(module) for module in s.modules.values()]
        """By module what it defines."""
        self._places: dict[_Key, list[int]] = {}
        """Of each edge the places that make it."""
        self._attributes: dict[tuple[int, str], list[str]] = {}
        """What attributes of sets of objects refer to."""
        self._found_in: dict[tuple[int, str], str] = {}
        """Where classes find attributes; empty where nowhere."""
        self._orders: dict[int, list[str]] = {}
        """By class the names that its attributes' begin with, each with its dot, its own first."""
        self._homes = [
            [module.id_of(s.owner_of(module, number)) for number in range(len(module.facts.units))]
            for module in s.modules.values()
        ]
        """By module and unit the function or module whose code the unit's is."""
        self._calls = [
            [value for value, op in enumerate(module.facts.ops) if op[0] == ops.CALL]
            for module in s.modules.values()
        ]
        """The calls of each module."""

    def assembled(self, not_analysed: Sequence[NotAnalysed], version: str) -> Assembled:
        modules = list(self._s.modules.values())
        for module in modules:  # first, so that nothing else takes their names
            self._add_definition(module, 0)
        for module in modules:
            self._add_definitions(module)
        self._add_calls()
        for module in modules:
            self._add_inheritance(module)
            self._add_imports(module)
            self._add_references(module)
            self._add_makings(module)
        keys = sorted(self._places)
        edges = self._edges(keys)
        unresolved = [(module, value) for module in modules for value in self._unresolved(module)]
        graph = Graph(
            nodes=tuple(node for _, node in sorted(self._nodes.items())),
            edges=edges,
            metadata=Metadata(
                version=version,
                files_analysed=len(modules),
                files_not_analysed=tuple(not_analysed),
                calls_resolved=sum(map(len, self._calls)) - len(unresolved),
                calls_unresolved=len(unresolved),
                unresolved=tuple(sorted(self._unresolved_call(*call) for call in unresolved)),
            ),
            complexity_metrics=self._complexity(edges),
            dependencies=metrics.dependencies(self._nodes, edges, self._module_of),
        )
        return Assembled(
            graph,
            [self._places[key] for key in keys],
            {module.path: self._defined[module.index] for module in modules},
            [(self._home(module, value), value) for module, value in unresolved],
            self._s.spelled,
        )

    # nodes

    def _add_definitions(self, module: Module) -> None:
        count = len(module.facts.units)
        for number in range(1, count):
            self._add_definition(module, number)
        package = self._s.modules.get(module.name.rpartition(".")[0])
        if package:
            self._places.setdefault((package.name, module.name, _CONTAINS), [])
        for number in range(count, len(self._defined[module.index])):
            self._add_definition(module, number)

    def _add_definition(self, module: Module, number: int) -> None:
        definition = self._defined[module.index][number]
        node = definition.node
        if node.id in self._nodes:
            return
        self._nodes[node.id] = node
        self._module_of[node.id] = module.name
        if definition.parent:
            place = len(module.facts.ops) + number
            self._add_edge(definition.parent, node.id, _CONTAINS, module, place)

    def _add_outside(self, name: str) -> str:
        if name not in self._nodes:
            self._nodes[name] = Node(name, NodeType.IMPORT, name.rpartition(".")[2], "", 0, 0)
        return name

    def _add_edge(
        self, source: str, target: str, kind: EdgeType, module: Module, place: int
    ) -> None:
        self._places.setdefault((source, target, kind), []).append((module.index << SHIFT) + place)

    def _edges(self, keys: Sequence[_Key]) -> tuple[Edge, ...]:
        """Return the edges, each with the first of its lines."""
        lines = [
            line_numbers(module.facts, self._defined[module.index])
            for module in self._s.modules.values()
        ]
        edges = []
        for key in keys:
            places = self._places[key]
            if len(places) == 1:  # as most have
                line = lines[places[0] >> SHIFT][places[0] & MASK]
            else:
                line = min([lines[place >> SHIFT][place & MASK] for place in places], default=1)
            found = self._s.edges[key[:2]] if key[2] is _CALLS else None
            if found is None:
                edges.append(Edge(*key, line))
            else:
                edges.append(Edge(*key, line, found.kind, found.resolution))
        return tuple(edges)

    # edges

    def _add_calls(self) -> None:
        for (source, target), found in self._s.edges.items():
            if target not in self._nodes:
                self._add_outside(target)
            places = {place >> 1 for place in found.places}
            self._places[source, target, _CALLS] = sorted(places) if len(places) > 1 else [*places]

    def _add_inheritance(self, module: Module) -> None:
        for at, unit in enumerate(module.facts.units):
            if unit.kind != UnitKind.CLASS:
                continue
            place = len(module.facts.ops) + at
            for value in unit.bases:
                value = value if value >= 0 else ~value
                for number in self._s.sets.members[module.values[value]]:
                    base = self._s.objects[number]
                    target = ""
                    if isinstance(base, Class):
                        target = base.name
                    elif isinstance(base, Outside) and not base.is_instance:
                        target = self._add_outside(base.name)
                    if target:
                        source = module.id_of(unit)
                        self._add_edge(source, target, EdgeType.INHERITS, module, place)

    def _add_imports(self, module: Module) -> None:
        s = self._s
        first = len(module.facts.ops) + len(self._defined[module.index])
        for place, (number, _, level, name, symbol) in enumerate(module.facts.imports, first):
            source = self._homes[module.index][number]
            target = program.absolute(module, level, name)
            found = program.find_module(s, module, target)
            for one in self._imported(found, target, symbol):
                if one != source:
                    self._add_edge(source, one, _IMPORTS, module, place)

    def _imported(self, found: Module | None, target: str, symbol: str) -> Iterator[str]:
        inner = self._s.modules.get(f"{target}.{symbol}") if symbol else None
        if found is not None:
            yield found.name
        if inner is not None:
            yield inner.name
        elif found is None:
            is_name = symbol not in {"", "*"}
            yield self._add_outside(f"{target}.{symbol}" if is_name else target)
        elif symbol not in {"", "*"}:
            yield from self._definitions(found, symbol)

    def _definitions(self, module: Module, name: str) -> Iterator[str]:
        """Return the nodes that a name of a module stands for, through imports."""
        seen: set[tuple[str, str]] = set()
        worklist = [(module, name)]
        while worklist:
            here, symbol = worklist.pop()
            if (here.name, symbol) in seen:
                continue
            seen.add((here.name, symbol))
            if f"{here.name}.{symbol}" in self._nodes:
                yield f"{here.name}.{symbol}"
                continue
            for value in here.facts.units[0].bindings.get(symbol, ()):
                op = here.facts.ops[value]
                if op[0] == ops.FROM:
                    target = program.absolute(here, op[1], op[2])
                    found = program.find_module(self._s, here, target)
                    if found is not None:
                        worklist.append((found, op[3]))
            for level, star in here.facts.stars:
                found = program.find_module(self._s, here, program.absolute(here, level, star))
                if found is not None and symbol not in here.facts.units[0].bindings:
                    worklist.append((found, symbol))

    def _add_references(self, module: Module) -> None:
        facts = module.facts
        homes = self._homes[module.index]
        for number, value, name in facts.reads:
            source = homes[number]
            for target in self._referenced(module, value, name):
                kind = self._nodes[target].type
                called = (source, target, _CALLS) in self._places
                if kind is _MODULE or target == source or called:
                    continue
                self._add_edge(source, target, _REFERENCES, module, value)

    def _add_makings(self, module: Module) -> None:
        """Note which classes are made that have no `__init__` of their own which the call leads to."""
        facts = module.facts
        for value in self._calls[module.index]:
            op = facts.ops[value]
            if op[4] == ops.HOW_DECORATOR:
                continue
            for number in self._s.sets.members[module.values[op[1]]]:
                cls = self._s.objects[number]
                if isinstance(cls, Class) and program.lookup(cls, "__init__") is not cls:
                    source = self._homes[module.index][facts.owners[value]]
                    self._add_edge(source, cls.name, _REFERENCES, module, value)

    def _referenced(self, module: Module, value: int, name: str) -> Iterable[str]:
        op = module.facts.ops[value]
        if name:
            return self._definitions(module, name)
        if op[0] != ops.ATTR:
            return self._made(module, value)
        key = (module.values[op[1]], op[2])
        found = self._attributes.get(key)
        if found is None:
            objects = self._s.sets.members[key[0]]
            names = (one for number in objects for one in self._attribute(number, op[2]))
            found = self._attributes[key] = list(dict.fromkeys(names))
        return found

    def _made(self, module: Module, value: int) -> Iterable[str]:
        """Return the function or class that a local name stands for, below its decorators."""
        facts = module.facts
        op = facts.ops[value]
        while op[0] == ops.CALL and op[4] == ops.HOW_DECORATOR:
            op = facts.ops[op[2][0]]
        if op[0] in {ops.FUNC, ops.CLASS}:
            yield module.id_of(facts.units[op[1]])

    def _attribute(self, number: int, name: str) -> Iterator[str]:
        item = self._s.objects[number]
        if isinstance(item, ModuleObject):
            yield from self._definitions(item.module, name)
        cls = item.cls if isinstance(item, Instance) else item
        if isinstance(cls, Class):
            found = self._found_in.get((cls.id, name))
            if found is None:
                order = self._orders.get(cls.id)
                if order is None:
                    order = self._orders[cls.id] = [f"{one.name}." for one in cls.mro]
                found = next((one + name for one in order if one + name in self._nodes), "")
                self._found_in[cls.id, name] = found
            if found:
                yield found

    # figures

    def _unresolved(self, module: Module) -> list[int]:
        """Return the calls of which nobody knows what they call."""
        return [value for value in self._calls[module.index] if value not in module.resolved]

    def _unresolved_call(self, module: Module, value: int) -> UnresolvedCall:
        facts = module.facts
        return UnresolvedCall(self._home(module, value), facts.lines[value], callee(facts, value))

    def _home(self, module: Module, value: int) -> str:
        return self._homes[module.index][module.facts.owners[value]]

    def _complexity(self, edges: Sequence[Edge]) -> ComplexityMetrics:
        imports = {
            (self._module_of[edge.source], self._module_of[edge.target])
            for edge in edges
            if edge.type is _IMPORTS and edge.target in self._module_of
        }
        calls = {(edge.source, edge.target) for edge in edges if edge.type is _CALLS}
        cyclomatic: dict[str, int] = {}
        cognitive: dict[str, int] = {}
        for module in self._s.modules.values():
            own = complexity_of(module)
            for whole, part in zip((cyclomatic, cognitive), own, strict=True):
                whole.update((name, max(value, whole.get(name, 0))) for name, value in part.items())
        return ComplexityMetrics(
            cyclomatic=dict(sorted(cyclomatic.items())),
            cognitive=dict(sorted(cognitive.items())),
            import_cycles=metrics.cycles(sorted(imports)),
            call_cycles=metrics.cycles(sorted(calls)),
        )
