"""A runner on this machine: nektos/act runs a workflow's bytes, the action's bytes and our stand-ins."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.conftest import OUTSIDE

ROOT = Path(__file__).parents[2]
STANDINS = ROOT / "tests" / "action" / "standins"
OWN = f"OWNER/prompt2action@{'0' * 40}"
PARTS = (
    *("p2a", "ccg", "quality", "worker", "bot", "action", "playground"),
    *("requirements", "action.yml", "pyproject.toml", "README.md", "LICENSE"),
)
"""Of the repository, what the action needs."""
ACT = Path(sys.executable).with_name("act")
SECONDS = 500
_OWN_WORDS = re.compile(r"set-output|summary|stop-commands|[0-9a-f]{32}")
"""What act calls commands besides those of a log, and how the step stops and resumes these."""


@dataclass(frozen=True)
class JobRun:
    """What a run of a workflow left."""

    exit_code: int
    lines: tuple[Mapping[str, Any], ...]
    folder: Path
    """Of the stand-ins: what was cached, uploaded and scanned in it."""

    @property
    def outputs(self) -> dict[str, str]:
        """Return what the action as a whole put out."""
        return {
            line["name"]: line["arg"]
            for line in self._of_the_action()
            if line.get("command") == "set-output" and len(line["stepID"]) == 1
        }

    @property
    def summary(self) -> str:
        """Return the job's summary."""
        return "".join(
            line["content"] for line in self._of_the_action() if line.get("command") == "summary"
        )

    @property
    def commands(self) -> list[tuple[str, str]]:
        """Return name and message of the workflow commands that the runner took."""
        return [
            (line["command"], line.get("arg") or line["msg"])
            for line in self._of_the_action()
            if "command" in line and not _OWN_WORDS.fullmatch(line["command"])
        ]

    @property
    def log(self) -> str:
        """Return everything that was written."""
        return "".join(str(line.get("msg", "")).rstrip("\n") + "\n" for line in self.lines)

    def artifact(self, name: str) -> dict[str, str]:
        """Return the texts of the uploaded files by name."""
        folder = self.folder / "artifacts" / name
        return {path.name: path.read_text("utf-8") for path in folder.iterdir()}

    def _of_the_action(self) -> Iterator[Mapping[str, Any]]:
        return (line for line in self.lines if line.get("step", "").startswith("OWNER/"))


@dataclass
class ActionRunner:
    """A machine with an empty disk but for what earlier jobs cached."""

    folder: Path
    runs: int = 0
    _own: Path = field(init=False)

    def __post_init__(self) -> None:
        """Copy the action as GitHub would fetch it: no environment, no leftovers."""
        self._own = self.folder / "prompt2action"
        self._own.mkdir(parents=True)
        for part in PARTS:
            source = ROOT / part
            if source.is_dir():
                ignored = shutil.ignore_patterns("__pycache__")
                shutil.copytree(source, self._own / part, ignore=ignored)
            else:
                shutil.copy2(source, self._own / part)
        tools = self.folder / "tools"
        tools.mkdir()
        # The workflows set the machine up for the sandbox; this one is somebody's own.
        (tools / "sudo").write_text("#!/bin/sh\nexit 0\n", encoding="ascii")
        (tools / "sudo").chmod(0o755)

    def run(
        self,
        workflow: str,
        event: str,
        payload: Mapping[str, Any],
        *,
        project: Path,
        environ: Mapping[str, str] | None = None,
        secrets: Mapping[str, str] | None = None,
    ) -> JobRun:
        """Run one of the workflows to copy for an event, with a project as the repository."""
        self.runs += 1
        home = self.folder / f"run-{self.runs}"
        kept = self.folder / "standins"
        for name in ("artifacts", "code-scanning"):
            shutil.rmtree(kept / name, ignore_errors=True)
        kept.mkdir(exist_ok=True)
        (kept / "cache").mkdir(exist_ok=True)
        home.mkdir()
        (home / "event.json").write_text(json.dumps(payload), encoding="utf-8")
        path = ROOT / "docs" / "workflows" / f"{workflow}.yml"
        given = {"STANDIN_FOLDER": str(kept), **(environ or {})}
        command = [
            *(str(ACT), event, "--json", "-W", str(path), "-e", str(home / "event.json")),
            *("-P", "ubuntu-24.04=-self-hosted", "--no-cache-server", "--action-offline-mode"),
            *_each("--local-repository", self._repositories(path)),
            *_each("--env", given),
            *_each("-s", {"GITHUB_TOKEN": "a-token-of-no-use", **(secrets or {})}),
        ]
        done = subprocess.run(
            command,
            cwd=project,
            env=self._environ(home),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=SECONDS,
            check=False,
        )
        text = done.stdout.decode("utf-8", "replace")
        return JobRun(done.returncode, tuple(_lines(text)), kept)

    def _repositories(self, workflow: Path) -> dict[str, str]:
        """Return where each action is found, ours by its copy and the others by a stand-in."""
        texts = [path.read_text("utf-8") for path in (ROOT / "action.yml", workflow)]
        used = set(re.findall(r"uses: ([\w.-]+)/([\w.-]+)[\w./-]*@([0-9a-f]{40})", "".join(texts)))
        others = {
            f"{owner}/{name}@{sha}": str(STANDINS / name)
            for owner, name, sha in used
            if name != "checkout" and owner != "OWNER"
        }
        return {**others, OWN: str(self._own)}

    def _environ(self, home: Path) -> dict[str, str]:
        python = Path(os.path.realpath(getattr(sys, "_base_executable", sys.executable))).parent
        return {
            **OUTSIDE,
            "PATH": f"{self.folder / 'tools'}:{python}:/usr/local/bin:/usr/bin:/bin",
            "HOME": str(home),
            "XDG_CACHE_HOME": str(home / "cache"),
            "LANG": "C.UTF-8",
        }


def _each(option: str, values: Mapping[str, str]) -> Iterator[str]:
    for name, value in values.items():
        yield from (option, f"{name}={value}")


def _lines(text: str) -> Iterator[Mapping[str, Any]]:
    for line in text.splitlines():
        try:
            value = json.loads(line)
        except ValueError:
            value = None
        yield value if isinstance(value, dict) else {"msg": line}
