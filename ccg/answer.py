"""Writes what was asked of a graph in the form that was asked for."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from rich.console import Console

from ccg.change import Change
from ccg.declared import read_declared
from ccg.export.callgraph import render_callgraph
from ccg.export.change_mermaid import render_change
from ccg.export.change_text import print_diff, print_impact, print_unread
from ccg.export.dot import render_dot
from ccg.export.focus_text import print_focus
from ccg.export.graphml import render_graphml
from ccg.export.html import render_html
from ccg.export.mermaid import render_mermaid
from ccg.export.report_text import print_rings, print_unused
from ccg.export.text import has_nothing, print_graph
from ccg.files import text_reader
from ccg.forms import Collapse, Format, View
from ccg.graph import Graph
from ccg.query import around, collapse, find, modules_of, part
from ccg.rings import find_rings
from ccg.source import package_of
from ccg.unused import find_unused


@dataclass(frozen=True, slots=True)
class Built:
    """A graph and the folder that it is of."""

    graph: Graph
    root: Path


def write_graph(built: Built, view: View, file: TextIO, *, format: Format) -> None:
    """Write the graph, or the part of it that is wanted.

    Raises:
        NothingToDraw: a focus is not in the graph.
    """
    graph = built.graph
    focus = [find(graph, name) for name in view.focus]
    if view.collapse is Collapse.MODULE:
        module_of = modules_of(graph)
        focus = list(dict.fromkeys(module_of.get(n, n.partition(".")[0]) for n in focus))
        graph = collapse(graph)
    if focus and format is Format.TEXT:
        print_focus(graph, focus, _console(file), depth=view.depth)
    if focus:
        graph = around(graph, focus, depth=view.depth)
    _write(Built(graph, built.root), file, format=format, focus=focus, depth=view.depth)


def write_rings(built: Built, file: TextIO, *, format: Format) -> None:
    """Write the rings as text or JSON, or the graph of their members in a picture's form."""
    found = find_rings(built.graph)
    if format is Format.TEXT and has_nothing(built.graph):
        print_graph(built.graph, _console(file))
    elif format is Format.TEXT:
        print_rings(found, _console(file))
    elif format is Format.JSON:
        _write_json({"schema": "p2a-graph-cycles/1", "cycles": [r.to_dict() for r in found]}, file)
    else:
        members = {name for ring in found for name in ring.members}
        _write(Built(part(built.graph, members), built.root), file, format=format)


def write_unused(built: Built, file: TextIO, *, format: Format, public: bool) -> None:
    """Write what nothing leads to, as text or JSON."""
    declared = read_declared(built.root, built.graph)
    unused = find_unused(built.graph, declared, public=public)
    if format is Format.JSON:
        _write_json(unused.to_dict(), file)
    elif has_nothing(built.graph):
        print_graph(built.graph, _console(file))
    else:
        print_unused(unused, _console(file), public=public)


def write_change(
    change: Change, file: TextIO, *, format: Format, with_diff: bool, with_impact: bool
) -> None:
    """Write a change as text, JSON or Mermaid: its difference, its blast radius or both."""
    if format is Format.MERMAID:
        file.write(render_change(change))
    elif format is Format.JSON:
        _write_json(change.to_dict(), file)
    else:
        console = _console(file)
        if with_diff:
            print_diff(change, console)
        if with_impact:
            print_impact(change, console)
        print_unread(change, console)


def _write(
    built: Built, file: TextIO, *, format: Format, focus: Sequence[str] = (), depth: int = 2
) -> None:
    graph = built.graph
    match format:
        case Format.TEXT:
            print_graph(graph, _console(file))
        case Format.JSON:
            file.write(graph.to_json())
        case Format.CALLGRAPH:
            file.write(render_callgraph(graph, inside=package_of(built.root)))
        case Format.MERMAID:
            file.write(render_mermaid(graph, focus=focus, depth=depth))
        case Format.DOT:
            file.write(render_dot(graph))
        case Format.GRAPHML:
            file.write(render_graphml(graph))
        case Format.HTML:
            name = built.root.resolve().name
            file.write(render_html(graph, title=name, read=text_reader(built.root), focus=focus))


def _console(file: TextIO) -> Console:
    return Console(file=file, highlight=False)


def _write_json(value: Any, file: TextIO) -> None:
    json.dump(value, file, indent=1)
    file.write("\n")
