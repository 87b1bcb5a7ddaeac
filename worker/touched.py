"""Which functions, classes and modules a plan touches, and whether they changed since; no I/O."""

from collections.abc import Iterable, Sequence

from ccg.change import Change
from ccg.errors import GraphError
from ccg.graph import Graph
from ccg.query import find
from worker.records import SymbolRecord


def symbols_in(graph: Graph, names: Iterable[str]) -> tuple[SymbolRecord, ...]:
    """Return what the graph has of these names, the last parts of one being enough if they fit once."""
    found: dict[str, SymbolRecord] = {}
    for name in names:
        try:
            node = graph.node(find(graph, name))
        except GraphError:
            continue
        if node is not None and node.path:
            found[node.id] = SymbolRecord(name=node.id, path=node.path)
    return tuple(found.values())


def changed_among(symbols: Sequence[SymbolRecord], change: Change) -> tuple[str, ...]:
    """Return the names of those whose code a change made another, or removed."""
    gone = change.diff.nodes_removed
    names = {*change.changed, *(node.id for node in gone)}
    paths = {node.path for node in (*change.nodes.values(), *gone) if node.path}
    return tuple(item.name for item in symbols if item.name in names or item.name in paths)
