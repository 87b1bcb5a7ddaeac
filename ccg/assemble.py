"""From a solved program to its graph; no I/O."""

from collections import defaultdict
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

_End = tuple[str, EdgeType]
"""What an edge leads to, and how."""
# Named once: in Python 3.11 to name a member takes ten times as long as to read a variable.
_CALLS, _CONTAINS = EdgeType.CALLS, EdgeType.CONTAINS
_IMPORTS, _REFERENCES = EdgeType.IMPORTS, EdgeType.REFERENCES
_INHERITS = EdgeType.INHERITS
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
    assembler = _Assembler(s)
    assembled = assembler.assembled(not_analysed, version)
    # With the solver, which is full of rings, it is left to the collector: to take it down takes time.
    s.memo["assembled"] = (assembler, assembled)
    return assembled


class _Assembler:
    """Collects nodes and edges; the first line wins where a relation stands twice."""

    def __init__(self, s: Solver) -> None:
        self._s = s
        self._nodes: dict[str, Node] = {}
        self._module_of: dict[str, str] = {}
        self._defined = [definitions(module) for module in s.modules.values()]
        """By module what it defines."""
        self._made: dict[str, dict[_End, list[int]]] = defaultdict(dict)
        """Of each source its edges, and of each of these the places that make it."""
        self._attributes: dict[tuple[int, str], list[str]] = {}
        """What attributes of sets of objects refer to, but for modules."""
        self._found_in: dict[str, dict[int, str]] = defaultdict(dict)
        """By the name of an attribute where classes find it; empty where nowhere."""
        self._orders: dict[int, list[str]] = {}
        """By class the names that its attributes' begin with, each with its dot, its own first."""
        self._homes = [
            [
                defined[s.home_of(module, number)].node.id
                for number in range(len(module.facts.units))
            ]
            for module, defined in zip(s.modules.values(), self._defined, strict=True)
        ]
        """By module and unit the function or module whose code the unit's is."""
        self._calls = [
            [value for value, op in enumerate(module.facts.ops) if op[0] == ops.CALL]
            for module in s.modules.values()
        ]
        """The calls of each module."""

    def assembled(self, not_analysed: Sequence[NotAnalysed], version: str) -> Assembled:
        modules = list(self._s.modules.values())
        for [(node, _), *_] in self._defined:  # first, so that nothing else takes modules' names
            self._nodes[node.id] = node
        for module in modules:
            self._add_definitions(module)
        self._add_calls()
        for module in modules:
            self._add_inheritance(module)
            self._add_imports(module)
            self._add_references(module)
            self._add_makings(module)
        edges, places = self._edges()
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
            places,
            {module.path: self._defined[module.index] for module in modules},
            [(self._home(module, value), value) for module, value in unresolved],
            self._s.spelled,
        )

    # nodes

    def _add_definitions(self, module: Module) -> None:
        first = (module.index << SHIFT) + len(module.facts.ops)
        for place, (node, parent) in enumerate(self._defined[module.index], first):
            if self._nodes.setdefault(node.id, node) is node:
                self._module_of[node.id] = module.name
                if parent:
                    self._made[parent][node.id, _CONTAINS] = [place]
        package = self._s.modules.get(module.name.rpartition(".")[0])
        if package:
            self._made[package.name][module.name, _CONTAINS] = []

    def _add_outside(self, name: str) -> str:
        if name not in self._nodes:
            self._nodes[name] = Node(name, NodeType.IMPORT, name.rpartition(".")[2], "", 0, 0)
        return name

    def _add_edge(
        self, source: str, target: str, kind: EdgeType, module: Module, place: int
    ) -> None:
        made = self._made[source].setdefault((target, kind), [])
        made.append((module.index << SHIFT) + place)

    def _edges(self) -> tuple[tuple[Edge, ...], list[list[int]]]:
        """Return the edges in order, each with the first of its lines, and their places."""
        lines = [
            line_numbers(module.facts, self._defined[module.index])
            for module in self._s.modules.values()
        ]
        edges, found = [], []
        for source in sorted(self._made):
            made = self._made[source]
            for end in sorted(made):
                target, kind = end
                places = made[end]
                if len(places) == 1:  # as most have
                    line = lines[places[0] >> SHIFT][places[0] & MASK]
                else:
                    line = min([lines[place >> SHIFT][place & MASK] for place in places], default=1)
                if kind is _CALLS:
                    call = self._s.edges[source, target]
                    edges.append(Edge(source, target, kind, line, call.kind, call.resolution))
                else:
                    edges.append(Edge(source, target, kind, line))
                found.append(places)
        return tuple(edges), found

    # edges

    def _add_calls(self) -> None:
        for (source, target), found in self._s.edges.items():
            if target not in self._nodes:
                self._add_outside(target)
            if len(found.places) == 1:  # as most have
                [place] = found.places
                places = [place >> 1]
            else:
                places = sorted({place >> 1 for place in found.places})
            self._made[source][target, _CALLS] = places

    def _add_inheritance(self, module: Module) -> None:
        for at, unit in enumerate(module.facts.units):
            if unit.kind != UnitKind.CLASS:
                continue
            place = len(module.facts.ops) + at
            source = self._defined[module.index][at].node.id
            for value in unit.bases:
                value = value if value >= 0 else ~value
                for number in self._s.sets.members[module.values[value]]:
                    base = self._s.objects[number]
                    if isinstance(base, Class):
                        self._add_edge(source, self._id_of(base), _INHERITS, module, place)
                    elif isinstance(base, Outside) and not base.is_instance:
                        target = self._add_outside(base.name)
                        self._add_edge(source, target, _INHERITS, module, place)

    def _id_of(self, cls: Class) -> str:
        return self._defined[cls.module.index][cls.number].node.id

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

    def _definitions(self, module: Module, name: str) -> Iterable[str]:
        """Return the nodes that a name of a module stands for, through imports."""
        node = self._nodes.get(f"{module.name}.{name}")
        return self._imported_definitions(module, name) if node is None else (node.id,)

    def _imported_definitions(self, module: Module, name: str) -> Iterator[str]:
        seen: set[tuple[str, str]] = set()
        worklist = [(module, name)]
        while worklist:
            here, symbol = worklist.pop()
            if (here.name, symbol) in seen:
                continue
            seen.add((here.name, symbol))
            node = self._nodes.get(f"{here.name}.{symbol}")
            if node is not None:
                yield node.id
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
        homes, first = self._homes[module.index], module.index << SHIFT
        named: dict[str, list[str]] = {}
        for number, value, name in module.facts.reads:
            if not name:
                targets = self._referenced(module, value)
            elif name in named:
                targets = named[name]
            else:
                targets = named[name] = self._no_modules(self._definitions(module, name))
            if targets:
                source = homes[number]
                made = self._made[source]
                for target in targets:
                    if target != source and (target, _CALLS) not in made:
                        made.setdefault((target, _REFERENCES), []).append(first + value)

    def _add_makings(self, module: Module) -> None:
        """Note which classes are made that have no `__init__` of their own which the call leads to."""
        facts, objects, members = module.facts, self._s.objects, self._s.sets.members
        for value in self._calls[module.index]:
            op = facts.ops[value]
            if op[4] == ops.HOW_DECORATOR:
                continue
            for number in members[module.values[op[1]]]:
                cls = objects[number]
                if isinstance(cls, Class) and program.lookup(cls, "__init__") is not cls:
                    source = self._homes[module.index][facts.owners[value]]
                    self._add_edge(source, self._id_of(cls), _REFERENCES, module, value)

    def _referenced(self, module: Module, value: int) -> list[str]:
        """Return what the read of an attribute or of a local name refers to, but for modules."""
        op = module.facts.ops[value]
        if op[0] != ops.ATTR:
            return self._local(module, value)
        key = (module.values[op[1]], op[2])
        found = self._attributes.get(key)
        if found is None:
            names = self._attribute(self._s.sets.members[key[0]], op[2])
            found = self._attributes[key] = self._no_modules(names)
        return found

    def _local(self, module: Module, value: int) -> list[str]:
        """Return the function or class that a local name stands for, below its decorators."""
        facts = module.facts
        op = facts.ops[value]
        while op[0] == ops.CALL and op[4] == ops.HOW_DECORATOR:
            op = facts.ops[op[2][0]]
        if op[0] in {ops.FUNC, ops.CLASS}:
            return [self._defined[module.index][op[1]].node.id]
        return []

    def _no_modules(self, names: Iterable[str]) -> list[str]:
        return [name for name in dict.fromkeys(names) if self._nodes[name].type is not _MODULE]

    def _attribute(self, members: Iterable[int], name: str) -> Iterator[str]:
        """Yield what an attribute of these objects refers to."""
        found_in = self._found_in[name]
        for number in members:
            item = self._s.objects[number]
            if isinstance(item, ModuleObject):
                yield from self._definitions(item.module, name)
                continue
            cls = item.cls if isinstance(item, Instance) else item
            if isinstance(cls, Class):
                found = found_in.get(cls.id)
                if found is None:
                    found = found_in[cls.id] = self._find(cls, name)
                if found:
                    yield found

    def _find(self, cls: Class, name: str) -> str:
        """Return the node of an attribute of a class or of one above it, empty where there is none."""
        order = self._orders.get(cls.id)
        if order is None:
            order = self._orders[cls.id] = [f"{self._id_of(one)}." for one in cls.mro]
        return next((one + name for one in order if one + name in self._nodes), "")

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
        calls = [(edge.source, edge.target) for edge in edges if edge.type is _CALLS]
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
            call_cycles=metrics.cycles(calls),
        )
