"""Plain values are converted without pydantic, and all of them as typer alone does it."""

import subprocess
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import pytest
import typer
from typer.core import TyperCommand
from typer.testing import CliRunner

from ccg.plain_values import PlainCommand


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


Loud = Annotated[bool, typer.Option()]


def said(kind: type[TyperCommand], arguments: list[str]) -> tuple[int, str, str]:
    """Run a command of this kind; return its exit code and what it says."""
    application = typer.Typer(add_completion=False)

    @application.command(cls=kind)
    def main(
        place: Path = Path(),
        name: str | None = None,
        many: Annotated[list[str] | None, typer.Option()] = None,
        count: Annotated[int, typer.Option(min=1, max=20)] = 2,
        share: float = 0.5,
        colour: Colour = Colour.RED,
        folder: Annotated[Path | None, typer.Option(exists=True, file_okay=False)] = None,
        whole: Annotated[Path | None, typer.Option(resolve_path=True)] = None,
        hexadecimal: Annotated[int, typer.Option(parser=lambda text: int(text, 16))] = 1,
        loud: Loud = False,
    ) -> None:
        given = (place, name, many, count, share, colour, folder, whole, hexadecimal, loud)
        typer.echo(repr([(type(value).__name__, value) for value in given]))

    result = CliRunner().invoke(application, arguments)
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--place", "a/../b", "--name", " x ", "--count", "7", "--colour", "blue", "--loud"],
        ["--place", "", "--name", "", "--many", "a", "--many", "b"],
        ["--place", __file__, "--folder", str(Path(__file__).parent), "--whole", "a/../b"],
        ["--folder", __file__],
        ["--folder", "/no/such/folder"],
        ["--count", "0"],
        ["--count", "21"],
        ["--count", "+3"],
        ["--count", "1_0"],
        ["--count", "007"],
        ["--count", "٣"],
        ["--count", "1.0"],
        ["--count", "many"],
        ["--count", "9" * 30],
        ["--share", "1e-1"],
        ["--colour", "RED"],
        ["--colour", "green"],
        ["--hexadecimal", "ff"],
        ["--name"],
        ["--help"],
    ],
    ids=str,
)
def test_plain_command__does_what_typer_does(arguments: list[str]) -> None:
    assert said(PlainCommand, arguments) == said(TyperCommand, arguments)


@pytest.mark.parametrize("options", [[], ["--package", "m", "--jobs", "2", "--output", "out"]])
def test_graph__needs_no_pydantic(tmp_path: Path, options: list[str]) -> None:
    (tmp_path / "m.py").write_text("x = 1\n", encoding="utf-8")
    script = (
        "import sys; from ccg.command import graph; "
        "graph([*sys.argv[1:], '--no-cache', '--format', 'json'], standalone_mode=False); "
        "sys.exit('pydantic' in sys.modules)"
    )
    command = [sys.executable, "-c", script, ".", *options]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
