"""A job of GitHub Actions as a step sees it: its folders, its variables, and the runner's files."""

import io
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from action.job import run_step

SCRIPT = Path(sys.executable).parent / "p2a-action"


@dataclass(frozen=True)
class Ended:
    """How a step ended."""

    exit_code: int
    log: str
    outputs: dict[str, str]
    summary: str

    @property
    def commands(self) -> list[str]:
        """Return the lines that a runner takes for commands."""
        return list(_commands(self.log.splitlines()))


@dataclass
class ActionJob:
    """A job; each step of it has new files of the runner, as there."""

    folder: Path
    environ: dict[str, str] = field(default_factory=dict)
    steps: int = 0

    @property
    def checkout(self) -> Path:
        """Return the workspace."""
        return self.folder / "checkout"

    def run(self, event: str, payload: Mapping[str, Any] | str, **environ: str) -> Ended:
        """Run the step in this process."""
        log = io.StringIO()
        code = run_step(self._prepare(event, payload, environ), log)
        return self._ended(code, log.getvalue())

    def start(self, event: str, payload: Mapping[str, Any] | str, **environ: str) -> Ended:
        """Run the step as a runner does: the console script in a process of its own."""
        done = subprocess.run(
            [sys.executable, "-I", str(SCRIPT)],
            cwd=self.checkout,
            env=self._prepare(event, payload, environ),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=200,
            check=False,
        )
        return self._ended(done.returncode, done.stdout.decode("utf-8"))

    def _prepare(
        self, event: str, payload: Mapping[str, Any] | str, environ: Mapping[str, str]
    ) -> dict[str, str]:
        self.steps += 1
        step = self.folder / f"step-{self.steps}"
        step.mkdir(parents=True)
        text = payload if isinstance(payload, str) else json.dumps(payload)
        (step / "event.json").write_text(text, encoding="utf-8")
        return {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "HOME": str(self.folder),
            "GITHUB_ACTIONS": "true",
            "GITHUB_EVENT_NAME": event,
            "GITHUB_EVENT_PATH": str(step / "event.json"),
            "GITHUB_WORKSPACE": str(self.checkout),
            "GITHUB_OUTPUT": str(step / "output"),
            "GITHUB_STEP_SUMMARY": str(step / "summary"),
            "GITHUB_WORKFLOW": "quality",
            "GITHUB_JOB": "check",
            "RUNNER_TEMP": str(self.folder / "temp"),
            "P2A_INPUT_TESTS": "false",
            **self.environ,
            **environ,
        }

    def _ended(self, code: int, log: str) -> Ended:
        step = self.folder / f"step-{self.steps}"
        return Ended(code, log, read_outputs(_read(step / "output")), _read(step / "summary"))


def read_outputs(text: str) -> dict[str, str]:
    """Read an output file as a runner does."""
    return dict(_outputs(iter(text.split("\n"))))


def _outputs(lines: Iterator[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        if not line:
            continue
        name, mark, delimiter = line.partition("<<")
        if not mark:
            yield name.partition("=")[0], name.partition("=")[2]
            continue
        value = []
        for inner in lines:
            if inner == delimiter:
                break
            value.append(inner)
        yield name, "\n".join(value)


def _commands(lines: list[str]) -> Iterator[str]:
    """Yield commands as the runner finds them: `::` at a line's start, `##[` anywhere in it."""
    stopped = ""
    for line in lines:
        start = line.lstrip()
        if stopped:
            stopped = "" if start == f"::{stopped}::" else stopped
        elif start.startswith("::stop-commands::"):
            stopped = start.removeprefix("::stop-commands::")
        elif start.startswith("::") or "##[" in line:
            yield start


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""
