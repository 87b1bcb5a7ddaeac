"""Checks of this machine: Python, git, the user, the sandbox, the data directory."""

import os
import platform
import shutil
import stat
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from p2a.doctor.finding import Finding, bad_part, bad_setting, from_error, ok, warn
from p2a.errors import EnvironmentMissing, GitFailed
from p2a.git import Git, find_git
from p2a.sandbox.choose import probe_bubblewrap
from p2a.sandbox.packages import pip_version
from p2a.sandbox.toolbox import TOOLS, closure
from p2a.settings import Settings

LEAST_GIT = (2, 38)
"""The first git with safe.bareRepository."""
LEAST_FREE_BYTES = 2 * 1024**3


def check_python(_settings: Settings) -> Finding:
    """Tell which Python runs us."""
    return ok("python", f"{platform.python_version()} at {sys.executable}")


def check_user(_settings: Settings) -> Finding:
    """Look whether the kernel limits us like any other user."""
    if os.getuid() == 0:
        return warn(
            "user",
            "root: the kernel does not count root's processes, so a fork bomb in the sandbox is "
            "ended by its time and memory limits only",
            "run p2a as a user of its own",
        )
    return ok("user", f"uid {os.getuid()}")


def check_git(_settings: Settings) -> Finding:
    """Look for git and its version."""
    try:
        program = find_git()
        version = Git(program, Path("/nonexistent"), timeout=30).run("version").decode().split()[2]
    except (EnvironmentMissing, GitFailed) as error:
        return from_error("git", error)
    found = f"{version} at {program}"
    if _numbers(version) < LEAST_GIT:
        least = ".".join(map(str, LEAST_GIT))
        return bad_part("git", found, f"install git {least} or newer")
    return ok("git", found)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2] if part.isdigit())


def check_sandbox(settings: Settings) -> Finding:
    """Try the sandbox with a real command and from inside of it."""
    if settings.sandbox == "none":
        return warn(
            "sandbox",
            "P2A_SANDBOX is none: tests are never run, their results are `not measured`",
            "set P2A_SANDBOX=auto",
        )
    _, probe = probe_bubblewrap()
    if not probe.works:
        found = f"{probe.backend}: {probe.found}; tests are not run"
        return bad_part("sandbox", found, probe.next_step)
    return ok("sandbox", f"{probe.backend}: {probe.found}")


def check_test_env(settings: Settings) -> Finding:
    """Look at the Python that the repositories' tests get."""
    part = "test environment"
    if settings.test_env is not None:
        if not (settings.test_env / "bin" / "python").exists():
            return bad_setting(
                part,
                f"P2A_TEST_ENV: {settings.test_env} is not a virtual environment",
                "correct it, or unset it to use pytest alone",
            )
        return ok(part, str(settings.test_env))
    try:
        tools = [f"{item.name} {item.version}" for item in closure(TOOLS) if item.name in TOOLS]
    except EnvironmentMissing as error:
        return from_error(part, error)
    found = f"our own copy of {' and '.join(tools)}"
    if settings.package_index is None:
        return ok(part, f"{found}; P2A_PACKAGE_INDEX is not set: packages are not installed")
    try:
        pip = pip_version()
    except EnvironmentMissing as error:
        return from_error(part, error)
    host = urlsplit(settings.package_index).hostname
    return ok(part, f"{found}; packages by pip {pip} from {host}")


def check_data_dir(settings: Settings) -> Finding:
    """Look whether the data directory can be written, is private and has room."""
    part, folder = "data directory", settings.data_dir
    try:
        existing = next(path for path in (folder, *folder.parents) if path.exists())
        if existing == folder:
            with tempfile.TemporaryFile(dir=folder):
                pass
    except OSError as error:
        return bad_part(part, f"{folder}: {error.strerror}", "let this user write P2A_DATA_DIR")
    if not os.access(existing, os.W_OK | os.X_OK) or not existing.is_dir():
        return bad_part(part, f"{folder} cannot be made", "correct P2A_DATA_DIR or its rights")
    return _room(part, folder, existing)


def _room(part: str, folder: Path, existing: Path) -> Finding:
    free = shutil.disk_usage(existing).free
    found = f"{folder}, {free / 1024**3:.1f} GiB free"
    if existing != folder:
        return ok(part, f"{found}; it will be made")
    if free < LEAST_FREE_BYTES:
        return warn(part, found, "free some disk space: clones and work trees live there")
    if stat.S_IMODE(folder.stat().st_mode) & 0o077:
        return warn(part, f"{found}, open to other users", f"chmod 700 {folder}")
    return ok(part, found)
