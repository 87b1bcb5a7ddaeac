"""Python's cyclic garbage collector, held while millions of objects grow."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

Made = TypeVar("Made")


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
def spared(make: Callable[[], Made]) -> Iterator[Made]:
    """Give what `make` returns, which the collector does not look at before the block ends.

    For large things without cycles, such as syntax trees: each of its rounds would go through them.
    """
    with collector_paused():
        made = make()
        gc.freeze()
    try:
        yield made
    finally:
        gc.unfreeze()


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
