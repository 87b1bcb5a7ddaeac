"""What the runner tells a step: its files and what job it is in."""

import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from action.event import MAX_BYTES, Event, event_invalid, read_event
from action.runner import MAX_SUMMARY, output_text
from p2a.inert import fit, size_in_bytes


@dataclass(frozen=True, slots=True)
class Runner:
    """The variables that GitHub documents for every job, each None or empty where it is not set."""

    event_name: str
    event_path: Path | None
    workspace: Path
    temp: Path
    output: Path | None
    summary: Path | None
    repository: str
    sha: str
    workflow: str
    job: str
    job_url: str | None
    """The page of the run, which lists its artifacts."""

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Runner":
        """Read them from an environment."""
        return cls(
            event_name=environ.get("GITHUB_EVENT_NAME", ""),
            event_path=_path(environ, "GITHUB_EVENT_PATH"),
            workspace=_path(environ, "GITHUB_WORKSPACE") or Path(),
            temp=_path(environ, "RUNNER_TEMP") or Path(tempfile.gettempdir()),
            output=_path(environ, "GITHUB_OUTPUT"),
            summary=_path(environ, "GITHUB_STEP_SUMMARY"),
            repository=environ.get("GITHUB_REPOSITORY", ""),
            sha=environ.get("GITHUB_SHA", ""),
            workflow=environ.get("GITHUB_WORKFLOW", ""),
            job=environ.get("GITHUB_JOB", ""),
            job_url=_job_url(environ),
        )

    def read_event(self) -> Event:
        """Return the job's event; outside of a job one that says nothing.

        Raises:
            EventInvalid: the file is missing or not what GitHub writes.
        """
        if self.event_path is None:
            return Event(self.event_name)
        try:
            with self.event_path.open("rb") as file:
                content = file.read(MAX_BYTES + 1)
        except OSError as error:
            raise event_invalid(f"{self.event_path}: {error.strerror}") from error
        return read_event(self.event_name, content)

    def make_folder(self) -> Path:
        """Return a new folder of the step's own: what an earlier job left is in no way."""
        self.temp.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix="p2a-", dir=self.temp))

    def write_summary(self, text: str) -> None:
        """Add to the job's summary what fits."""
        if self.summary is None:
            return
        with self.summary.open("a", encoding="utf-8") as file:
            file.write(fit(text, MAX_SUMMARY, size=size_in_bytes))

    def write_outputs(self, outputs: Mapping[str, str]) -> None:
        """Set outputs of the step, behind a delimiter that no value can guess."""
        if self.output is None:
            return
        with self.output.open("a", encoding="utf-8") as file:
            file.write(output_text(outputs, delimiter=f"p2a_{secrets.token_hex(16)}"))


def _path(environ: Mapping[str, str], name: str) -> Path | None:
    return Path(environ[name]) if environ.get(name) else None


def _job_url(environ: Mapping[str, str]) -> str | None:
    parts = [environ.get(f"GITHUB_{name}") for name in ("SERVER_URL", "REPOSITORY", "RUN_ID")]
    if not all(parts):
        return None
    return "{}/{}/actions/runs/{}".format(*parts)
