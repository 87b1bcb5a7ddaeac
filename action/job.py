"""The check as one step of a job: from inputs and event to the runner's files and an exit code."""

import io
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from rich.console import Console

from action.errors import EventInvalid
from action.event import MAX_BYTES, Event, read_event
from action.inputs import Inputs
from action.runner import (
    MAX_SUMMARY,
    annotation_lines,
    error_line,
    notice_line,
    output_text,
)
from p2a.errors import P2AError
from p2a.inert import console, fit, size_in_bytes
from p2a.settings import Settings
from quality.check import Checked, CheckRequest, check
from quality.render.annotations import annotations
from quality.render.document import render_json
from quality.render.markdown import render_markdown
from quality.render.text import print_report

NO_CODE = "the tests were not run: a {name} job holds secrets while its code may be anybody's"
FORK = "This change comes from a fork: the result is in the job's summary only."


@dataclass(frozen=True, slots=True)
class Runner:
    """What the runner tells a step about its files."""

    event_name: str
    event_path: Path | None
    workspace: Path
    temp: Path
    output: Path | None
    summary: Path | None

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Runner":
        """Read the variables that GitHub documents for every job."""
        return cls(
            event_name=environ.get("GITHUB_EVENT_NAME", ""),
            event_path=_path(environ, "GITHUB_EVENT_PATH"),
            workspace=_path(environ, "GITHUB_WORKSPACE") or Path(),
            temp=_path(environ, "RUNNER_TEMP") or Path(tempfile.gettempdir()),
            output=_path(environ, "GITHUB_OUTPUT"),
            summary=_path(environ, "GITHUB_STEP_SUMMARY"),
        )


def run_step(environ: Mapping[str, str], log: TextIO) -> int:
    """Check what the job checked out, and tell the runner; return the step's exit code."""
    runner = Runner.from_environ(environ)
    try:
        inputs = Inputs.from_environ(environ)
        event = _read_event(runner)
        checked = check(
            _request(inputs, event, runner),
            settings=Settings.from_environ(_with_data_dir(environ, runner)),
            tell=lambda text: _say(log, text),
        )
    except P2AError as error:
        log.write(error_line(str(error)) + "\n")
        _write_outputs(runner, {"overall": "", "conclusion": "neutral", "report": ""})
        return error.exit_code
    _tell(checked, runner, event=event, inputs=inputs, log=log)
    return checked.exit_code


def _say(log: TextIO, text: str) -> None:
    log.write(f"p2a: {text}\n")
    log.flush()


def _read_event(runner: Runner) -> Event:
    if runner.event_path is None:
        return Event(runner.event_name)
    try:
        with runner.event_path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise EventInvalid(
            "the job's event cannot be read",
            why=f"{runner.event_path}: {error.strerror}",
            next_step="run the action in a GitHub Actions job, or unset GITHUB_EVENT_PATH",
        ) from error
    return read_event(runner.event_name, content)


def _request(inputs: Inputs, event: Event, runner: Runner) -> CheckRequest:
    return CheckRequest(
        path=runner.workspace / inputs.path,
        base=inputs.base or event.base,
        # The event's base may be missing in a shallow checkout; the author's own may not.
        is_base_needed=inputs.base is not None,
        with_tests=inputs.tests and event.may_run_code,
        minimum=inputs.minimum,
    )


def _with_data_dir(environ: Mapping[str, str], runner: Runner) -> dict[str, str]:
    return {"P2A_DATA_DIR": str(runner.temp / "p2a-data"), **environ}


def _tell(checked: Checked, runner: Runner, *, event: Event, inputs: Inputs, log: TextIO) -> None:
    text = io.StringIO()
    print_report(checked, Console(file=text, highlight=False, width=120))
    log.write(console(text.getvalue()))
    notes = [NO_CODE.format(name=event.name)] if inputs.tests and not event.may_run_code else []
    notes += [FORK] if event.is_fork else []
    lines = [*annotation_lines(annotations(checked.report), folder=_folder(inputs))]
    log.writelines(f"{line}\n" for line in [*map(notice_line, notes), *lines])
    _write_summary(runner, checked, notes)
    overall = checked.report.scores.overall
    outputs = {
        "overall": f"{overall:.1f}" if isinstance(overall, float) else "",
        "conclusion": str(checked.verdict.conclusion),
        "report": str(_write_report(runner, checked)),
    }
    _write_outputs(runner, outputs)


def _folder(inputs: Inputs) -> str:
    folder = Path(inputs.path).as_posix()
    return "" if folder == "." or folder.startswith("/") else folder


def _write_report(runner: Runner, checked: Checked) -> Path:
    runner.temp.mkdir(parents=True, exist_ok=True)
    path = Path(tempfile.mkdtemp(prefix="p2a-", dir=runner.temp)) / "report.json"
    path.write_text(render_json(checked), encoding="ascii")
    return path


def _write_summary(runner: Runner, checked: Checked, notes: list[str]) -> None:
    if runner.summary is None:
        return
    body = "\n\n".join([render_markdown(checked), *notes]) + "\n"
    with runner.summary.open("a", encoding="utf-8") as file:
        file.write(fit(body, MAX_SUMMARY, size=size_in_bytes))


def _write_outputs(runner: Runner, outputs: Mapping[str, str]) -> None:
    if runner.output is None:
        return
    with runner.output.open("a", encoding="utf-8") as file:
        file.write(output_text(outputs, delimiter=f"p2a_{secrets.token_hex(16)}"))


def _path(environ: Mapping[str, str], name: str) -> Path | None:
    return Path(environ[name]) if environ.get(name) else None
