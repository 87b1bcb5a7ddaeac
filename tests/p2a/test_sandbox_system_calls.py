"""The sandbox's filter of system calls, run as the kernel runs it."""

import errno
import struct

import pytest

from p2a.sandbox.system_calls import call_filter

X86_64, I386, AARCH64, S390 = 0xC000003E, 0x40000003, 0xC00000B7, 0x80000016
ALLOW, REFUSE = 0x7FFF0000, 0x00050000 | errno.ENOSYS


def verdict(architecture: int, number: int) -> int:
    """Carry the program out for one call."""
    program = list(struct.iter_unpack("=HBBI", call_filter()))
    data = {0: number, 4: architecture}
    place = value = 0
    while True:
        code, then, otherwise, operand = program[place]
        place += 1
        if code == 0x20:
            value = data[operand]
        elif code == 0x06:
            return int(operand)
        else:
            holds = value == operand if code == 0x15 else value >= operand
            place += then if holds else otherwise


@pytest.mark.parametrize(
    ("architecture", "number"),
    [
        (X86_64, 319),
        (X86_64, 29),
        (X86_64, 447),
        (X86_64, 0x40000000 + 319),
        (I386, 356),
        (I386, 117),
        (AARCH64, 279),
        (AARCH64, 194),
        (S390, 1),
    ],
)
def test_call_filter__b04_memory_of_nobody_is_refused(architecture: int, number: int) -> None:
    assert verdict(architecture, number) == REFUSE


@pytest.mark.parametrize("number", [0, 1, 9, 59, 231, 318, 320, 435])
@pytest.mark.parametrize("architecture", [X86_64, I386, AARCH64])
def test_call_filter__all_else_is_allowed(architecture: int, number: int) -> None:
    assert verdict(architecture, number) == ALLOW


def test_call_filter__jumps_forward_within_the_program() -> None:
    program = list(struct.iter_unpack("=HBBI", call_filter()))
    for place, (code, then, otherwise, _) in enumerate(program):
        if code in {0x15, 0x35}:
            assert place + 1 + max(then, otherwise) < len(program)
