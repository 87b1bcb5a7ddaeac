"""The door of `p2a graph`."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TextIO

import typer
from rich.console import Console

from ccg.build import build_graph
from ccg.errors import GraphError
from ccg.export.callgraph import render_callgraph
from ccg.export.mermaid import render_mermaid
from ccg.export.text import print_graph
from ccg.graph import Graph

graph = typer.Typer(add_completion=False)


class Format(StrEnum):
    """In which form the graph is written."""

    TEXT = "text"
    JSON = "json"
    CALLGRAPH = "callgraph"
    MERMAID = "mermaid"


@graph.command()
def main(
    root: Annotated[Path, typer.Argument(help="The folder that holds the Python code.")],
    package: Annotated[
        str | None, typer.Option(help="Keep to this package or module, by its dotted name.")
    ] = None,
    format: Annotated[Format, typer.Option(help="The form of the output.")] = Format.TEXT,
    focus: Annotated[
        list[str] | None, typer.Option(help="With mermaid: draw around this name; repeatable.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="Write to this file instead of standard output.")
    ] = None,
) -> int:
    """Show what a Python project consists of and how its parts use one another.

    Nothing of the project is imported or run.
    """
    try:
        built = build_graph(root, package=package)
    except GraphError as error:
        raise typer.BadParameter(str(error)) from error
    if output is None:
        _write(built, sys.stdout, format=format, focus=focus or [])
        return 0
    try:
        with output.open("w", encoding="utf-8") as file:
            _write(built, file, format=format, focus=focus or [])
    except OSError as error:
        raise typer.BadParameter(f"{output} cannot be written: {error.strerror}") from error
    return 0


def _write(built: Graph, file: TextIO, *, format: Format, focus: list[str]) -> None:
    match format:
        case Format.JSON:
            file.write(built.to_json())
        case Format.CALLGRAPH:
            file.write(render_callgraph(built))
        case Format.MERMAID:
            file.write(render_mermaid(built, focus=focus))
        case Format.TEXT:
            print_graph(built, Console(file=file, highlight=False))
