"""The graph as one page for a browser: nothing is loaded from anywhere, and no foreign text is markup.

The data is JSON that cannot end its element, and is shown as text alone. The page's policy lets
run and apply the page's own script and style and nothing else.
"""

import base64
import hashlib
import html
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ccg.export.visible import readable, visible
from ccg.files import ReadText
from ccg.graph import Graph
from ccg.model import EdgeType, Node, NodeType

MAX_SOURCE = 4 * 1024 * 1024
"""Bytes that the source lines of a page take in it."""
SMALLEST_ROOM = 2 * 1024
"""Bytes; where less is left, no further file is read."""
FOCUS = "In focus"
MAX_LINES = 120
"""Lines of one node."""
MAX_MODULE_LINES = 30
"""Of a module, whose functions have their own."""
_PARTS = Path(__file__).with_name("page")
_NODE_TYPES = tuple(NodeType)
_EDGE_TYPES = tuple(EdgeType)
_UNSAFE = {ord(character): f"\\u{ord(character):04x}" for character in "<>&"}

_OUTSIDE = "outside: "


def render_html(
    graph: Graph,
    *,
    title: str = "graph",
    note: str = "",
    read: ReadText | None = None,
    focus: Sequence[str] = (),
    focus_title: str = FOCUS,
    max_source: int = MAX_SOURCE,
) -> str:
    """Return the page.

    Args:
        graph: all of it is drawn.
        title: what it is of.
        note: what of that it shows, where that is not all.
        read: gives the files whose lines are shown with a node; without it there are none.
        focus: ids that are marked and listed, and with which the page begins; those that are not in
            the graph are left out.
        focus_title: what they have in common.
        max_source: bytes that all source lines may take.
    """
    parts = {name: (_PARTS / f"page.{name}").read_text("utf-8") for name in ("html", "css", "js")}
    sources = _Sources(max_source)
    data = {
        **_drawn(graph, focus),
        "focusTitle": visible(focus_title),
        "sources": sources.read(graph, read, focus),
        "sourcesLeftOut": sources.left_out,
    }
    values = {
        "title": html.escape(visible(title)),
        "note": html.escape(visible(note)),
        "style_hash": _hash(parts["css"]),
        "script_hash": _hash(parts["js"]),
        "style": parts["css"],
        "script": parts["js"],
        "data": _json(data),
    }
    page = parts["html"]
    pieces = []
    for piece in page.split("{"):
        name, closed, rest = piece.partition("}")
        pieces.append(values[name] + rest if closed and name in values else piece)
    return "".join(pieces)


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":")).translate(_UNSAFE)


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


def _drawn(graph: Graph, focus: Sequence[str]) -> dict[str, Any]:
    rows, numbers = _nodes(graph)
    return {
        "nodeTypes": [kind.value for kind in _NODE_TYPES],
        "edgeTypes": [kind.value for kind in _EDGE_TYPES],
        "nodes": rows,
        "edges": [
            [
                numbers[edge.source],
                numbers[edge.target],
                _EDGE_TYPES.index(edge.type),
                edge.line,
                edge.kind and edge.kind.value,
                edge.resolution and edge.resolution.value,
            ]
            for edge in graph.edges
        ],
        "focus": [numbers[name] for name in focus if name in numbers],
    }


def _nodes(graph: Graph) -> tuple[list[list[Any]], dict[str, int]]:
    """Return a row for each node, and for what holds some and is not in the graph itself."""
    numbers = {node.id: number for number, node in enumerate(graph.nodes)}
    parents = {e.target: e.source for e in graph.edges if e.type is EdgeType.CONTAINS}
    measures = graph.measured().nodes
    rows: list[list[Any]] = []
    groups = _Groups(numbers)
    for node in graph.nodes:
        parent = groups.number(parents.get(node.id) or _group(node))
        shown = measures[node.id]._asdict()
        place = [node.path, node.line, node.end_line, node.signature]
        kind = _NODE_TYPES.index(node.type)
        rows.append([node.id, kind, visible(node.name), *place, parent, shown, 0])
    return rows + groups.rows(), numbers


