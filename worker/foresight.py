"""Work whose result is wanted later, begun early in a thread of its own while the caller waits for tests."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import Generic, Protocol, TypeVar


class Closable(Protocol):
    """A result that holds something."""

    def close(self) -> None:
        """Give it back."""
        ...


T = TypeVar("T", bound=Closable)


class Foresight(Generic[T]):
    """Results by their key, one made after the other; may be used from any thread.

    What is made here must ask neither the workflow's store nor GitHub nor a model: what it raises is
    heard when the result is wanted, and it is not stopped before its end.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._pool: ThreadPoolExecutor | None = None
        self._made: dict[str, Future[T]] = {}

    def begin(self, key: str, prepare: Callable[[], Callable[[], T]]) -> Future[T]:
        """Return the promise of a result; where it was not begun before, begin it.

        Args:
            key: equal for equal results.
            prepare: called at once, and only where it is needed; what it returns makes the result.
        """
        with self._lock:
            if key not in self._made:
                self._pool = self._pool or ThreadPoolExecutor(1, thread_name_prefix="p2a-foresight")
                self._made[key] = self._pool.submit(prepare())
            return self._made[key]

    def close(self) -> None:
        """Wait for what is being made, and give everything back."""
        with self._lock:
            pool, self._pool = self._pool, None
            made, self._made = list(self._made.values()), {}
        if pool is not None:
            pool.shutdown(wait=True)
        for future in made:
            if future.exception() is None:
                future.result().close()
