"""Chooses the sandbox by trying it: what does not prove itself here and now is not used."""

import shutil
import socket
from dataclasses import dataclass
from pathlib import Path

from p2a.errors import SandboxUnavailable
from p2a.process import SYSTEM_PATH
from p2a.sandbox.bubblewrap import Bubblewrap
from p2a.sandbox.host import base_interpreter, host_files
from p2a.sandbox.interface import (
    Limits,
    Sandbox,
    SandboxCommand,
    SandboxResult,
    StoppableSandbox,
)

_PROBE_LIMITS = Limits(wall_seconds=20.0, cpu_seconds=10)
_INSTALL = "install bubblewrap 0.8 or newer (Debian, Ubuntu: apt-get install bubblewrap)"
_USERNS = (
    "allow unprivileged user namespaces; on Ubuntu 24.04 load the bwrap-userns-restrict AppArmor "
    "profile, in a container start it with seccomp=unconfined and apparmor=unconfined"
)

# Runs inside: says on one line who it is and whether the host's loopback answers.
_PROBE = """\
import os, socket, sys
try:
    socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=2).close()
    network = "open"
except OSError:
    network = "closed"
print("uid", "root" if os.getuid() == 0 else "user", "network", network)
"""
_PROBE_ANSWER = "uid user network closed"


@dataclass(frozen=True, slots=True)
class Probe:
    """What was tried on a backend and what came of it."""

    backend: str
    works: bool
    found: str
    next_step: str = ""


def choose_sandbox(setting: str, *, search_path: str = SYSTEM_PATH) -> StoppableSandbox:
    """Return a sandbox that has just isolated a command on this machine.

    Args:
        setting: `auto` or `bubblewrap`; `none` means that foreign code is never run.
        search_path: folders, separated by colons, in which the programs are looked for.

    Raises:
        SandboxUnavailable: with the reason of each backend that was tried.
    """
    if setting == "none":
        raise SandboxUnavailable(
            "foreign code is not run here",
            why="P2A_SANDBOX is none",
            next_step="set P2A_SANDBOX=auto to run tests in a sandbox",
        )
    sandbox, probe = probe_bubblewrap(search_path)
    if sandbox is None:
        raise SandboxUnavailable(
            "no sandbox works on this machine, so tests are not run",
            why=f"{probe.backend}: {probe.found}",
            next_step=probe.next_step,
        )
    return sandbox


def probe_bubblewrap(search_path: str = SYSTEM_PATH) -> tuple[StoppableSandbox | None, Probe]:
    """Try bubblewrap: find it, run `true`, then look from inside for a listener of ours."""
    found = shutil.which("bwrap", path=search_path)
    if found is None:
        return None, _bad(f"bwrap is not in {search_path}", _INSTALL)
    if shutil.which("prlimit", path=search_path) is None:
        return None, _bad(f"prlimit is not in {search_path}", "install util-linux")
    sandbox = Bubblewrap(Path(found), host=host_files())
    try:
        plain = sandbox.run(_command("/usr/bin/true"))
        if not plain.succeeded:
            return None, _bad(f"`true` in it: {_said(plain)}", _USERNS)
        isolated = _look_out(sandbox)
    except SandboxUnavailable as error:
        return None, _bad(error.why or error.what, _USERNS)
    if not isolated.succeeded or isolated.output.strip() != _PROBE_ANSWER:
        return None, _bad(f"the isolation probe answered: {_said(isolated)}", _USERNS)
    return sandbox, Probe("bubblewrap", works=True, found=f"{found}, no network, not root inside")


def _look_out(sandbox: Sandbox) -> SandboxResult:
    interpreter = base_interpreter()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = str(listener.getsockname()[1])
        return sandbox.run(
            SandboxCommand(
                argv=(interpreter.program, "-I", "-S", "-c", _PROBE, port),
                cwd="/tmp",  # noqa: S108 (inside)
                mounts=interpreter.mounts,
                limits=_PROBE_LIMITS,
            )
        )


def _command(*argv: str) -> SandboxCommand:
    return SandboxCommand(argv=argv, cwd="/", mounts=(), limits=_PROBE_LIMITS)


def _said(result: SandboxResult) -> str:
    return f"{result.ending.value}, exit code {result.exit_code}: {result.output.strip()[-300:]}"


def _bad(found: str, next_step: str) -> Probe:
    return Probe("bubblewrap", works=False, found=found, next_step=next_step)
