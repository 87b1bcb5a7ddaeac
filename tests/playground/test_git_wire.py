"""The list of references at the head of a push, read as it streams by."""

import gzip

import pytest

from playground.git_wire import Unzipper, Wish, WishReader

OLD, NEW = "1" * 40, "2" * 40


def line(text: str) -> bytes:
    return f"{len(text) + 4:04x}{text}".encode()


BODY = (
    line(f"{OLD} {NEW} refs/heads/main\0 report-status side-band-64k\n")
    + line(f"{NEW} {OLD} refs/tags/v1\n")
    + b"0000PACK"
    + line(f"{OLD} {NEW} refs/heads/not-this-one\n")
)
WISHES = [Wish("refs/heads/main", OLD, NEW), Wish("refs/tags/v1", NEW, OLD)]


@pytest.mark.parametrize("size", [1, 3, 4, 50, 10_000])
def test_wishes__in_pieces_of_any_size(size: int) -> None:
    reader = WishReader()
    for start in range(0, len(BODY), size):
        reader.feed(BODY[start : start + size])
    assert reader.wishes == WISHES


@pytest.mark.parametrize("body", [b"", b"0000", b"zzzz", b"ffff", b"000", b"PACK" * 10])
def test_wishes__none_in_what_is_no_list(body: bytes) -> None:
    reader = WishReader()
    reader.feed(body)
    assert reader.wishes == []


def test_unzipper__in_pieces() -> None:
    unzipper, zipped = Unzipper(), gzip.compress(BODY)
    assert b"".join(unzipper.feed(bytes([byte])) for byte in zipped) == BODY
    with pytest.raises(ValueError, match="no gzip"):
        Unzipper().feed(b"plain")
