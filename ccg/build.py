"""From a folder of Python files to its graph."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from ccg import metrics
from ccg.errors import NothingToRead
from ccg.facts import Imported, ModuleFacts, Scope, ScopeKind
from ccg.graph import (
    ComplexityMetrics,
    Edge,
    EdgeType,
    Graph,
    Metadata,
    Node,
    NodeType,
    NotAnalysed,
)
from ccg.resolve import Known, Outside, Resolver, Slot
from ccg.scan import try_scan
from ccg.source import Source, list_files, module_name, read_source, source_folder_of

VERSION = "1"
"""Of the analysis: with the same version the same files give the same bytes."""

_NODE_TYPES = {
    ScopeKind.MODULE: NodeType.MODULE,
    ScopeKind.CLASS: NodeType.CLASS,
    ScopeKind.FUNCTION: NodeType.FUNCTION,
}


def build_graph(
    root: Path,
    *,
    package: str | None = None,
    files: Iterable[str] | None = None,
    inside: str = "",
) -> Graph:
    """Analyse the Python files below the root; nothing of theirs is imported or run.

    Args:
        root: the folder; modules are named from it, or from its `src` folder.
        package: keep to this package or module of it, by its dotted name.
        files: the paths to analyse, relative to the root; by default all that `list_files` finds.
        inside: the dotted name of the package that the root itself is (`package_of` tells it), so
            that imports of its own name are found.

    Raises:
        NothingToRead: the root is not a folder, or the package is not in it.
    """
    paths = list_files(root) if files is None else sorted({*files})
    modules, not_analysed = _read_modules(root, paths, package=package, inside=inside)
    if package is not None and not modules and not not_analysed:
        raise NothingToRead(
            f"there is no package {package!r} below {root}",
            next_step="give its dotted name as an import says it",
        )
    return _Builder(modules).graph(not_analysed)


def _read_modules(
    root: Path, paths: Sequence[str], *, package: str | None, inside: str
) -> tuple[dict[str, ModuleFacts], list[NotAnalysed]]:
    modules: dict[str, ModuleFacts] = {}
    not_analysed: list[NotAnalysed] = []
    known = frozenset(paths)
    # a package comes before a module of the same name, as for Python
    for path in sorted(paths, key=lambda path: (not path.endswith("/__init__.py"), path)):
        folder = "" if inside else source_folder_of(path, paths=known)
        name = module_name(path, source_folder=folder, inside=inside)
        if package is not None and not f"{name}.".startswith(f"{package}."):
            continue
        facts = _read_facts(root, path, name=name)
        if isinstance(facts, NotAnalysed):
            not_analysed.append(facts)
        elif name in modules:
            reason = f"has the module name of {modules[name].path}: {name}"
            not_analysed.append(NotAnalysed(path, reason))
        else:
            modules[name] = facts
    return dict(sorted(modules.items())), sorted(not_analysed)


def _read_facts(root: Path, path: str, *, name: str) -> ModuleFacts | NotAnalysed:
    source = read_source(root, path)
    return try_scan(source, name=name) if isinstance(source, Source) else source


class _Builder:
    """Collects nodes and edges; the first line wins where a relation stands twice."""

    def __init__(self, modules: Mapping[str, ModuleFacts]) -> None:
        self._modules = modules
        self._resolver = Resolver(modules)
        self._nodes: dict[str, Node] = {}
        self._module_of: dict[str, str] = {}
        self._edges: dict[tuple[str, str, EdgeType], int] = {}
        self._resolved = self._unresolved = 0

    def graph(self, not_analysed: Sequence[NotAnalysed]) -> Graph:
        for facts in self._modules.values():  # first, so that nothing else takes their names
            self._add_scope(facts, facts.scope)
        for facts in self._modules.values():
            self._add_definitions(facts)
        for facts in self._modules.values():
            for scope in facts.scopes:
                self._add_relations(scope)
        edges = sorted(Edge(*key[:2], key[2], line) for key, line in self._edges.items())
        return Graph(
            nodes=tuple(node for _, node in sorted(self._nodes.items())),
            edges=tuple(edges),
            metadata=Metadata(
                version=VERSION,
                files_analysed=len(self._modules),
                files_not_analysed=tuple(not_analysed),
                calls_resolved=self._resolved,
                calls_unresolved=self._unresolved,
            ),
            complexity_metrics=self._complexity(edges),
            dependencies=metrics.dependencies(self._nodes, edges, self._module_of),
        )

    def _complexity(self, edges: Sequence[Edge]) -> ComplexityMetrics:
        imports = {
            (self._module_of[edge.source], self._module_of[edge.target])
            for edge in edges
            if edge.type is EdgeType.IMPORTS and edge.target in self._module_of
        }
        calls = {(edge.source, edge.target) for edge in edges if edge.type is EdgeType.CALLS}
        return ComplexityMetrics(
            cyclomatic={
                scope.id: scope.complexity
                for facts in self._modules.values()
                for scope in sorted(facts.scopes, key=lambda scope: scope.id)
                if scope.kind is ScopeKind.FUNCTION
            },
            import_cycles=metrics.cycles(sorted(imports)),
            call_cycles=metrics.cycles(sorted(calls)),
        )

    def _add_definitions(self, facts: ModuleFacts) -> None:
        for scope in facts.scopes[1:]:
            self._add_scope(facts, scope)
        package = self._modules.get(facts.name.rpartition(".")[0])
        if package:
            self._add_edge(package.name, facts.name, EdgeType.CONTAINS, line=1)
        for scope in facts.scopes:
            self._add_variables(facts, scope)

    def _add_scope(self, facts: ModuleFacts, scope: Scope) -> None:
        kind = _NODE_TYPES[scope.kind]
        node = Node(scope.id, kind, scope.name, facts.path, scope.line, scope.end_line)
        self._add_node(node, facts, parent=scope.parent)

    def _add_variables(self, facts: ModuleFacts, scope: Scope) -> None:
        if scope.kind is ScopeKind.FUNCTION:
            return
        for name, bindings in [*scope.bindings.items(), *scope.attributes.items()]:
            if not all(isinstance(binding.value, Imported) for binding in bindings):
                line = min(binding.line for binding in bindings)
                variable = Node(
                    f"{scope.id}.{name}", NodeType.VARIABLE, name, facts.path, line, line
                )
                self._add_node(variable, facts, parent=scope)

    def _add_node(self, node: Node, facts: ModuleFacts, *, parent: Scope | None) -> None:
        if node.id in self._nodes:
            return
        self._nodes[node.id] = node
        self._module_of[node.id] = facts.name
        if parent:
            self._add_edge(parent.id, node.id, EdgeType.CONTAINS, line=node.line)

    def _add_edge(self, source: str, target: str, kind: EdgeType, *, line: int) -> None:
        key = (source, target, kind)
        self._edges[key] = min(line, self._edges.get(key, line))

    def _add_outside(self, name: str) -> str:
        if name not in self._nodes:
            self._nodes[name] = Node(name, NodeType.IMPORT, name.rpartition(".")[2], "", 0, 0)
        return name

    def _add_relations(self, scope: Scope) -> None:
        self._add_imports(scope)
        for place in scope.bases:
            for value in self._resolver.values(place.value, scope.parent or scope):
                if not isinstance(value, Known):
                    self._add_outside(value.id if isinstance(value, Outside) else value.scope.id)
                target = value.scope.id if not isinstance(value, Outside) else value.id
                self._add_edge(scope.id, target, EdgeType.INHERITS, line=place.line)
        for place in scope.calls:
            callees = self._resolver.callees(place.value, scope)
            known = bool(self._resolver.values(place.value, scope))
            self._resolved += known
            self._unresolved += not known
            for callee in callees:
                target = self._add_outside(callee.id) if isinstance(callee, Outside) else callee.id
                self._add_edge(scope.id, target, EdgeType.CALLS, line=place.line)
            self._add_slots(scope, self._resolver.slots(place.value, scope), line=place.line)
        for place in scope.reads:
            self._add_slots(scope, self._resolver.slots(place.value, scope), line=place.line)

    def _add_imports(self, scope: Scope) -> None:
        for place in scope.imports:
            if not isinstance(place.value, Imported):
                continue
            target = self._resolver.imported(place.value, scope)
            names = [target.module.id] if target.module else []
            names += [_slot_id(slot) for slot in target.slots]
            if target.outside:
                names.append(self._add_outside(target.outside))
            for name in names:
                if name in self._nodes and name != scope.id:
                    self._add_edge(scope.id, name, EdgeType.IMPORTS, line=place.line)

    def _add_slots(self, scope: Scope, slots: Iterable[Slot], *, line: int) -> None:
        """Add a reference to each name, or a call where reading it runs a property."""
        for slot in slots:
            target = self._nodes.get(_slot_id(slot))
            if target is None or target.type in {NodeType.MODULE, NodeType.IMPORT}:
                continue
            if target.type is NodeType.FUNCTION:
                kind = self._kind_of_read(slot)
                called = (scope.id, target.id, EdgeType.CALLS) in self._edges
                if kind is EdgeType.REFERENCES and called:
                    continue
                self._add_edge(scope.id, target.id, kind, line=line)
            elif target.id != scope.id:
                self._add_edge(scope.id, target.id, EdgeType.REFERENCES, line=line)

    def _kind_of_read(self, slot: Slot) -> EdgeType:
        is_method = slot.scope.kind is ScopeKind.CLASS
        values = self._resolver.slot_values(slot)
        is_property = any(
            isinstance(value, Known) and self._resolver.is_property(value.scope) for value in values
        )
        return EdgeType.CALLS if is_method and is_property else EdgeType.REFERENCES


def _slot_id(slot: Slot) -> str:
    return f"{slot.scope.id}.{slot.name}" if slot.name else slot.scope.id
