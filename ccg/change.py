"""A change between two trees: its diff, whose code is another, and its blast radius."""

import ast
import warnings
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from ccg.diff import GraphDiff, diff_graphs
from ccg.files import Read
from ccg.graph import Graph
from ccg.impact import Impact, blast_radius
from ccg.model import Edge, EdgeType, Node, NodeType, NotAnalysed
from ccg.own_code import own_code
from ccg.query import modules_of

SCHEMA = "p2a-graph-change/1"
_USES = frozenset({EdgeType.CALLS, EdgeType.INHERITS, EdgeType.REFERENCES})


@dataclass(frozen=True, slots=True)
class Change:
    """Two graphs compared."""

    base: str
    """What the graph before is of, for example a revision."""
    head: str
    """What the graph after is of."""
    diff: GraphDiff
    changed: tuple[str, ...]
    """Sorted ids of both graphs whose own code is another, or what it leads to."""
    impact: Impact
    nodes: Mapping[str, Node]
    """The changed by their ids, the removed as they were."""
    links: tuple[Edge, ...]
    """Calls, inheritance and references among the changed, in the graph after."""
    unread_base: tuple[NotAnalysed, ...] = ()
    """Files of the tree before that could not be analysed."""
    unread_head: tuple[NotAnalysed, ...] = ()
    """Those of the tree after."""

    def to_dict(self) -> dict[str, Any]:
        """Return the change as plain JSON values."""
        return {
            "schema": SCHEMA,
            "base": self.base,
            "head": self.head,
            "diff": self.diff.to_dict(),
            "changed": list(self.changed),
            "impact": self.impact.to_dict(),
            "files_not_analysed": {
                "base": list(map(asdict, self.unread_base)),
                "head": list(map(asdict, self.unread_head)),
            },
        }


def compare(
    base: Graph, head: Graph, *, read_base: Read, read_head: Read, names: tuple[str, str] = ("", "")
) -> Change:
    """Compare two graphs and the code behind them.

    Args:
        base: the graph before.
        head: the graph after.
        read_base: reads a file of the tree before.
        read_head: reads a file of the tree after.
        names: what the two are called.
    """
    changed = _changed(base, head, read_base, read_head)
    diff = diff_graphs(base, head, changed=changed)
    moved = (*diff.nodes_added, *diff.nodes_removed)
    ids = {*changed, *(node.id for node in moved if node.type is not NodeType.IMPORT)}
    ids.update(change.after.id for change in diff.signatures_changed)
    nodes = {node.id: node for graph in (base, head) for node in graph.nodes if node.id in ids}
    links = tuple(e for e in head.edges if e.type in _USES and e.source in ids and e.target in ids)
    return Change(
        *names,
        diff,
        changed,
        blast_radius(head, ids, base=base),
        nodes,
        links,
        unread_base=base.metadata.files_not_analysed,
        unread_head=head.metadata.files_not_analysed,
    )


def _changed(base: Graph, head: Graph, read_base: Read, read_head: Read) -> tuple[str, ...]:
    known = {node.id: node.path for node in base.nodes}
    by_path: dict[str, list[Node]] = {}
    for node in head.nodes:
        if node.path and known.get(node.id) == node.path:
            by_path.setdefault(node.path, []).append(node)
    module_of = modules_of(head)
    leads_before, leads_after = _leads(base), _leads(head)
    found: set[str] = set()
    for path, nodes in by_path.items():
        before, after = read_base(path), read_head(path)
        if before == after or before is None or after is None:
            continue
        differing = _differing(before, after)
        for node in nodes:
            name = node.id.removeprefix(module_of[node.id]).removeprefix(".")
            leads_elsewhere = leads_before.get(node.id) != leads_after.get(node.id)
            if name in differing or leads_elsewhere:
                found.add(node.id)
    return tuple(sorted(found))


def _leads(graph: Graph) -> dict[str, set[tuple[str, EdgeType]]]:
    """Return what each node uses; an import alone is no use."""
    leads: dict[str, set[tuple[str, EdgeType]]] = {}
    for edge in graph.edges:
        if edge.type in _USES:
            leads.setdefault(edge.source, set()).add((edge.target, edge.type))
    return leads


def _differing(before: bytes, after: bytes) -> set[str]:
    """Return the names in a file whose own code differs; without a parse the module alone."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about the analysed code, not about ours
            old, new = (own_code(ast.parse(content)) for content in (before, after))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {""}
    return {name for name in new if old.get(name) != new[name]}
