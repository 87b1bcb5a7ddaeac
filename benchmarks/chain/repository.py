"""Clones of public projects for the benchmarks."""

import subprocess
from pathlib import Path

from benchmarks.chain.commit import git


def clone(repository: str, mirror: Path | None, target: Path) -> Path:
    """Return a bare clone of OWNER/NAME, from GitHub or from a folder with OWNER+NAME/repo."""
    source = f"https://github.com/{repository}"
    if mirror is not None:
        source = str(mirror / repository.replace("/", "+") / "repo")
    subprocess.run(["git", "clone", "--quiet", "--bare", source, str(target)], check=True)
    return target


def at_revision(upstream: Path, revision: str, target: Path) -> Path:
    """Return a repository whose only branch `main` stands at a revision, checked out."""
    quietly = ["git", "clone", "--quiet", "--no-checkout"]
    subprocess.run([*quietly, str(upstream), str(target)], check=True)
    git(target, "checkout", "--quiet", "--detach", revision)
    git(target, "remote", "remove", "origin")
    for branch in git(target, "for-each-ref", "--format=%(refname)").decode().split():
        git(target, "update-ref", "-d", branch)
    git(target, "checkout", "--quiet", "-b", "main")
    return target
