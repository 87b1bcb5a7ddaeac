"""The arguments and options of `p2a graph`."""

from pathlib import Path
from typing import Annotated

import typer

from ccg.forms import DEPTH, Collapse, Format

Root = Annotated[Path, typer.Argument(help="The folder that holds the Python code.")]
Package = Annotated[
    str | None, typer.Option(help="Keep to this package or module, by its dotted name.")
]
Form = Annotated[
    Format | None,
    typer.Option(
        metavar="FORM",
        help=f"The form of the output: {', '.join(Format)}; by default what --output ends with,"
        " or text.",
    ),
]
Focus = Annotated[
    list[str] | None,
    typer.Option(help="Keep to what is around this name or its last parts; repeatable."),
]
Depth = Annotated[
    int | None, typer.Option(min=0, help=f"With --focus: steps around it. [default: {DEPTH}]")
]
Coarse = Annotated[
    Collapse | None, typer.Option(help="Show modules alone, with what their contents do.")
]
Cycles = Annotated[
    bool, typer.Option("--cycles", help="Show the rings of imports, inheritance and calls.")
]
Unused = Annotated[
    bool,
    typer.Option("--unused", help="Show functions and classes that no entry point leads to."),
]
Public = Annotated[
    bool, typer.Option("--public", help="With --unused: a library, public names are used.")
]
Base = Annotated[str | None, typer.Option(help="Show what became of the graph since this commit.")]
Impact = Annotated[
    str | None, typer.Option(help="Show who the changes since this commit can affect.")
]
Head = Annotated[
    str | None,
    typer.Option(help="With --base or --impact: up to this commit, not to the files as they are."),
]
Jobs = Annotated[int | None, typer.Option(min=1, help="Processes to read files with.")]
Cache = Annotated[
    bool, typer.Option("--cache/--no-cache", help="Keep what was found out for the next run.")
]
Output = Annotated[
    Path | None,
    typer.Option(
        help="Write to this file instead of standard output (.json, .html, .graphml, .dot, .mmd, .txt)."
    ),
]
