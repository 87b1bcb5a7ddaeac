"""A repository of somebody else's, made with the plain git program for a test."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

_ENVIRON = {
    "PATH": "/usr/bin:/bin",
    "HOME": "/nonexistent",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Ann",
    "GIT_AUTHOR_EMAIL": "ann@example.org",
    "GIT_COMMITTER_NAME": "Ann",
    "GIT_COMMITTER_EMAIL": "ann@example.org",
    "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
    "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
}


class Upstream:
    """A work tree with a repository on the branch `main`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.git("init", "--quiet", "--initial-branch=main")

    @property
    def git_dir(self) -> Path:
        return self.folder / ".git"

    def git(self, *arguments: str, stdin: bytes = b"") -> str:
        """Run plain git in the work tree."""
        made = subprocess.run(
            ["git", "-c", "core.autocrlf=false", *arguments],
            cwd=self.folder,
            input=stdin,
            env=_ENVIRON,
            capture_output=True,
            check=False,
        )
        assert made.returncode == 0, made.stderr.decode()
        return os.fsdecode(made.stdout)

    def commit(self, files: Mapping[str, str | bytes], message: str = "work") -> str:
        """Write files, commit everything and return the commit's id."""
        for name, content in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        self.git("add", "--all", "--force")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD").strip()
