"""The door of `p2a graph`."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import typer

from ccg import options
from ccg.build import build_graph, build_json
from ccg.cache import cache_folder
from ccg.collector import garbage_left
from ccg.errors import GraphError, NotWritten, RevisionNotRead
from ccg.export.error_text import explain
from ccg.export.visible import visible
from ccg.forms import DEPTH, ENDINGS, LISTS, Format, View
from ccg.inputs import Progress
from ccg.named_form import form_of, written_lines
from ccg.plain_values import PlainCommand
from ccg.source import package_of
from ccg.written import write_whole

if TYPE_CHECKING:  # a kept answer needs neither
    from rich.progress import Progress as Bars

    from ccg.graph import Graph

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
_PIECE = 1 << 18
"""Characters that are written at once: to write all of them takes a copy of all of them."""

graph = typer.Typer(add_completion=False)


@graph.command(cls=PlainCommand)
def main(  # noqa: PLR0913 (each is an option)
    root: options.Root = Path(),
    package: options.Package = None,
    format: options.Form = None,
    focus: options.Focus = None,
    depth: options.Depth = None,
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
    view = View(tuple(focus or ()), DEPTH if depth is None else depth, collapse)
    asked = [name for name, value in wanted.items() if value not in {None, False}]
    form = format or form_of(output, ENDINGS, otherwise=Format.TEXT)
    _check_usage(asked, view, head, format=form)
    _check_needs(has_public=public and not unused, has_depth=depth is not None and not focus)
    since = base if base is not None else impact
    if since is not None and impact not in {None, since}:
        raise typer.BadParameter("--base and --impact name different commits: give one")
    folder = cache_folder(os.environ) if cache else None
    try:
        _check_place(output)
        with garbage_left(), _shown() as shown:
            build = _Builder(package, jobs, folder, shown)
            if since is not None:
                diff_impact = (base is not None, impact is not None)
                write = _change_writer(root, since, head, build, diff_impact)
            elif form is Format.JSON and not asked and not (view.focus or view.collapse):
                write = partial(_write_text, build.json(root, package_of(root)))
            else:
                found = build.graph(root, package_of(root))
                write = _writer(found, root, asked, view, public=public)
        _write_out(write, output, format=form)
    except GraphError as error:
        sys.stderr.write(explain(error))
        code = GIT_FAILED if isinstance(error, RevisionNotRead) else WRONG_VALUE
        raise typer.Exit(code) from error
    if output is not None:
        told = written_lines(output, form, ENDINGS, asks=format is None, what="a graph")
        sys.stderr.write("".join(f"{visible(line)}\n" for line in told))
    return 0


def _writer(
    graph: "Graph", root: Path, asked: list[str], view: View, *, public: bool
) -> Callable[..., None]:
    from ccg import answer

    built = answer.Built(graph, root)
    if "--cycles" in asked:
        return partial(answer.write_rings, built)
    if "--unused" in asked:
        return partial(answer.write_unused, built, public=public)
    return partial(answer.write_graph, built, view)


def _change_writer(
    root: Path, base: str, head: str | None, build: "_Builder", diff_impact: tuple[bool, bool]
) -> Callable[..., None]:
    from ccg.answer import write_change
    from ccg.tree_change import compare_revisions

    change = compare_revisions(root, base=base, head=head, build=build.graph)
    return partial(write_change, change, with_diff=diff_impact[0], with_impact=diff_impact[1])


def _write_text(text: str, file: TextIO, *, format: Format) -> None:
    del format  # it is in it already
    for start in range(0, len(text), _PIECE):
        file.write(text[start : start + _PIECE])


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


def _check_needs(*, has_public: bool, has_depth: bool) -> None:
    """Refuse options without the one that they belong to.

    Raises:
        typer.BadParameter: one of them stands alone.
    """
    if has_public:
        raise typer.BadParameter("--public needs --unused")
    if has_depth:
        raise typer.BadParameter("--depth needs --focus")


@contextmanager
def _shown() -> Iterator["Bars | None"]:
    """Give what shows on a terminal how far the work is; None where nobody looks."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Bars(*columns, console=Console(stderr=True), transient=True) as shown:
        yield shown


@dataclass(frozen=True, slots=True)
class _Builder:
    """Builds graphs as the options say."""

    package: str | None
    jobs: int | None
    cache: Path | None
    shown: "Bars | None"

    def graph(self, root: Path, inside: str) -> "Graph":
        with self._told() as tell:
            return build_graph(root, inside=inside, progress=tell, **self._options())

    def json(self, root: Path, inside: str) -> str:
        with self._told() as tell:
            return build_json(root, inside=inside, progress=tell, **self._options())

    def _options(self) -> dict[str, Any]:
        return {"package": self.package, "jobs": self.jobs, "cache": self.cache}

    @contextmanager
    def _told(self) -> Iterator[Progress | None]:
        shown = self.shown
        if shown is None:
            yield None
            return
        task = shown.add_task("reading files", total=None)

        def tell(done: int, total: int) -> None:
            if done < total:
                shown.update(task, completed=done, total=total)
            else:
                shown.reset(task, description="following calls", total=None)

        try:
            yield tell
        finally:
            shown.remove_task(task)


def _check_place(output: Path | None) -> None:
    """Refuse a file that can be no answer's, before the work is done for it."""
    if output is not None and output.is_dir():
        raise _not_written(output, "Is a directory")
    if output is not None and not output.parent.is_dir():
        raise _not_written(output, f"there is no folder {output.parent}")


def _not_written(output: Path, why: str) -> NotWritten:
    return NotWritten(
        f"{output} cannot be written",
        why=why,
        next_step="give the path of another file with --output",
    )


def _write_out(write: Callable[..., None], output: Path | None, *, format: Format) -> None:
    if output is None:
        write(sys.stdout, format=format)
        return
    text = StringIO()
    write(text, format=format)
    try:
        write_whole(output, text.getvalue())
    except OSError as error:
        raise _not_written(output, error.strerror or str(error)) from error
