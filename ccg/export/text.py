"""The graph's figures for a person at a terminal."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ccg.graph import EdgeType, Graph, Node, NodeType

TOP = 10
"""Rows of a table; the JSON has all of them."""


def print_graph(graph: Graph, console: Console) -> None:
    """Print counts, the most complex functions, the modules, rings and what is missing."""
    console.print(Text(_headline(graph)))
    _print_table(console, "Counts", ("what", "number"), _counts(graph))
    _print_table(
        console, "Most complex functions", ("cyclomatic", "function", "at"), _complex(graph)
    )
    modules = _modules(graph)
    title = "Modules" if len(modules) <= TOP else f"Modules ({TOP} largest of {len(modules)})"
    columns = ("module", "lines", "imports", "imported by")
    _print_table(console, title, columns, modules[:TOP])
    for ring in graph.complexity_metrics.import_cycles[:TOP]:
        shown = ", ".join([*ring[:TOP], "..."] if len(ring) > TOP else ring)
        line = printable(f"import cycle of {len(ring)} modules: {shown}")
        console.print(Text(line), soft_wrap=True)
    for file in graph.metadata.files_not_analysed:
        line = printable(f"not analysed: {file.path}: {file.reason}")
        console.print(Text(line), soft_wrap=True)


def printable(text: str) -> str:
    """Return the text with everything that could steer a terminal made visible."""
    return "".join(
        character if character.isprintable() else ascii(character)[1:-1] for character in text
    )


def _headline(graph: Graph) -> str:
    metadata = graph.metadata
    calls = metadata.calls_resolved + metadata.calls_unresolved
    share = f"{metadata.calls_resolved} of {calls} calls resolved"
    missing = len(metadata.files_not_analysed)
    return f"{metadata.files_analysed} files analysed, {missing} not; {share}"


def _counts(graph: Graph) -> list[tuple[str, ...]]:
    nodes = Counter(node.type for node in graph.nodes)
    edges = Counter(edge.type for edge in graph.edges)
    return [
        *((f"{kind} nodes", str(nodes[kind])) for kind in NodeType),
        *((f"{kind} edges", str(edges[kind])) for kind in EdgeType),
    ]


def _complex(graph: Graph) -> list[tuple[str, ...]]:
    by_id = {node.id: node for node in graph.nodes}
    ranked = sorted(
        graph.complexity_metrics.cyclomatic.items(), key=lambda item: (-item[1], item[0])
    )
    return [
        (str(value), name, f"{by_id[name].path}:{by_id[name].line}") for name, value in ranked[:TOP]
    ]


def _modules(graph: Graph) -> list[tuple[str, ...]]:
    modules = [node for node in graph.nodes if node.type is NodeType.MODULE]
    importers = Counter(
        target for value in graph.dependencies.values() for target in value.internal
    )
    return [
        (
            node.id,
            str(node.end_line),
            str(len(graph.dependencies[node.id].internal)),
            str(importers[node.id]),
        )
        for node in sorted(modules, key=_by_size)
    ]


def _by_size(node: Node) -> tuple[int, str]:
    return (-node.end_line, node.id)


def _print_table(
    console: Console, title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]
) -> None:
    """Print a table on a terminal, else plain columns that a program can cut."""
    cells = [[printable(cell) for cell in row] for row in rows]
    if not cells:
        return
    if console.is_terminal:
        table = Table(title=title, title_justify="left")
        for column in columns:
            table.add_column(column, overflow="fold", justify=_side(column))
        for row in cells:
            table.add_row(*map(Text, row))
        console.print(table)
        return
    widths = [max(map(len, column)) for column in zip(columns, *cells, strict=True)]
    console.print(Text(f"\n{title}"))
    for row in [list(columns), *cells]:
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        console.print(Text(line.rstrip()), soft_wrap=True)


def _side(column: str) -> Literal["left", "right"]:
    return "left" if column in {"what", "function", "at", "module"} else "right"
