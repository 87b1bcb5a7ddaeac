"""The door of `p2a graph`."""

import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from ccg import options
from ccg.answer import (
    LISTS,
    Built,
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
    root: options.Root,
    package: options.Package = None,
    format: options.Form = Format.TEXT,
    focus: options.Focus = None,
    depth: options.Depth = 2,
    collapse: options.Coarse = None,
    cycles: options.Cycles = False,
    unused: options.Unused = False,
    public: options.Public = False,
    base: options.Base = None,
    impact: options.Impact = None,
    head: options.Head = None,
    jobs: options.Jobs = None,
    cache: options.Cache = True,
    output: options.Output = None,
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
            if since is None:
                built = Built(build(root, package_of(root)), root)
                write = _writer(built, asked, view, public=public)
            else:
                change = compare_revisions(root, base=since, head=head, build=build)
                with_diff, with_impact = base is not None, impact is not None
                write = partial(write_change, change, with_diff=with_diff, with_impact=with_impact)
        _write_out(write, output, format=format)
    except GraphError as error:
        sys.stderr.write(_explain(error))
        code = GIT_FAILED if isinstance(error, RevisionNotRead) else WRONG_VALUE
        raise typer.Exit(code) from error
    return 0


def _writer(built: Built, asked: list[str], view: View, *, public: bool) -> Callable[..., None]:
    if "--cycles" in asked:
        return partial(write_rings, built)
    if "--unused" in asked:
        return partial(write_unused, built, public=public)
    return partial(write_graph, built, view)


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

            known = _accepted(jobs=jobs, cache=cache, progress=tell)
            return build_graph(root, package=package, inside=inside, **known)

        yield build


def _accepted(**given: Any) -> dict[str, Any]:
    """Return the options that `build_graph` knows."""
    known = inspect.signature(build_graph).parameters
    return {name: value for name, value in given.items() if name in known}


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
