"""The colours in a browser's picture, read without a library for pictures."""

import struct
import zlib
from collections.abc import Iterator

COLOURS = {2: 3, 6: 4}
"""Bytes of a pixel by the kind of picture: red, green and blue, with or without opacity.

https://www.w3.org/TR/png-3/#11IHDR
"""


def pixels(png: bytes) -> set[bytes]:
    """Return the colours that some pixel has, each as its red, green and blue."""
    chunks = list(_chunks(png))
    width, height, depth, kind = struct.unpack(">IIBB", chunks[0][1][:10])
    assert depth == 8
    size = COLOURS[kind]
    packed = zlib.decompress(b"".join(content for name, content in chunks if name == b"IDAT"))
    found: set[bytes] = set()
    row = bytes(width * size)
    for number in range(height):
        start = number * (width * size + 1)
        row = _row(packed[start], packed[start + 1 : start + 1 + width * size], row, size)
        found.update(row[at : at + 3] for at in range(0, width * size, size))
    return found


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        at += length + 12


def _row(filtered_by: int, packed: bytes, above: bytes, size: int) -> bytes:
    """Undo the filter of a row: https://www.w3.org/TR/png-3/#9Filters."""
    row = bytearray(packed)
    for at in range(len(row)):
        left = row[at - size] if at >= size else 0
        corner = above[at - size] if at >= size else 0
        guess = (0, left, above[at], (left + above[at]) // 2, _nearest(left, above[at], corner))
        row[at] = (row[at] + guess[filtered_by]) % 256
    return bytes(row)


def _nearest(left: int, above: int, corner: int) -> int:
    wish = left + above - corner
    return min((left, above, corner), key=lambda value: abs(wish - value))
