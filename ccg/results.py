"""Graphs as JSON, kept in the user's cache under what they were made from."""

import json
import zlib
from collections.abc import Collection, Iterable, Mapping
from hashlib import blake2b
from pathlib import Path

from ccg.cache import FILE_NAME, FactCache

LONGEST = 256 * 1024 * 1024
"""Characters of a graph that is kept."""
_LEVEL = 1  # a tenth of the size, and faster than to read and check ten times the bytes


def result_key(inputs: Iterable[tuple[str, ...]]) -> str:
    """Return the key of what is made from these, and from nothing else."""
    text = json.dumps(list(inputs), separators=(",", ":"))
    return blake2b(text.encode("ascii"), digest_size=20).hexdigest()


class Results:
    """Keeps graphs of one analyser, which says by its name what else they depend on."""

    def __init__(self, folder: Path, *, analyser: str) -> None:
        """Take the folder of the store."""
        self._file = folder / FILE_NAME
        self._analyser = analyser

    def find(self, keys: Collection[str]) -> dict[str, str]:
        """Return the texts that were kept under these keys, as far as they are there."""
        with FactCache(self._file, analyser=self._analyser) as store:
            packed = store.get_many(keys)
        unpacked = ((key, _unpacked(value)) for key, value in packed.items())
        return {key: text for key, text in unpacked if text is not None}

    def keep(self, texts: Mapping[str, str]) -> None:
        """Keep texts of ASCII, as graphs are in JSON."""
        packed = {
            key: zlib.compress(text.encode("ascii"), _LEVEL)
            for key, text in texts.items()
            if len(text) <= LONGEST
        }
        with FactCache(self._file, analyser=self._analyser) as store:
            store.put_many(packed)


def _unpacked(packed: bytes) -> str | None:
    unpacking = zlib.decompressobj()
    try:
        text = unpacking.decompress(packed, LONGEST)
        return text.decode("ascii") if unpacking.eof else None
    except (zlib.error, UnicodeError):
        return None
