"""What is kept of an output and how it is cleaned."""

import pytest

from p2a.sandbox.output import Output, clean


def test_output__below_the_limit_is_whole() -> None:
    output = Output(10)
    for part in (b"ab", b"", b"cdefgh", b"ij"):
        output.add(part)
    assert (output.text(), output.truncated) == ("abcdefghij", False)


@pytest.mark.parametrize("size", [1, 3, 100])
def test_output__above_it_keeps_head_and_tail(size: int) -> None:
    data = bytes(range(65, 91))
    output = Output(10)
    for start in range(0, len(data), size):
        output.add(data[start : start + size])
    assert output.text() == "ABCDE\n[... 16 bytes of output not kept ...]\nVWXYZ"
    assert output.truncated


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"a\r\nb\rc\td\x00\x07e", "a\nb\nc\tde"),
        (b"\x1b[1;31mred\x1b[m", "red"),
        (b"\x1b]8;;https://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        (b"\x1b]0;never ended", ""),
        (b"\x1b(B\x1b=\x1b", ""),
        (b"\xff\xc3\xa4", "�ä"),
        ("\u009b31mred".encode(), "red"),
    ],
)
def test_clean__leaves_text_only(data: bytes, text: str) -> None:
    assert clean(data) == text


def test_clean__is_linear() -> None:
    assert clean(b"\x1b[" * 500_000) == ""
    assert clean(b"\x1b]" * 500_000) == ""
