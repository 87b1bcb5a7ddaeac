"""The door of `p2a check`."""

import os
import sys
from importlib.metadata import version
from pathlib import Path

import typer
from rich.console import Console

from ccg.cache import cache_folder
from ccg.plain_values import PlainCommand
from p2a.settings import Settings
from quality import options
from quality.check import CheckRequest
from quality.check import check as run_check
from quality.forms import (
    Format,
    Writing,
    check_places,
    form_of,
    write_files,
    write_report,
    written_text,
)
from quality.tree import find_work_tree

check = typer.Typer(add_completion=False)


@check.command(cls=PlainCommand)
def main(  # noqa: PLR0913 (each is an option)
    path: options.Folder = Path(),
    base: options.Base = None,
    format: options.Form = None,
    output: options.Output = None,
    sarif: options.Sarif = None,
    junit: options.JUnit = None,
    badge: options.Badge = None,
    markdown: options.Markdown = None,
    tests: options.Tests = True,
    timing: options.Timing = False,
    minimum: options.Minimum = None,
    cache: options.Cache = True,
) -> int:
    """Measure a Python project: scores, findings and its tests, by our own rules only.

    Exits with 1 when a test did not pass (with --base, one that did not fail there as well), or when a
    gate was not shown to be met: that of --minimum, and that of .p2a.yml in the base's commit.
    """
    if timing and (base is None or not tests):
        lacking = "needs --base" if base is None else "has no meaning with --no-tests"
        raise typer.BadParameter(f"--timing {lacking}")
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
        with_timing=timing,
        cache=cache_folder(os.environ) if cache else None,
    )
    with Console(stderr=True).status("") as status:
        settings = Settings.from_environ(os.environ)
        checked = run_check(request, settings=settings, tell=status.update)
    code = checked.exit_code
    writing = Writing(version("prompt2action"), prefix=_prefix(path), is_shut=code != 0)
    write_files(checked, files, writing)
    if output is None:
        write_report(checked, sys.stdout, format=format or Format.TEXT, writing=writing)
    else:
        sys.stderr.write(written_text(checked, files.values(), is_named=format is not None))
    return code


def _prefix(path: Path) -> str:
    """Return the folder's path from the root of its repository, empty at the root or outside."""
    folder = path.resolve()
    top = find_work_tree(folder)
    return "" if top is None or top == folder else folder.relative_to(top).as_posix()
