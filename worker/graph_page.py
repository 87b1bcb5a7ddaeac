"""The code context graph of a workflow as one page for a browser; no I/O but the page's own parts.

A page is kept in the database, so it is bounded: all of a small graph, of a large one what is near
the change, at last its modules.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ccg.export.html import render_html
from ccg.files import ReadText
from ccg.graph import Graph
from ccg.query import around, collapse, modules_of, part
from ccg.roles import is_test_path
from p2a.invisible import signs_shown
from worker.starred import starred

MAX_NODES = 5_000
MAX_SOURCE = 2 * 1024 * 1024
"""Bytes of source lines in a page."""
MAX_PAGE = 4 * 1024 * 1024
"""Bytes of a page."""
DEPTHS = (2, 1)
"""Steps around the change, the most first."""
CHANGED = "Changed"
NEAR = "of {all:,} nodes: the change and what is up to {depth} steps away"
NEXT = "of {all:,} nodes: the change and what is next to it"
MODULES = "of {all:,} nodes: the modules alone"
NEAR_MODULES = "of {all:,} nodes: the changed modules and those next to them"
TOO_LARGE = "a graph of {all:,} nodes, too large for a page: the JSON file has them"


@dataclass(frozen=True, slots=True)
class View:
    """What of a graph is drawn."""

    graph: Graph
    focus: Sequence[str]
    note: str = ""
    max_source: int = MAX_SOURCE


def render_page(graph: Graph, *, title: str, read: ReadText, changed: Sequence[str] = ()) -> bytes:
    """Return the first view that is small enough; equal graphs and files give equal bytes.

    Args:
        graph: the whole, without secrets.
        title: what it is of.
        read: gives the files of the tree, whose lines lose their secrets here.
        changed: ids that the change touches, those of removed names too.
    """

    def read_starred(path: str) -> str | None:
        text = read(path)
        return None if text is None else signs_shown(starred(text))

    page = b""
    for view in _views(graph, standing(graph, changed)):
        if len(view.graph.nodes) <= MAX_NODES:
            text = render_html(
                view.graph,
                title=title,
                note=view.note,
                read=read_starred,
                focus=view.focus,
                focus_title=CHANGED,
                max_source=view.max_source,
            )
            page = text.encode("utf-8")
            if len(page) <= MAX_PAGE:
                break
    return page


def _views(graph: Graph, focus: Sequence[str]) -> Iterator[View]:
    """Yield ever smaller views; the last is of nothing."""
    count = len(graph.nodes)
    yield View(graph, focus)
    yield View(graph, focus, max_source=0)
    if focus:
        for depth in DEPTHS:
            note = (NEAR if depth > 1 else NEXT).format(all=count, depth=depth)
            yield View(around(graph, focus, depth=depth), focus, note)
    module_of = modules_of(graph)
    modules = list(dict.fromkeys(module_of[name] for name in focus if name in module_of))
    coarse = collapse(graph)
    yield View(coarse, modules, MODULES.format(all=count))
    if modules:
        near = around(coarse, modules, depth=1)
        yield View(near, modules, NEAR_MODULES.format(all=count))
    yield View(part(graph, ()), (), TOO_LARGE.format(all=count))


def standing(graph: Graph, names: Sequence[str]) -> list[str]:
    """Return the ids that are in the graph, by their places, tests last.

    A removed name is told by what held it, if that stands.
    """
    nodes = {node.id: node for node in graph.nodes if node.path}
    found: set[str] = set()
    for name in names:
        while name and name not in nodes:
            name = name.rpartition(".")[0]
        if name:
            found.add(name)

    def place(name: str) -> tuple[bool, str, int, str]:
        node = nodes[name]
        return is_test_path(node.path), node.path, node.line, name

    return sorted(found, key=place)


def without_secrets(graph: Graph) -> Graph:
    """Return the graph with stars for the secrets in defaults of parameters."""
    nodes = tuple(
        node._replace(signature=starred(node.signature)) if node.signature else node
        for node in graph.nodes
    )
    return replace(graph, nodes=nodes)
