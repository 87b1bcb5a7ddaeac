"""The forms in which a checked report is written, and the files that it is written to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from io import StringIO
from pathlib import Path
from typing import TextIO, assert_never

from rich.console import Console

from ccg import named_form
from ccg.export.text import printable
from ccg.written import write_whole
from p2a.errors import ConfigurationInvalid
from quality.check import Checked
from quality.render.badge import render_badge
from quality.render.document import render_json
from quality.render.junit import render_junit
from quality.render.markdown import render_markdown
from quality.render.sarif import render_sarif
from quality.render.text import print_report
from quality.render.wording import verdict_line


class Format(StrEnum):
    """In which form a report is written."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"
    SARIF = "sarif"
    JUNIT = "junit"
    BADGE = "badge"


ENDINGS = {
    ".json": Format.JSON,
    ".md": Format.MARKDOWN,
    ".sarif": Format.SARIF,
    ".xml": Format.JUNIT,
    ".svg": Format.BADGE,
}
"""The form that a file's name asks for where no other is named; else it is text."""


@dataclass(frozen=True, slots=True)
class Writing:
    """What the forms need besides the report."""

    version: str
    """That of this program."""
    prefix: str = ""
    """The checked folder's path from the root of its repository."""
    is_shut: bool = False
    """Whether a gate holds that is not shown to be met."""


def form_of(path: Path | None) -> Format:
    """Return the form that a file's name asks for."""
    return named_form.form_of(path, ENDINGS, otherwise=Format.TEXT)


def write_report(checked: Checked, file: TextIO, *, format: Format, writing: Writing) -> None:
    """Write the report in one form."""
    match format:
        case Format.TEXT:
            print_report(checked, Console(file=file, highlight=False))
        case Format.JSON:
            file.write(render_json(checked))
        case Format.MARKDOWN:
            file.write(render_markdown(checked))
        case Format.SARIF:
            file.write(render_sarif(checked, version=writing.version, prefix=writing.prefix))
        case Format.JUNIT:
            file.write(render_junit(checked, is_shut=writing.is_shut))
        case Format.BADGE:
            file.write(render_badge(checked.report))
        case _:
            assert_never(format)


def check_places(files: Mapping[str, Path]) -> None:
    """Find out before the measuring whether its results can be written.

    Args:
        files: the file of each option by the option's name.

    Raises:
        ConfigurationInvalid: a folder is missing, or two options name one file.
    """
    taken: dict[Path, str] = {}
    for option, path in files.items():
        if not path.parent.is_dir():
            raise _not_writable(path, option, why=f"there is no folder {path.parent}")
        if path.is_dir():
            raise _not_writable(path, option, why="Is a directory")
        other = taken.setdefault(path.resolve(), option)
        if other != option:
            raise _not_writable(path, option, why=f"{other} is written to the same file")


def write_files(
    checked: Checked, files: Mapping[str, tuple[Path, Format]], writing: Writing
) -> None:
    """Write each file in its form.

    Args:
        checked: the report with its verdict.
        files: the file and its form by the option that asks for it.
        writing: what the forms need besides.

    Raises:
        ConfigurationInvalid: a file cannot be written.
    """
    for option, (path, format) in files.items():
        text = StringIO()
        write_report(checked, text, format=format, writing=writing)
        try:
            write_whole(path, text.getvalue())
        except OSError as error:
            raise _not_writable(path, option, why=error.strerror or str(error)) from error


def written_text(checked: Checked, files: Iterable[tuple[Path, Format]], *, is_named: bool) -> str:
    """Return what a person is told whose report went to files: the verdict, and which files.

    Args:
        checked: the report with its verdict.
        files: each file and its form.
        is_named: whether the form of the output was asked for, not taken from its name.
    """
    lines = [verdict_line(checked.verdict)]
    for path, format in files:
        told = named_form.written_lines(path, format, ENDINGS, asks=not is_named, what="a check")
        lines += [f"  {line}" for line in told]
    return "".join(f"{printable(line)}\n" for line in lines)


def _not_writable(path: Path, option: str, *, why: str) -> ConfigurationInvalid:
    return ConfigurationInvalid(
        f"{path} cannot be written",
        why=why,
        next_step=f"give the path of another file with {option}",
    )
