"""Making something exactly once although an answer may be lost: look, make, look again; no I/O."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from p2a.errors import GitHubUnavailable

T = TypeVar("T")


def unhindered() -> None:
    """Let every write happen: the check of those who have nothing to check."""


@dataclass(frozen=True, slots=True)
class Settler:
    """How often and with which waits a write is tried."""

    sleep: Callable[[float], None]
    before_write: Callable[[], None] = unhindered
    """Called before each write; raises when the work must stop, for example for a lost lease."""
    tries: int = 3
    first_wait: float = 1.0
    """Seconds before looking after a lost answer: what was just written may show up late."""

    def settle(
        self, *, find: Callable[[], T | None], make: Callable[[], T], look_first: bool
    ) -> tuple[T, bool]:
        """Return what `make` made, or what `find` found and True.

        `make` follows only on a `find` that found nothing, once an earlier try may have done it.
        """
        look = look_first
        lost = 0
        while True:
            found = find() if look else None
            if found is not None:
                return found, True
            self.before_write()
            try:
                return make(), False
            except GitHubUnavailable:
                lost += 1
                if lost == self.tries:
                    raise
                look = True
                self.wait_after(lost)

    def wait_after(self, lost: int) -> None:
        """Wait after so many lost answers."""
        self.sleep(self.first_wait * 2 ** (lost - 1))
