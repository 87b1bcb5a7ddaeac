"""From a solved program to its graph; no I/O."""

from collections.abc import Iterable, Iterator, Sequence

from ccg import metrics
from ccg.graph import (
    CallKind,
    ComplexityMetrics,
    Edge,
    EdgeType,
    Graph,
    Metadata,
    Node,
    NodeType,
    NotAnalysed,
    Resolution,
    UnresolvedCall,
)
from ccg.solve import program
from ccg.solve.objects import Class, Instance, Module, ModuleObject, Outside
from ccg.solve.solver import Solver
from ccg.syntax import ops
from ccg.syntax.facts import ModuleFacts, Unit, UnitKind

MAX_CALLEE = 80
"""Characters of an unresolved call's expression that are kept."""
_NODE_TYPES = {
    UnitKind.MODULE: NodeType.MODULE,
    UnitKind.CLASS: NodeType.CLASS,
    UnitKind.FUNCTION: NodeType.FUNCTION,
    UnitKind.LAMBDA: NodeType.FUNCTION,
}
_IMPORTS = frozenset({ops.IMPORT, ops.FROM})


def assemble(s: Solver, not_analysed: Sequence[NotAnalysed], *, version: str) -> Graph:
    """Return the graph of a solved program."""
    return _Assembler(s).graph(not_analysed, version)


