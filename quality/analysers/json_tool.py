"""Runs a Python package's program that answers in JSON, apart from the repository and its settings."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from p2a.process import SYSTEM_PATH, capture
from quality.measure import NotMeasured

TIMEOUT = 300.0
MAX_OUTPUT = 64 * 1024 * 1024
SUCCESSES = frozenset({0, 1})
"""1 is how bandit and ruff say that they found something."""


def run_json_tool(
    module: str, arguments: Sequence[str], *, folder: Path, max_output: int = MAX_OUTPUT
) -> Any | NotMeasured:
    """Return what `python -I -m module` prints, or why it cannot be used.

    The program sees no environment of ours and starts in `folder`, which should hold nothing but
    what it is to read.
    """
    captured = capture(
        [sys.executable, "-I", "-m", module, *arguments],
        env={"PATH": SYSTEM_PATH, "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0"},
        cwd=folder,
        timeout=TIMEOUT,
        max_output=max_output,
    )
    if captured.stopped is not None:
        return NotMeasured(f"{module} was stopped at its limit of {captured.stopped.value}")
    if captured.code not in SUCCESSES:
        return NotMeasured(f"{module} failed with exit code {captured.code}")
    try:
        return json.loads(captured.stdout)
    except ValueError:
        return NotMeasured(f"{module} did not answer in JSON")
