"""Functions and classes that nothing leads to, with the reason of each; no I/O."""

import builtins
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ccg.declared import Declared
from ccg.graph import Graph
from ccg.model import Edge, EdgeType, Node, NodeType
from ccg.roles import is_test_path

SCHEMA = "p2a-graph-unused/1"
_USES = frozenset({EdgeType.CALLS, EdgeType.REFERENCES, EdgeType.INHERITS})
_DEFINITIONS = frozenset({NodeType.FUNCTION, NodeType.CLASS})
_BUILTIN = "<builtin>."
_PROTOCOLS = ("typing.Protocol", "typing_extensions.Protocol")
_MODULE_HOOKS = frozenset({"__getattr__", "__dir__"})
_LAST_NAME = re.compile(r"([^\W\d]\w*)\Z")


@dataclass(frozen=True, slots=True)
class UnusedItem:
    """A function or class that no declared entry point leads to."""

    node: Node
    reason: str
    only_unused: bool
    """Whether other unused code does use it: it may go when that goes."""
    only_tests: bool
    """Whether tests use it and nothing else does."""
    sure: bool
    """False where its name is read at a place that the graph does not explain."""

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return {
            "id": self.node.id,
            "type": self.node.type.value,
            "path": self.node.path,
            "line": self.node.line,
            "end_line": self.node.end_line,
            "reason": self.reason,
            "only_unused": self.only_unused,
            "only_tests": self.only_tests,
            "sure": self.sure,
        }


@dataclass(frozen=True, slots=True)
class Unused:
    """What is unused, by id, and what was taken for used because it was declared so."""

    items: tuple[UnusedItem, ...]
    entry_points: tuple[str, ...]
    exported: int
    """How many names `__all__` lists hold."""
    registered: int
    """How many are decorated by what may register them, or named in a string."""
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return {
            "schema": SCHEMA,
            "unused": [item.to_dict() for item in self.items],
            "entry_points": list(self.entry_points),
            "exported": self.exported,
            "registered": self.registered,
            "notes": list(self.notes),
        }


def find_unused(graph: Graph, declared: Declared, *, public: bool = False) -> Unused:
    """Return what is reached neither from module-level code nor from what is declared.

    A used class has its special methods used, those that override a used method of a base or have
    the name of a protocol's, and all others where a base lies outside of the analysed files and may
    call them; a class in `__all__` also its public methods and those of its bases. A module has its
    `__getattr__` and `__dir__` used. Code of tests uses nothing and is not listed. The members of an
    unused class or function are not listed besides it.

    Args:
        graph: the whole graph.
        declared: what is used from outside.
        public: take every name without a leading underscore for used, as of a library.
    """
    reached = _Reach(graph)
    ids = {node.id: node for node in graph.nodes}
    known = [name for name in sorted(declared.entry_points) if name in ids]
    for name in (*known, *declared.exported, *declared.decorated, *declared.named):
        reached.use(name)
    for name in declared.exported:
        reached.use_public_members(name)
    for node in graph.nodes:
        if node.type is NodeType.MODULE or (public and _is_public(node)):
            reached.use(node.id)
    reached.use_module_hooks()
    reached.follow()
    reasons = _Reasons(graph, reached, declared)
    missing = (f"{n}: declared, but not in the graph" for n in declared.entry_points - ids.keys())
    return Unused(
        items=tuple(reasons.items()),
        entry_points=tuple(known),
        exported=len(declared.exported & ids.keys()),
        registered=len((declared.named | declared.decorated.keys()) & ids.keys()),
        notes=(*declared.notes, *sorted(missing)),
    )


def _is_public(node: Node) -> bool:
    parts = node.id.split(".")
    return not any(part.startswith("_") and not part.endswith("__") for part in parts)