def _group(node: Node) -> str:
    """Return what holds a node whose container is not in the graph: a package or a module."""
    if node.type is NodeType.IMPORT:
        return f"{_OUTSIDE}{node.id.partition('.')[0]}" if "." in node.id else ""
    if node.type is NodeType.MODULE:
        return node.id.rpartition(".")[0]
    *folders, file = node.path.split("/")
    last = file.removesuffix(".py")
    if last == "__init__" and folders:
        last = folders[-1]
    parts = node.id.split(".")
    return ".".join(parts[: parts.index(last) + 1]) if last in parts else parts[0]


class _Groups:
    """Gives numbers to groups in the order in which they are met, those of the nodes first."""

    def __init__(self, numbers: Mapping[str, int]) -> None:
        self._known = numbers
        self._numbers: dict[str, int] = {}
        self._parents: dict[str, int] = {}

    def number(self, name: str) -> int:
        if not name or name in self._known:
            return self._known.get(name, -1)
        if name not in self._numbers:
            is_outside = name.startswith(_OUTSIDE)
            self._parents[name] = -1 if is_outside else self.number(name.rpartition(".")[0])
            self._numbers[name] = len(self._known) + len(self._numbers)
        return self._numbers[name]

    def rows(self) -> list[list[Any]]:
        module, outside = map(_NODE_TYPES.index, (NodeType.MODULE, NodeType.IMPORT))
        rows = []
        for name in self._numbers:
            kind = outside if name.startswith(_OUTSIDE) else module
            shown = readable(name.removeprefix(_OUTSIDE))
            last = shown.rpartition(".")[2]
            rows.append([shown, kind, last, "", 0, 0, "", self._parents[name], {}, 1])
        return rows


class _Sources:
    """Gathers source lines while there is room."""

    def __init__(self, room: int) -> None:
        self._room = room
        self.left_out = False
        """Whether some had no room."""

    def read(
        self, graph: Graph, read: ReadText | None, focus: Sequence[str]
    ) -> dict[str, list[tuple[int, str]]]:
        """Return the lines of the nodes, `[first, text]` by path.

        The files of the focus come first, then those that are used most.
        """
        wanted = _wanted(graph)
        found: dict[str, list[tuple[int, str]]] = {}
        for path in _most_wanted(graph, focus) if read else ():
            if self._room < SMALLEST_ROOM:
                self.left_out = True
                break
            text = read(path) if read else None
            pieces = [] if text is None else _pieces(text, wanted[path])
            size = len(_json(pieces))
            if size > self._room:
                self.left_out = True
            elif pieces:
                found[path] = pieces
                self._room -= size
        return dict(sorted(found.items()))


def _pieces(text: str, ranges: Iterable[tuple[int, int]]) -> list[tuple[int, str]]:
    lines = text.split("\n")
    return [(first, "\n".join(lines[first - 1 : last])) for first, last in _merged(ranges)]


def _wanted(graph: Graph) -> dict[str, list[tuple[int, int]]]:
    """Return the first and last lines of the nodes, by path."""
    wanted: dict[str, list[tuple[int, int]]] = {}
    for node in graph.nodes:
        if node.path and node.line:
            most = MAX_MODULE_LINES if node.type is NodeType.MODULE else MAX_LINES
            last = min(node.end_line, node.line + most - 1)
            wanted.setdefault(node.path, []).append((node.line, last))
    return wanted


def _most_wanted(graph: Graph, focus: Sequence[str]) -> list[str]:
    measures = graph.measured().nodes
    in_focus = frozenset(focus)
    uses: Counter[str] = Counter()
    first: set[str] = set()
    for node in graph.nodes:
        if node.path and node.line:
            uses[node.path] += measures[node.id].fan_in
            if node.id in in_focus:
                first.add(node.path)
    return sorted(uses, key=lambda path: (path not in first, -uses[path], path))


def _merged(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join ranges of lines that overlap or touch."""
    merged: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged
