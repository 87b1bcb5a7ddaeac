"""The git program on one bare repository: empty environment, hooks off, time-outs."""

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from p2a.errors import GitFailed

SEARCH_PATH = "/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin:/usr/local/sbin:/usr/sbin:/sbin"
TIMEOUT_SECONDS = 120.0
ERROR_CHARACTERS = 2000

SETTINGS = (
    ("core.hooksPath", "/dev/null"),
    ("core.fsmonitor", "false"),
    ("core.quotePath", "false"),
    ("gc.auto", "0"),
    ("maintenance.auto", "false"),
    ("receive.autogc", "false"),
    ("protocol.ext.allow", "never"),
    ("safe.directory", "*"),
)
"""Given to every command by the environment, where no repository's own configuration can win."""


@dataclass(frozen=True, slots=True)
class GitAnswer:
    """What a git command came to; `code` is one of those the caller accepts."""

    code: int
    output: bytes


def git_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the whole environment of a git process; nothing of the caller's gets in."""
    environment = {
        "PATH": SEARCH_PATH,
        "HOME": "/nonexistent",
        "LANG": "C.UTF-8",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_CONFIG_COUNT": str(len(SETTINGS)),
    }
    for position, (name, value) in enumerate(SETTINGS):
        environment[f"GIT_CONFIG_KEY_{position}"] = name
        environment[f"GIT_CONFIG_VALUE_{position}"] = value
    environment.update(extra or {})
    return environment


@dataclass(frozen=True, slots=True)
class GitProgram:
    """Runs git with one repository's directory; raises `GitFailed` on any code not accepted."""

    git_dir: Path
    timeout: float = TIMEOUT_SECONDS

    def run(
        self,
        *arguments: str,
        stdin: bytes = b"",
        env: Mapping[str, str] | None = None,
        accept: Sequence[int] = (0,),
    ) -> GitAnswer:
        """Run one command to its end and return its exit code and output."""
        argv = ["git", f"--git-dir={self.git_dir}", *arguments]
        try:
            done = subprocess.run(  # noqa: S603 - a list, no shell; options end where values begin
                argv,
                input=stdin,
                capture_output=True,
                env=git_environment(env),
                timeout=self.timeout,
                check=False,
                cwd="/",
            )
        except (OSError, subprocess.SubprocessError) as old:
            raise GitFailed(f"git {arguments[0]} did not run", why=str(old)) from old
        if done.returncode not in accept:
            reason = done.stderr.decode("utf-8", "replace")[:ERROR_CHARACTERS].strip()
            raise GitFailed(f"git {arguments[0]} ended with {done.returncode}", why=reason)
        return GitAnswer(code=done.returncode, output=done.stdout)

    def text(self, *arguments: str, stdin: bytes = b"") -> str:
        """Run one command and return its output as text without the last line's end."""
        return self.run(*arguments, stdin=stdin).output.decode("utf-8", "replace").rstrip("\n")
