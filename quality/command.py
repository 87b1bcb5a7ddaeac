"""The door of `p2a check`."""

import os
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ccg.cache import cache_folder
from p2a.settings import Settings
from quality.check import CheckRequest
from quality.check import check as run_check
from quality.forms import Format, Writing, check_places, form_of, write_files, write_report
from quality.tree import find_work_tree

check = typer.Typer(add_completion=False)
EXTRA = "Forms for other programs"


def _also(text: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(help=text, rich_help_panel=EXTRA)
    return option


@check.command()
def main(  # noqa: PLR0913 (each is an option)
    path: Annotated[Path, typer.Argument(help="The folder of a Python project.")] = Path(),
    base: Annotated[
        str | None,
        typer.Option(
            help="Judge the change since the merge base with this commit, whose tests run too."
        ),
    ] = None,
    format: Annotated[
        Format | None,
        typer.Option(help="The form of the output; by default what --output ends with, or text."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="Write to this file instead of standard output.")
    ] = None,
    sarif: Annotated[Path | None, _also("Also write SARIF 2.1.0 to this file.")] = None,
    junit: Annotated[Path | None, _also("Also write JUnit XML to this file.")] = None,
    badge: Annotated[Path | None, _also("Also write an SVG badge to this file.")] = None,
    markdown: Annotated[Path | None, _also("Also write Markdown to this file.")] = None,
    tests: Annotated[
        bool, typer.Option("--tests/--no-tests", help="Run the project's tests in the sandbox.")
    ] = True,
    minimum: Annotated[
        float | None, typer.Option(min=0, max=100, help="Fail below this overall score.")
    ] = None,
) -> int:
    """Measure a Python project: scores, findings and its tests, by our own rules only.

    Exits with 1 when a test did not pass, or when --minimum is given and was not shown to be met.
    """
    asked = {
        "--output": (output, format or form_of(output)),
        "--sarif": (sarif, Format.SARIF),
        "--junit": (junit, Format.JUNIT),
        "--badge": (badge, Format.BADGE),
        "--markdown": (markdown, Format.MARKDOWN),
    }
    files = {option: (file, form) for option, (file, form) in asked.items() if file is not None}
    check_places({option: file for option, (file, _) in files.items()})
    request = CheckRequest(
        path,
        base=base,
        with_tests=tests,
        minimum=minimum,
        graph_cache=cache_folder(os.environ),
    )
    with Console(stderr=True).status("") as status:
        settings = Settings.from_environ(os.environ)
        checked = run_check(request, settings=settings, tell=status.update)
    code = checked.exit_code
    writing = Writing(version("prompt2action"), prefix=_prefix(path), is_shut=code != 0)
    write_files(checked, files, writing)
    if output is None:
        write_report(checked, sys.stdout, format=format or Format.TEXT, writing=writing)
    return code


def _prefix(path: Path) -> str:
    """Return the folder's path from the root of its repository, empty at the root or outside."""
    folder = path.resolve()
    top = find_work_tree(folder)
    return "" if top is None or top == folder else folder.relative_to(top).as_posix()
