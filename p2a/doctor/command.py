"""The door of `p2a doctor`."""

import os
import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from p2a.doctor.checkup import examine
from p2a.doctor.finding import as_json, as_table, exit_code, from_error
from p2a.errors import ConfigurationInvalid
from p2a.settings import Settings

doctor = typer.Typer(add_completion=False)


@doctor.command()
def main(
    *,
    as_data: Annotated[bool, typer.Option("--json", help="Write JSON for programs.")] = False,
) -> int:
    """Check every setting and part of this installation, and say what to do about each.

    Exits with 0 when nothing fails, with 3 when a setting is wrong, with 4 when something on this
    machine or outside does not work. Never prints a secret.
    """
    try:
        findings = examine(Settings.from_environ(os.environ), clock=lambda: datetime.now(UTC))
    except ConfigurationInvalid as error:
        findings = (from_error("settings", error),)
    sys.stdout.write(as_json(findings) if as_data else as_table(findings))
    return exit_code(findings)
