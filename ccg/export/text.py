"""The graph's figures for a person at a terminal."""

from collections import Counter
from collections.abc import Iterable, Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from ccg.export.counted import counted, listed
from ccg.export.visible import readable, visible
from ccg.graph import Graph
from ccg.model import EdgeType, Node, NodeType

TOP = 10
"""Rows of a table; the JSON has all of them."""
NOTHING = "no Python files here: there is no .py file below this folder, but for hidden and installed ones"
printable = visible
_LEFT = frozenset({"what", "function", "at", "module", "name", "reason", "through", "call"})


def has_nothing(graph: Graph) -> bool:
    """Tell whether the graph is that of a folder without Python files."""
    return not (graph.metadata.files_analysed or graph.metadata.files_not_analysed)


def print_graph(graph: Graph, console: Console) -> None:
    """Print counts, the most complex functions, hubs, modules, rings and what is missing."""
    if has_nothing(graph):
        print_line(console, NOTHING)
        return
    console.print(Text(_headline(graph)), soft_wrap=not console.is_terminal)
    print_table(console, "Counts", ("what", "number"), _counts(graph))
    columns = ("cognitive", "cyclomatic", "lines", "function", "at")
    print_table(console, "Hardest functions", columns, _complex(graph))
    print_table(console, "Hubs", ("fan-in", "fan-out", "name"), _hubs(graph))
    modules = _modules(graph)
    title = "Modules" if len(modules) <= TOP else f"Modules ({TOP} largest of {len(modules)})"
    columns = ("lines", "imports", "imported by", "instability", "module")
    print_table(console, title, columns, modules[:TOP])
    cycles = graph.complexity_metrics.import_cycles
    for ring in cycles[:TOP]:
        shown = listed(ring, most=TOP)
        print_line(console, f"import cycle of {len(ring)} modules: {shown}")
    print_rest(console, len(cycles) - TOP, "import cycles")
    for file in graph.metadata.files_not_analysed:
        print_line(console, f"not analysed: {file.path}: {file.reason}")


def print_line(console: Console, text: str) -> None:
    """Print a line that may hold foreign text, never broken by us."""
    console.print(Text(readable(text)), soft_wrap=True)


def print_rest(console: Console, number: int, what: str, *, indent: str = "") -> None:
    """Say that a list has so many more rows than are printed; nothing where it has no more."""
    if number > 0:
        print_line(console, f"{indent}... and {number} more {what}; --format json lists all")


def print_table(
    console: Console, title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]
) -> None:
    """Print a table on a terminal, else plain columns that a program can cut; nothing if empty."""
    cells = [[readable(cell) for cell in row] for row in rows]
    if not cells:
        return
    if console.is_terminal:
        _print_on_terminal(console, title, columns, cells)
        return
    widths = [max(map(len, column)) for column in zip(columns, *cells, strict=True)]
    console.print(Text(f"\n{title}"))
    for row in [list(columns), *cells]:
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        console.print(Text(line.rstrip()), soft_wrap=True)


def _print_on_terminal(
    console: Console, title: str, columns: Sequence[str], cells: list[list[str]]
) -> None:
    """Print a table whose names are never broken, so that they can be copied.

    What "at" says stands under the name before it where there is no room beside it; what is too wide
    all the same the terminal wraps.
    """
    rows = [list(columns), *cells]
    under = 0
    if _width(rows) > console.width and "at" in columns[1:]:
        under = columns.index("at")
    places = [row.pop(under) if under else "" for row in rows]
    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    indent = " " * sum(width + 2 for width in widths[: max(0, under - 1)])
    console.print(Text(f"\n{title}", style="bold"), soft_wrap=True)
    for number, (row, place) in enumerate(zip(rows, places, strict=True)):
        line = "  ".join(map(_justified, rows[0], row, widths)).rstrip()
        console.print(Text(line, style="" if number else "dim"), soft_wrap=True)
        if place and number:
            console.print(Text(indent + place, style="dim"), soft_wrap=True)


def _justified(column: str, cell: str, width: int) -> str:
    room = " " * (width - cell_len(cell))
    return cell + room if column in _LEFT else room + cell


def _width(rows: list[list[str]]) -> int:
    """Return the columns of a terminal that a table takes."""
    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    return sum(widths) + 2 * (len(widths) - 1)


def _headline(graph: Graph) -> str:
    metadata = graph.metadata
    calls = metadata.calls_resolved + metadata.calls_unresolved
    share = f"{metadata.calls_resolved} of {counted(calls, 'call')} resolved"
    missing = len(metadata.files_not_analysed)
    return f"{counted(metadata.files_analysed, 'file')} analysed, {missing} not; {share}"


def _counts(graph: Graph) -> list[tuple[str, ...]]:
    nodes = Counter(node.type for node in graph.nodes)
    edges = Counter(edge.type for edge in graph.edges)
    return [
        *((f"{kind} nodes", str(nodes[kind])) for kind in NodeType),
        *((f"{kind} edges", str(edges[kind])) for kind in EdgeType),
    ]


def _complex(graph: Graph) -> list[tuple[str, ...]]:
    measures = graph.measured().nodes
    functions = (node for node in graph.nodes if measures[node.id].cyclomatic is not None)
    ranked = sorted(
        functions,
        key=lambda node: (
            -(measures[node.id].cognitive or 0),
            -(measures[node.id].cyclomatic or 0),
            node.id,
        ),
    )
    rows = []
    for node in ranked[:TOP]:
        numbers = measures[node.id]
        figures = (numbers.cognitive, numbers.cyclomatic, numbers.lines)
        shown = ("-" if figure is None else str(figure) for figure in figures)
        rows.append((*shown, node.id, f"{node.path}:{node.line}"))
    return rows


def _hubs(graph: Graph) -> list[tuple[str, ...]]:
    measured = graph.measured()
    fans = ((name, measured.nodes[name]) for name in measured.hubs[:TOP])
    return [(str(numbers.fan_in), str(numbers.fan_out), name) for name, numbers in fans]


def _modules(graph: Graph) -> list[tuple[str, ...]]:
    modules = [node for node in graph.nodes if node.type is NodeType.MODULE]
    measured = graph.measured().modules
    rows = []
    for node in sorted(modules, key=_by_size):
        numbers = measured[node.id]
        share = "-" if numbers.instability is None else f"{numbers.instability:.2f}"
        figures = (node.end_line, numbers.efferent, numbers.afferent)
        rows.append((*map(str, figures), share, node.id))
    return rows


def _by_size(node: Node) -> tuple[int, str]:
    return (-node.end_line, node.id)
