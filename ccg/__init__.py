"""The code context graph: a library that reads Python source and knows nothing else.

What is named here is the library's API, loaded when it is first asked for; `docs/graph.md` tells
it. Importing `ccg` itself loads nothing.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ccg.build import build_graph
    from ccg.change import Change, compare
    from ccg.declared import Declared, read_declared
    from ccg.diff import GraphDiff, SignatureChange, diff_graphs
    from ccg.errors import GraphError
    from ccg.export.callgraph import render_callgraph
    from ccg.export.change_mermaid import render_change
    from ccg.export.dot import render_dot
    from ccg.export.graphml import render_graphml
    from ccg.export.html import render_html
    from ccg.export.mermaid import render_mermaid
    from ccg.files import reader, text_reader
    from ccg.graph import Edge, EdgeType, Graph, Node, NodeType
    from ccg.impact import Affected, Impact, blast_radius
    from ccg.query import around, collapse, find, part
    from ccg.rings import Ring, find_rings
    from ccg.source import package_of
    from ccg.tree_change import compare_revisions
    from ccg.unused import Unused, UnusedItem, find_unused

_HOMES = {
    "build": ("build_graph",),
    "change": ("Change", "compare"),
    "declared": ("Declared", "read_declared"),
    "diff": ("GraphDiff", "SignatureChange", "diff_graphs"),
    "errors": ("GraphError",),
    "export.callgraph": ("render_callgraph",),
    "export.change_mermaid": ("render_change",),
    "export.dot": ("render_dot",),
    "export.graphml": ("render_graphml",),
    "export.html": ("render_html",),
    "export.mermaid": ("render_mermaid",),
    "files": ("reader", "text_reader"),
    "graph": ("Edge", "EdgeType", "Graph", "Node", "NodeType"),
    "impact": ("Affected", "Impact", "blast_radius"),
    "query": ("around", "collapse", "find", "part"),
    "rings": ("Ring", "find_rings"),
    "source": ("package_of",),
    "tree_change": ("compare_revisions",),
    "unused": ("Unused", "UnusedItem", "find_unused"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "Affected",
    "Change",
    "Declared",
    "Edge",
    "EdgeType",
    "Graph",
    "GraphDiff",
    "GraphError",
    "Impact",
    "Node",
    "NodeType",
    "Ring",
    "SignatureChange",
    "Unused",
    "UnusedItem",
    "around",
    "blast_radius",
    "build_graph",
    "collapse",
    "compare",
    "compare_revisions",
    "diff_graphs",
    "find",
    "find_rings",
    "find_unused",
    "package_of",
    "part",
    "read_declared",
    "reader",
    "render_callgraph",
    "render_change",
    "render_dot",
    "render_graphml",
    "render_html",
    "render_mermaid",
    "text_reader",
]


def __getattr__(name: str) -> Any:
    """Load a name of the API from its module."""
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME_OF[name]}"), name)
