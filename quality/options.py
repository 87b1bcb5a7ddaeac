"""The options of `p2a check`, each with its help."""

from pathlib import Path
from typing import Annotated

import typer

from quality.forms import Format


def _score(text: str) -> float:
    """Return a score; what is none is an error of usage."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 100:
        raise typer.BadParameter(f"{text} is no number from 0 to 100")
    return value


_EXTRA = "Forms for other programs"

Folder = Annotated[Path, typer.Argument(help="The folder of a Python project.")]
Base = Annotated[
    str | None,
    typer.Option(
        help="Judge the change since the merge base with this commit, whose tests run too."
    ),
]
Form = Annotated[
    Format | None,
    typer.Option(
        metavar="FORM",
        help=f"The form of the output: {', '.join(Format)}; by default what --output ends with,"
        " or text.",
    ),
]
Output = Annotated[Path | None, typer.Option(help="Write to this file instead of standard output.")]
Sarif = Annotated[
    Path | None,
    typer.Option(help="Also write SARIF 2.1.0 to this file.", rich_help_panel=_EXTRA),
]
JUnit = Annotated[
    Path | None, typer.Option(help="Also write JUnit XML to this file.", rich_help_panel=_EXTRA)
]
Badge = Annotated[
    Path | None, typer.Option(help="Also write an SVG badge to this file.", rich_help_panel=_EXTRA)
]
Markdown = Annotated[
    Path | None, typer.Option(help="Also write Markdown to this file.", rich_help_panel=_EXTRA)
]
Tests = Annotated[
    bool, typer.Option("--tests/--no-tests", help="Run the project's tests in the sandbox.")
]
Timing = Annotated[
    bool,
    typer.Option(
        "--timing", help="With --base: also time tests and imports of both, in turn, three times."
    ),
]
Minimum = Annotated[
    float | None,
    typer.Option(
        parser=_score,
        metavar="0..100",
        help="Fail below this overall score; .p2a.yml can ask for more.",
    ),
]
Cache = Annotated[
    bool,
    typer.Option(
        "--cache/--no-cache", help="Keep the graph's facts and the base's tests for the next check."
    ),
]
