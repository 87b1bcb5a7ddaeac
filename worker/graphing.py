"""Builds the code context graph of a tree and compares it with that of its base."""

from dataclasses import dataclass
from pathlib import Path

from ccg.build import build_graph
from ccg.change import Change, compare
from ccg.export.change_mermaid import render_change
from ccg.export.mermaid import render_mermaid
from ccg.files import reader
from ccg.graph import Graph
from ccg.roles import is_test_path
from worker.records import GraphRecord

CACHE = "cache"
"""Below the data directory: facts and graphs of files by their content, for every workflow."""
MAX_NODES = 16
"""Of the picture in a check run: more would not be read beside the scores."""


@dataclass(frozen=True, slots=True)
class Graphed:
    """A graph, what a change did to it, and the record of both."""

    graph: Graph
    change: Change | None
    record: GraphRecord


def graph_of(root: Path, *, base: Path | None = None, cache: Path | None = None) -> Graphed:
    """Analyse a tree, and its base when there is one; nothing of it is imported or run.

    Args:
        root: the tree.
        base: the tree before the change.
        cache: where graphs are kept: a base that was seen before is not analysed again.
    """
    graph = build_graph(root, cache=cache)
    if base is None:
        return Graphed(graph, None, _record(graph, mermaid=render_mermaid(graph)))
    before = build_graph(base, cache=cache)
    change = compare(before, graph, read_base=reader(base), read_head=reader(root))
    return Graphed(graph, change, _record_of_change(graph, change))


def _record_of_change(graph: Graph, change: Change) -> GraphRecord:
    diff, impact = change.diff, change.impact
    record = _record(
        graph, mermaid=render_change(change, limit=MAX_NODES) if impact.changed else ""
    )
    affected = [one for one in impact.affected if not is_test_path(one.node.path)]
    return record.model_copy(
        update={
            "added": len(diff.nodes_added) + len(diff.edges_added),
            "removed": len(diff.nodes_removed) + len(diff.edges_removed),
            "changed": len(impact.changed),
            "affected": len(affected),
            "tests": len(impact.tests),
        }
    )


def _record(graph: Graph, *, mermaid: str) -> GraphRecord:
    return GraphRecord(
        nodes=len(graph.nodes),
        edges=len(graph.edges),
        mermaid=mermaid.strip(),
        files_failed=len(graph.metadata.files_not_analysed),
    )
