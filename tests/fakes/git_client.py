"""The real git client, as a person runs it, apart from this machine's configuration."""

import os
import subprocess
from pathlib import Path

ENVIRONMENT = {
    "HOME": "/nonexistent",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_AUTHOR_NAME": "Mona",
    "GIT_AUTHOR_EMAIL": "mona@example.com",
    "GIT_COMMITTER_NAME": "Mona",
    "GIT_COMMITTER_EMAIL": "mona@example.com",
}


def git(
    *arguments: str, cwd: Path | None = None, check: bool = True, date: str | None = None
) -> str:
    """Run git and return what it wrote; without `check` it may fail; commits get the date."""
    dates = {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date} if date else {}
    done = subprocess.run(
        ["git", *arguments],
        cwd=cwd,
        env={**ENVIRONMENT, **dates, "PATH": os.environ["PATH"]},
        check=False,
        timeout=120,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if check:
        assert done.returncode == 0, done.stdout
    return done.stdout.strip()
