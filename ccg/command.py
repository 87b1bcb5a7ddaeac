"""The door of `p2a graph`."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TextIO

import typer
from rich.console import Console

from ccg.build import build_graph
from ccg.errors import GraphError, NothingToDraw, NotWritten
from ccg.export.callgraph import render_callgraph
from ccg.export.mermaid import render_mermaid
from ccg.export.text import print_graph
from ccg.graph import Graph
from ccg.source import package_of

WRONG_VALUE = 3
"""The exit code of every `p2a` command for a value that cannot be used."""

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
        built = build_graph(root, package=package, inside=package_of(root))
        _check_focus(built, focus or [])
        _write_out(built, output, format=format, focus=focus or [])
    except GraphError as error:
        sys.stderr.write(_explain(error))
        raise typer.Exit(WRONG_VALUE) from error
    return 0


def _explain(error: GraphError) -> str:
    parts = (("  why:  ", error.why), ("  next: ", error.next_step))
    lines = [f"p2a: {error.what}", *(name + text for name, text in parts if text)]
    return "".join(f"{line}\n" for line in lines)


def _check_focus(built: Graph, focus: list[str]) -> None:
    known = {node.id for node in built.nodes}
    for name in focus:
        if name not in known:
            raise NothingToDraw(
                f"there is no {name!r} in the graph",
                next_step="give the dotted name of a module, class or function: --format json "
                "lists them",
            )


def _write_out(built: Graph, output: Path | None, *, format: Format, focus: list[str]) -> None:
    if output is None:
        _write(built, sys.stdout, format=format, focus=focus)
        return
    try:
        with output.open("w", encoding="utf-8") as file:
            _write(built, file, format=format, focus=focus)
    except OSError as error:
        raise NotWritten(
            f"{output} cannot be written",
            why=error.strerror or str(error),
            next_step="give the path of a file with --output",
        ) from error


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