class _Reach:
    """Follows the edges from what is used; a class body runs before its class is used."""

    def __init__(self, graph: Graph) -> None:
        self.nodes = {
            node.id: node for node in graph.nodes if node.path and not is_test_path(node.path)
        }
        self.used: set[str] = set()
        self._run: set[str] = set()
        self._waiting: list[str] = []
        self._leads: dict[str, list[Edge]] = defaultdict(list)
        self._members: dict[str, list[Node]] = defaultdict(list)
        self.container: dict[str, str] = {}
        self._bases: dict[str, list[str]] = defaultdict(list)
        self._derived: dict[str, list[str]] = defaultdict(list)
        for edge in graph.edges:
            if edge.type is EdgeType.CONTAINS:
                self.container[edge.target] = edge.source
                if edge.target in self.nodes:
                    self._members[edge.source].append(self.nodes[edge.target])
            elif edge.type in _USES:
                self._leads[edge.source].append(edge)
            if edge.type is EdgeType.INHERITS:
                self._bases[edge.source].append(edge.target)
                self._derived[edge.target].append(edge.source)
        protocols = (name for base in _PROTOCOLS for name in self._derived[base])
        self._protocol_names = {m.name for name in protocols for m in self._members[name]}

    def use(self, name: str) -> None:
        if name in self.nodes and name not in self.used:
            self.used.add(name)
            self._waiting.append(name)

    def use_public_members(self, name: str) -> None:
        """Use what somebody outside may call on a class, its bases' methods included."""
        for owner in (name, *self._ancestors(name)):
            if owner in self.nodes and self.nodes[owner].type is NodeType.CLASS:
                for member in self._members[owner]:
                    if not member.name.startswith("_"):
                        self.use(member.id)

    def use_module_hooks(self) -> None:
        """Use what Python itself calls in a module (PEP 562)."""
        for node in self.nodes.values():
            if node.type is NodeType.MODULE:
                for member in self._members[node.id]:
                    if member.name in _MODULE_HOOKS:
                        self.use(member.id)

    def follow(self) -> None:
        while self._waiting:
            name = self._waiting.pop()
            node = self.nodes[name]
            self._run_body(name)
            if node.type is NodeType.CLASS:
                for base in self._bases[name]:
                    self.use(base)
                self._use_members(name)
            elif node.type is NodeType.FUNCTION:
                owner = self.container.get(name, "")
                if owner in self.nodes and self.nodes[owner].type is NodeType.CLASS:
                    self.use(owner)
                    self._use_overrides(owner, node.name)

    def _run_body(self, name: str) -> None:
        """Use what a body uses, with the class bodies and lambdas within, which run with it."""
        waiting = [name]
        while waiting:
            here = waiting.pop()
            if here in self._run:
                continue
            self._run.add(here)
            for edge in self._leads[here]:
                if edge.type is not EdgeType.INHERITS:
                    self.use(edge.target)
            waiting += [
                member.id
                for member in self._members[here]
                if member.type is NodeType.CLASS or member.name.startswith("<lambda")
            ]

    def _use_members(self, owner: str) -> None:
        outside = [base for base in self._ancestors(owner) if base not in self.nodes]
        inherited = {
            member.name
            for base in self._ancestors(owner)
            for member in self._members[base]
            if member.id in self.used
        }
        for member in self._members[owner]:
            special = member.name.startswith("__") and member.name.endswith("__")
            asked = special or member.name in inherited or member.name in self._protocol_names
            if asked or any(_may_call(base, member.name) for base in outside):
                self.use(member.id)

    def _use_overrides(self, owner: str, method: str) -> None:
        seen, waiting = {owner}, list(self._derived[owner])
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                waiting.extend(self._derived[name])
                if name in self.used:
                    for member in self._members[name]:
                        if member.name == method:
                            self.use(member.id)

    def _ancestors(self, owner: str) -> Iterator[str]:
        seen, waiting = {owner}, list(self._bases[owner])
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                waiting.extend(self._bases[name])
                yield name


def _may_call(base: str, method: str) -> bool:
    """Tell whether a class from outside may call a method of this name on itself."""
    if base.startswith(_BUILTIN):
        return hasattr(getattr(builtins, base.removeprefix(_BUILTIN), None), method)
    return True


class _Reasons:
    """Says of each definition that was not reached who does name it."""

    def __init__(self, graph: Graph, reached: _Reach, declared: Declared) -> None:
        self._mentions = declared.mentions
        self._reached = reached
        self._users: dict[str, set[str]] = defaultdict(set)
        self._importers: dict[str, set[str]] = defaultdict(set)
        self._paths = {node.id: node.path for node in graph.nodes}
        for edge in graph.edges:
            if edge.type in _USES and edge.source != edge.target:
                self._users[edge.target].add(edge.source)
            elif edge.type is EdgeType.IMPORTS:
                self._importers[edge.target].add(edge.source)
        self._unresolved: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for call in graph.metadata.unresolved:
            found = _LAST_NAME.search(call.callee)
            if found:
                self._unresolved[found.group(1)].append((self._paths[call.source], call.line))

    def items(self) -> Iterator[UnusedItem]:
        used, nodes = self._reached.used, self._reached.nodes
        for node in nodes.values():
            is_definition = node.type in _DEFINITIONS and not node.name.startswith("<")
            owner = self._reached.container.get(node.id, "")
            is_inner = owner in nodes and nodes[owner].type in _DEFINITIONS and owner not in used
            if is_definition and node.id not in used and not is_inner:
                yield self._item(node)

    def _item(self, node: Node) -> UnusedItem:
        users = sorted(user for user in self._users[node.id] if not user.startswith(f"{node.id}."))
        code = [name for name in users if not is_test_path(self._paths.get(name, ""))]
        reason = self._reason(node, users, code)
        place = self._doubt(node) if not code else None
        if place is not None:
            reason += f"; its name is read at {place[0]}:{place[1]}, which may mean it"
        return UnusedItem(node, reason, bool(code), bool(users) and not code, place is None)

    def _doubt(self, node: Node) -> tuple[str, int] | None:
        """Return the first place outside of it that has its name and leads nowhere known."""
        places = [place for place in self._unresolved[node.name] if place[0]]
        places += self._mentions.get(node.name, ())
        inside = range(node.line, node.end_line + 1)
        return min((p for p in places if p[0] != node.path or p[1] not in inside), default=None)

    def _reason(self, node: Node, users: list[str], code: list[str]) -> str:
        if code:
            return f"used only by unused code: {_listed(code)}"
        if users:
            return f"used only by tests: {_listed(users)}"
        importers = sorted(self._importers[node.id])
        if importers:
            return f"imported but not used by {_listed(importers)}"
        return "nothing leads to it"


def _listed(names: list[str]) -> str:
    return ", ".join(names[:2]) + (f" and {len(names) - 2} more" if len(names) > 2 else "")