class _Assembler:
    """Collects nodes and edges; the first line wins where a relation stands twice."""

    def __init__(self, s: Solver) -> None:
        self._s = s
        self._nodes: dict[str, Node] = {}
        self._module_of: dict[str, str] = {}
        self._edges: dict[tuple[str, str, EdgeType], Edge] = {}
        self._attributes: dict[tuple[int, str], list[str]] = {}
        """What attributes of sets of objects refer to."""
        self._found_in: dict[tuple[int, str], str] = {}
        """Where classes find attributes; empty where nowhere."""
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

    def graph(self, not_analysed: Sequence[NotAnalysed], version: str) -> Graph:
        modules = list(self._s.modules.values())
        for module in modules:  # first, so that nothing else takes their names
            self._add_unit(module, module.facts.units[0])
        for module in modules:
            self._add_definitions(module)
        self._add_calls()
        for module in modules:
            self._add_inheritance(module)
            self._add_imports(module)
            self._add_references(module)
            self._add_makings(module)
        edges = [self._edges[key] for key in sorted(self._edges)]
        unresolved = sorted(self._unresolved())
        calls = sum(map(len, self._calls))
        return Graph(
            nodes=tuple(node for _, node in sorted(self._nodes.items())),
            edges=tuple(edges),
            metadata=Metadata(
                version=version,
                files_analysed=len(modules),
                files_not_analysed=tuple(not_analysed),
                calls_resolved=calls - len(unresolved),
                calls_unresolved=len(unresolved),
                unresolved=tuple(unresolved),
            ),
            complexity_metrics=self._complexity(edges),
            dependencies=metrics.dependencies(self._nodes, edges, self._module_of),
        )

    # nodes

    def _add_unit(self, module: Module, unit: Unit) -> None:
        name = module.id_of(unit)
        short = name.rpartition(".")[2]
        kind = _NODE_TYPES[UnitKind(unit.kind)]
        node = Node(name, kind, short, module.path, unit.line, unit.end_line, unit.signature)
        parent = module.facts.units[unit.parent] if unit.parent >= 0 else None
        self._add_node(node, module, parent=parent)

    def _add_definitions(self, module: Module) -> None:
        for unit in module.facts.units[1:]:
            self._add_unit(module, unit)
        package = self._s.modules.get(module.name.rpartition(".")[0])
        if package:
            self._add_edge(package.name, module.name, EdgeType.CONTAINS, line=1)
        for unit in module.facts.units:
            for name, line in _variables(module.facts, unit):
                self._add_variable(module, unit, name, line)

    def _add_variable(self, module: Module, unit: Unit, name: str, line: int) -> None:
        owner = unit
        if unit.kind == UnitKind.FUNCTION:  # what it stores in `self` is its class's
            owner = module.facts.units[unit.parent]
        full = f"{module.id_of(owner)}.{name}"
        node = Node(full, NodeType.VARIABLE, name, module.path, line, line)
        self._add_node(node, module, parent=owner)

    def _add_node(self, node: Node, module: Module, *, parent: Unit | None) -> None:
        if node.id in self._nodes:
            return
        self._nodes[node.id] = node
        self._module_of[node.id] = module.name
        if parent:
            self._add_edge(module.id_of(parent), node.id, EdgeType.CONTAINS, line=node.line)

    def _add_outside(self, name: str) -> str:
        if name not in self._nodes:
            self._nodes[name] = Node(name, NodeType.IMPORT, name.rpartition(".")[2], "", 0, 0)
        return name

    def _add_edge(
        self,
        source: str,
        target: str,
        kind: EdgeType,
        *,
        line: int,
        how: CallKind | None = None,
        resolution: Resolution | None = None,
    ) -> None:
        key = (source, target, kind)
        known = self._edges.get(key)
        if known is None or line < known.line:
            self._edges[key] = Edge(source, target, kind, line, how, resolution)

    # edges

    def _add_calls(self) -> None:
        for (source, target), found in self._s.edges.items():
            if target not in self._nodes:
                self._add_outside(target)
            self._add_edge(
                source,
                target,
                EdgeType.CALLS,
                line=found.line,
                how=found.kind,
                resolution=found.resolution,
            )

    def _add_inheritance(self, module: Module) -> None:
        for unit in module.facts.units:
            if unit.kind != UnitKind.CLASS:
                continue
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
                        self._add_edge(
                            module.id_of(unit), target, EdgeType.INHERITS, line=unit.line
                        )

    def _add_imports(self, module: Module) -> None:
        s = self._s
        for number, line, level, name, symbol in module.facts.imports:
            source = self._homes[module.index][number]
            target = program.absolute(module, level, name)
            found = program.find_module(s, module, target)
            for one in self._imported(found, target, symbol):
                if one != source:
                    self._add_edge(source, one, EdgeType.IMPORTS, line=line)

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
        todo = [(module, name)]
        while todo:
            here, symbol = todo.pop()
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
                        todo.append((found, op[3]))
            for level, star in here.facts.stars:
                found = program.find_module(self._s, here, program.absolute(here, level, star))
                if found is not None and symbol not in here.facts.units[0].bindings:
                    todo.append((found, symbol))

    def _add_references(self, module: Module) -> None:
        facts = module.facts
        homes = self._homes[module.index]
        for number, value, name in facts.reads:
            source = homes[number]
            for target in self._referenced(module, value, name):
                kind = self._nodes[target].type
                called = (source, target, EdgeType.CALLS) in self._edges
                if kind is NodeType.MODULE or target == source or called:
                    continue
                self._add_edge(source, target, EdgeType.REFERENCES, line=facts.lines[value])

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
                    line = facts.lines[value]
                    self._add_edge(source, cls.name, EdgeType.REFERENCES, line=line)

    def _referenced(self, module: Module, value: int, name: str) -> Iterable[str]:
        op = module.facts.ops[value]
        if name:
            return self._definitions(module, name)
        if op[0] != ops.ATTR:
            return self._defined(module, value)
        key = (module.values[op[1]], op[2])
        found = self._attributes.get(key)
        if found is None:
            objects = self._s.sets.members[key[0]]
            names = (one for number in objects for one in self._attribute(number, op[2]))
            found = self._attributes[key] = list(dict.fromkeys(names))
        return found

    def _defined(self, module: Module, value: int) -> Iterable[str]:
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
                full = (f"{ancestor.name}.{name}" for ancestor in cls.mro)
                found = next((one for one in full if one in self._nodes), "")
                self._found_in[cls.id, name] = found
            if found:
                yield found

    # figures

    def _unresolved(self) -> Iterator[UnresolvedCall]:
        for module in self._s.modules.values():
            facts = module.facts
            for value in self._calls[module.index]:
                if value not in module.resolved:
                    owner = self._homes[module.index][facts.owners[value]]
                    text = _text(facts, facts.ops[value][1], 0)[:MAX_CALLEE]
                    yield UnresolvedCall(owner, facts.lines[value], text)

    def _complexity(self, edges: Sequence[Edge]) -> ComplexityMetrics:
        imports = {
            (self._module_of[edge.source], self._module_of[edge.target])
            for edge in edges
            if edge.type is EdgeType.IMPORTS and edge.target in self._module_of
        }
        calls = {(edge.source, edge.target) for edge in edges if edge.type is EdgeType.CALLS}
        cyclomatic: dict[str, int] = {}
        cognitive: dict[str, int] = {}
        for module in self._s.modules.values():
            for unit in module.facts.units:
                if unit.kind in {UnitKind.FUNCTION, UnitKind.LAMBDA}:
                    name = module.id_of(unit)
                    cyclomatic[name] = max(unit.cyclomatic, cyclomatic.get(name, 0))
                    cognitive[name] = max(unit.cognitive, cognitive.get(name, 0))
        return ComplexityMetrics(
            cyclomatic=dict(sorted(cyclomatic.items())),
            cognitive=dict(sorted(cognitive.items())),
            import_cycles=metrics.cycles(sorted(imports)),
            call_cycles=metrics.cycles(sorted(calls)),
        )


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
