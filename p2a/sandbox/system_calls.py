"""The system calls that the sandbox refuses, as a program of the kernel's filter (seccomp); no I/O.

Refused is memory that belongs to no process: no limit counts it, and it stays when nobody maps it. Who
asks for it gets ENOSYS, as on a kernel without it, and takes a file instead.
"""

import errno
import struct

_ALLOW = 0x7FFF0000
_REFUSE = 0x00050000 | errno.ENOSYS
_LOAD, _IF_EQUAL, _IF_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER, _ARCHITECTURE = 0, 4
"""Offsets in `struct seccomp_data`. https://man7.org/linux/man-pages/man2/seccomp.2.html"""
_X32 = 0x40000000
"""From here on numbers are those of x86-64's second interface, which nothing here needs."""

# memfd_create, shmget, memfd_secret; the old interfaces of 32 bits have ipc(), too.
_X86_64 = (319, 29, 447)
_I386 = (356, 395, 447, 117)
_GENERIC = (279, 194, 447)
_ARM = (385, 307)
_CALLS = {
    0xC000003E: _X86_64,
    0x40000003: _I386,
    0xC00000B7: _GENERIC,  # AArch64
    0x40000028: _ARM,
    0xC00000F3: _GENERIC,  # RISC-V, 64 bits
}
"""By the kernel's audit number of an architecture; another one's calls are all refused."""


def call_filter() -> bytes:
    """Return the filter as an array of `struct sock_filter`, as bubblewrap's `--seccomp` reads it."""
    program = [_instruction(_LOAD, _ARCHITECTURE)]
    for architecture, calls in _CALLS.items():
        block = _block(calls)
        program += [_instruction(_IF_EQUAL, architecture, otherwise=len(block)), *block]
    return b"".join([*program, _instruction(_RETURN, _REFUSE)])


def _block(calls: tuple[int, ...]) -> list[bytes]:
    """Return what is done for one architecture: load the call's number, compare, allow or refuse."""
    tests = [(_IF_AT_LEAST, _X32), *((_IF_EQUAL, number) for number in calls)]
    jumps = [
        # A jump counts from the next instruction; the last two allow and refuse.
        _instruction(code, value, then=len(tests) - place)
        for place, (code, value) in enumerate(tests)
    ]
    ends = [_instruction(_RETURN, _ALLOW), _instruction(_RETURN, _REFUSE)]
    return [_instruction(_LOAD, _NUMBER), *jumps, *ends]


def _instruction(code: int, value: int, *, then: int = 0, otherwise: int = 0) -> bytes:
    return struct.pack("=HBBI", code, then, otherwise, value)
