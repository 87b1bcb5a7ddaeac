"""The options of bubblewrap for one command; no I/O.

bubblewrap applies its options in their order, so mounts come first and the read-only
remounts of the file systems it made itself come last.
"""

import os
from collections.abc import Mapping, Sequence

from p2a.process import SYSTEM_PATH
from p2a.sandbox.host import HostFiles
from p2a.sandbox.interface import MIB, Limits, Mount, SandboxCommand

USER_ID = 1000
SHARED_MEMORY_BYTES = 64 * MIB
CPU_GRACE_SECONDS = 5
"""Between the signal that names the CPU limit (SIGXCPU) and the kernel's kill."""

ETC = {
    "/etc/passwd": f"p2a:x:{USER_ID}:{USER_ID}:p2a:/tmp:/bin/sh\n",
    "/etc/group": f"p2a:x:{USER_ID}:\n",
    "/etc/hosts": "127.0.0.1 localhost\n::1 localhost\n",
    "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
}
"""The whole of /etc besides the loader's cache: no name of this machine or its users."""

_ISOLATION = (
    "--unshare-all",
    "--unshare-user",
    "--disable-userns",
    "--uid",
    str(USER_ID),
    "--gid",
    str(USER_ID),
    "--cap-drop",
    "ALL",
    "--die-with-parent",
    "--new-session",
    "--hostname",
    "sandbox",
)


def bubblewrap_options(
    command: SandboxCommand, *, host: HostFiles, etc_fds: Mapping[str, int]
) -> list[str]:
    """Return bubblewrap's options: how it isolates, what is seen, the environment."""
    arguments = [*_ISOLATION]
    arguments += _mounts(host.mounts)
    for link in host.links:
        arguments += ["--symlink", link.points_to, link.path]
    for path, descriptor in etc_fds.items():
        arguments += ["--perms", "0444", "--file", str(descriptor), path]
    arguments += _own_file_systems(command.limits)
    arguments += _mounts(command.mounts)
    # What bubblewrap made is memory that no limit counts: nothing but /tmp and /dev/shm may grow.
    # And /proc must not be written: to the kernel, root of the host stays root of /proc/sys inside.
    arguments += ["--remount-ro", "/proc", "--remount-ro", "/dev", "--remount-ro", "/"]
    arguments += _environment(command.env)
    return [*arguments, "--chdir", command.cwd]


def as_file(options: Sequence[str]) -> bytes:
    """Return options as bubblewrap reads them from a file (`--args`), each with a NUL at its end.

    Raises:
        ValueError: an option holds a NUL, and what follows it would be an option of its own.
    """
    if any("\0" in option for option in options):
        raise ValueError("an option of the sandbox holds a NUL")
    return b"".join(os.fsencode(option) + b"\0" for option in options)


def _mounts(mounts: tuple[Mount, ...]) -> list[str]:
    arguments: list[str] = []
    for mount in mounts:
        kind = "--bind" if mount.writable else "--ro-bind"
        arguments += [kind, str(mount.source), mount.target]
    return arguments


def _own_file_systems(limits: Limits) -> list[str]:
    return [
        "--proc",
        "/proc",
        "--dev",
        "/dev",
        *("--size", str(SHARED_MEMORY_BYTES), "--tmpfs", "/dev/shm"),  # noqa: S108 (inside)
        *("--size", str(limits.scratch_bytes), "--tmpfs", "/tmp"),  # noqa: S108 (inside)
    ]


def _environment(extra: Mapping[str, str]) -> list[str]:
    values = {"PATH": SYSTEM_PATH, "HOME": "/tmp", "LANG": "C.UTF-8", **extra}  # noqa: S108 (inside)
    arguments: list[str] = []
    for name, value in values.items():
        arguments += ["--setenv", name, value]
    return arguments


def limited(command: SandboxCommand) -> list[str]:
    """Return the command under its limits."""
    limits = command.limits
    # Inside of the user namespace, so that `nproc` counts the sandbox's processes only.
    return [
        "/usr/bin/prlimit",
        f"--as={limits.memory_bytes}",
        f"--cpu={limits.cpu_seconds}:{limits.cpu_seconds + CPU_GRACE_SECONDS}",
        f"--nproc={limits.processes}",
        f"--fsize={limits.file_bytes}",
        "--core=0",
        "--",
        *command.argv,
    ]
