"""Notes how long named functions of a running program take, and the processor's part of it."""

import functools
import importlib
import resource
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Lock
from typing import Any


@dataclass(frozen=True, slots=True)
class Place:
    """A function as its callers find it: `Class.method` or a name in the module that uses it."""

    label: str
    module: str
    name: str

    def find(self) -> tuple[Any, str, Any]:
        """Return the class or module that holds it, its name there, and what stands there.

        Raises:
            AttributeError: there is no such place any more.
        """
        owner: Any = importlib.import_module(self.module)
        *folders, name = self.name.split(".")
        for folder in folders:
            owner = getattr(owner, folder)
        getattr(owner, name)
        return owner, name, vars(owner)[name]


@dataclass(slots=True)
class Taken:
    """What the calls of a place came to."""

    calls: int = 0
    seconds: float = 0.0
    own: float = 0.0
    """Processor seconds of the calling thread."""
    children: float = 0.0
    """Processor seconds of programs that ended meanwhile, whichever thread started them."""


class Probe:
    """Wraps places; what is called inside of another place counts in both."""

    def __init__(self) -> None:
        self.taken: dict[str, Taken] = {}
        self._lock = Lock()

    def watch(self, places: Iterable[Place]) -> None:
        """Wrap each place.

        Raises:
            AttributeError: there is no such place any more.
        """
        for place in places:
            owner, name, found = place.find()
            self.taken.setdefault(place.label, Taken())
            is_class_method = isinstance(found, classmethod)
            wrapped = self._wrapped(found.__func__ if is_class_method else found, place.label)
            setattr(owner, name, classmethod(wrapped) if is_class_method else wrapped)

    def _wrapped(self, function: Callable[..., Any], label: str) -> Callable[..., Any]:
        @functools.wraps(function)
        def watched(*arguments: Any, **named: Any) -> Any:
            before = _clocks()
            try:
                return function(*arguments, **named)
            finally:
                self._note(label, before, _clocks())

        return watched

    def _note(
        self, label: str, before: tuple[float, float, float], after: tuple[float, float, float]
    ) -> None:
        seconds, own, children = (end - start for start, end in zip(before, after, strict=True))
        with self._lock:
            taken = self.taken[label]
            taken.calls += 1
            taken.seconds += seconds
            taken.own += own
            taken.children += children


def _clocks() -> tuple[float, float, float]:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.monotonic(), time.thread_time(), usage.ru_utime + usage.ru_stime
