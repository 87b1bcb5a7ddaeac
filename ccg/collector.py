"""Python's cyclic garbage collector, held while millions of objects grow."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """Pause the collector: it would look at every object again and again, and none is garbage."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@contextmanager
def garbage_left() -> Iterator[None]:
    """Never collect what is made within: the process is about to end.

    To look once through all that an analysis made would take a tenth of its time.
    """
    with collector_paused():
        try:
            yield
        finally:
            gc.freeze()
