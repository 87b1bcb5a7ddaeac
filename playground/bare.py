"""Making the bare git repository behind a repository of the playground."""

import subprocess
from pathlib import Path

from p2a.errors import GitFailed

_ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C.UTF-8",
}
_SECONDS = 300


def make_bare(folder: Path, *, source: Path | None, default_branch: str) -> None:
    """Make an empty bare repository, with the branches and tags of `source` if one is given.

    Raises:
        GitFailed: the git program refused.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    _git("init", "--quiet", "--bare", f"--initial-branch={default_branch}", str(folder))
    inside = f"--git-dir={folder}"
    for setting in ("http.receivepack=true", "uploadpack.allowAnySHA1InWant=true", "gc.auto=0"):
        name, _, value = setting.partition("=")
        _git(inside, "config", name, value)
    if source is not None:
        refs = ("+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")
        # The source may belong to another user than the one who serves it.
        trusted = ("-c", "safe.directory=*")
        _git(*trusted, inside, "fetch", "--quiet", "--no-write-fetch-head", str(source), *refs)


def _git(*arguments: str) -> None:
    command = ["git", *arguments]
    done = subprocess.run(  # noqa: S603 - argv from our own values, no shell
        command, env=_ENVIRONMENT, capture_output=True, timeout=_SECONDS, check=False
    )
    if done.returncode != 0:
        raise GitFailed(
            f"git {arguments[0]} failed",
            why=done.stderr.decode(errors="replace").strip()[-500:],
            next_step="look at the source repository",
        )
