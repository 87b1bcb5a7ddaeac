"""Builds the code context graph of a tree and compares it with that of its base."""

from dataclasses import dataclass
from pathlib import Path

from ccg.build import build_graph
from ccg.diff import GraphDiff, diff_graphs
from ccg.export.mermaid import render_mermaid
from ccg.graph import Graph
from worker.records import GraphRecord


@dataclass(frozen=True, slots=True)
class Graphed:
    """A graph, its difference from the base, and the record of both."""

    graph: Graph
    diff: GraphDiff | None
    record: GraphRecord


def graph_of(root: Path, *, base: Path | None = None) -> Graphed:
    """Analyse a tree, and its base when there is one; nothing of it is imported or run."""
    graph = build_graph(root)
    diff = diff_graphs(build_graph(base), graph) if base is not None else None
    focus = [node.id for node in diff.nodes_added] if diff else []
    record = GraphRecord(
        nodes=len(graph.nodes),
        edges=len(graph.edges),
        added=len(diff.nodes_added) + len(diff.edges_added) if diff else 0,
        removed=len(diff.nodes_removed) + len(diff.edges_removed) if diff else 0,
        mermaid=render_mermaid(graph, focus=focus).strip(),
        files_failed=len(graph.metadata.files_not_analysed),
    )
    return Graphed(graph, diff, record)
