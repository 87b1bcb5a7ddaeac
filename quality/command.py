"""The door of `p2a check`."""

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TextIO

import typer
from rich.console import Console

from ccg.cache import cache_folder
from p2a.errors import ConfigurationInvalid
from p2a.settings import Settings
from quality.check import Checked, CheckRequest
from quality.check import check as run_check
from quality.render.markdown import render_markdown
from quality.render.text import print_report

check = typer.Typer(add_completion=False)


class Format(StrEnum):
    """In which form the report is written."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


@check.command()
def main(
    path: Annotated[Path, typer.Argument(help="The folder of a Python project.")] = Path(),
    base: Annotated[
        str | None,
        typer.Option(
            help="Judge the change since the merge base with this commit, whose tests run too."
        ),
    ] = None,
    format: Annotated[Format, typer.Option(help="The form of the output.")] = Format.TEXT,
    output: Annotated[
        Path | None, typer.Option(help="Write to this file instead of standard output.")
    ] = None,
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
    if output is None:
        _write(checked, sys.stdout, format=format)
        return checked.exit_code(minimum=minimum)
    try:
        with output.open("w", encoding="utf-8") as file:
            _write(checked, file, format=format)
    except OSError as error:
        raise ConfigurationInvalid(
            f"{output} cannot be written",
            why=error.strerror or str(error),
            next_step="give the path of a file with --output",
        ) from error
    return checked.exit_code(minimum=minimum)


def _write(checked: Checked, file: TextIO, *, format: Format) -> None:
    match format:
        case Format.JSON:
            file.write(checked.report.to_json())
        case Format.MARKDOWN:
            file.write(render_markdown(checked))
        case Format.TEXT:
            print_report(checked, Console(file=file, highlight=False))
