"""The door of `p2a graph`."""

import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from ccg.answer import (
    LISTS,
    Built,
    Collapse,
    Format,
    View,
    write_change,
    write_graph,
    write_rings,
    write_unused,
)
from ccg.build import build_graph
from ccg.errors import GraphError, NotWritten, RevisionNotRead
from ccg.graph import Graph
from ccg.source import package_of
from ccg.tree_change import Build, compare_revisions

WRONG_VALUE = 3
"""The exit code of every `p2a` command for a value that cannot be used."""
GIT_FAILED = 5
"""The exit code of every `p2a` command for an outside program that failed."""
FORMS = {
    "--unused": LISTS,
    "--base": LISTS | {Format.MERMAID},
    "--impact": LISTS | {Format.MERMAID},
}
"""The forms of answers that have not all."""

graph = typer.Typer(add_completion=False)


@graph.command()
def main(  # noqa: PLR0913 (each is an option)
    root: Annotated[Path, typer.Argument(help="The folder that holds the Python code.")],
    package: Annotated[
        str | None, typer.Option(help="Keep to this package or module, by its dotted name.")
    ] = None,
    format: Annotated[Format, typer.Option(help="The form of the output.")] = Format.TEXT,
    focus: Annotated[
        list[str] | None,
        typer.Option(help="Keep to what is around this name or its last parts; repeatable."),
    ] = None,
    depth: Annotated[int, typer.Option(min=0, help="With --focus: steps around it.")] = 2,
    collapse: Annotated[
        Collapse | None, typer.Option(help="Show modules alone, with what their contents do.")
    ] = None,
    cycles: Annotated[
        bool, typer.Option("--cycles", help="Show the rings of imports, inheritance and calls.")
    ] = False,
    unused: Annotated[
        bool,
        typer.Option("--unused", help="Show functions and classes that no entry point leads to."),
    ] = False,
    public: Annotated[
        bool, typer.Option("--public", help="With --unused: a library, public names are used.")
    ] = False,
    base: Annotated[
        str | None, typer.Option(help="Show what changed in the graph since this commit.")
    ] = None,
    impact: Annotated[
        str | None, typer.Option(help="Show who the changes since this commit can affect.")
    ] = None,
    head: Annotated[
        str | None, typer.Option(help="With --base or --impact: up to this commit.")
    ] = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="Processes to read files with.")] = None,
    cache: Annotated[
        bool, typer.Option("--cache/--no-cache", help="Keep what files say for the next run.")
    ] = True,
    output: Annotated[
        Path | None, typer.Option(help="Write to this file instead of standard output.")
    ] = None,
) -> int:
    """Show what a Python project consists of and how its parts use one another.

    Nothing of the project is imported or run.
    """
    wanted = {"--cycles": cycles, "--unused": unused, "--base": base, "--impact": impact}
    view = View(tuple(focus or ()), depth, collapse)
    asked = [name for name, value in wanted.items() if value not in {None, False}]
    _check_usage(asked, view, head, format=format)
    since = base if base is not None else impact
    if since is not None and impact not in {None, since}:
        raise typer.BadParameter("--base and --impact name different commits: give one")
    try:
        with _builder(package=package, jobs=jobs, cache=cache) as build:
            if since is not None:
                change = compare_revisions(root, base=since, head=head, build=build)
                write = partial(
                    write_change, change, with_diff=base is not None, with_impact=impact is not None
                )
            else:
                built = Built(build(root, package_of(root)), root)
                write = partial(write_graph, built, view)
                if cycles:
                    write = partial(write_rings, built)
                elif unused:
                    write = partial(write_unused, built, public=public)
        _write_out(write, output, format=format)
    except GraphError as error:
        sys.stderr.write(_explain(error))
        code = GIT_FAILED if isinstance(error, RevisionNotRead) else WRONG_VALUE
        raise typer.Exit(code) from error
    return 0


def _check_usage(wanted: list[str], view: View, head: str | None, *, format: Format) -> None:
    """Refuse options that have no meaning together.

    Raises:
        typer.BadParameter: they have none.
    """
    if len(wanted) > 1 and wanted != ["--base", "--impact"]:
        raise typer.BadParameter(f"{' and '.join(wanted)} ask different things: give one")
    if wanted and (view.focus or view.collapse):
        raise typer.BadParameter(f"--focus and --collapse have no meaning with {wanted[0]}")
    if head is not None and wanted not in (["--base"], ["--impact"], ["--base", "--impact"]):
        raise typer.BadParameter("--head needs --base or --impact")
    forms = FORMS.get(wanted[0], frozenset(Format)) if wanted else frozenset(Format)
    if format not in forms:
        raise typer.BadParameter(f"{wanted[0]} is written as {', '.join(sorted(forms))}")


@contextmanager
def _builder(*, package: str | None, jobs: int | None, cache: bool) -> Iterator[Build]:
    """Give a function that builds a graph and, on a terminal, tells how far it is."""
    with Progress(  # on a terminal only
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    ) as shown:

        def build(root: Path, inside: str) -> Graph:
            task = shown.add_task("reading files", total=None)

            def tell(done: int, total: int) -> None:
                shown.update(task, completed=done, total=total)

            options = _accepted(jobs=jobs, cache=cache, progress=tell)
            return build_graph(root, package=package, inside=inside, **options)

        yield build


def _accepted(**options: Any) -> dict[str, Any]:
    """Return the options that `build_graph` knows."""
    known = inspect.signature(build_graph).parameters
    return {name: value for name, value in options.items() if name in known}


def _explain(error: GraphError) -> str:
    parts = (("  why:  ", error.why), ("  next: ", error.next_step))
    lines = [f"p2a: {error.what}", *(name + text for name, text in parts if text)]
    return "".join(f"{line}\n" for line in lines)


def _write_out(write: Callable[..., None], output: Path | None, *, format: Format) -> None:
    if output is None:
        write(sys.stdout, format=format)
        return
    try:
        with output.open("w", encoding="utf-8") as file:
            write(file, format=format)
    except OSError as error:
        raise NotWritten(
            f"{output} cannot be written",
            why=error.strerror or str(error),
            next_step="give the path of a file with --output",
        ) from error
