"""The shapes of files, kept on disk under the hashes of their contents."""

from collections.abc import Mapping
from pathlib import Path

from ccg.cache import FILE_NAME, FactCache
from ccg.lowering import Found, Unread, analyser
from ccg.shape import Shape, shape_of

VERSION = 1
"""Of `shape_of`: it goes up when that leaves other things out."""


def shape_store(cache: Path) -> FactCache:
    """Open the store of shapes in a cache folder."""
    return FactCache(cache / FILE_NAME, analyser=f"shape-{VERSION}-{analyser()}")


def note_shapes(found: Mapping[str, Found], cache: Path) -> dict[str, Shape]:
    """Keep and return the shapes of what contents say; what is chance has none."""
    shapes = {
        key: shape_of(one)
        for key, one in found.items()
        if not isinstance(one, Unread) or one.is_lasting
    }
    with shape_store(cache) as store:
        store.put_many({key: shape.to_bytes() for key, shape in shapes.items()})
    return shapes
