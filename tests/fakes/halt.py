"""A halt that never stops anything, or when told to; waits are noted, not done."""

from collections.abc import Callable


class FakeHalt:
    """Notes the waits; `check` calls what a test gives."""

    def __init__(self, check: Callable[[], None] | None = None) -> None:
        self.waits: list[float] = []
        self._check = check

    def check(self) -> None:
        """Return, or raise what the test wants."""
        if self._check is not None:
            self._check()

    def wait(self, seconds: float) -> None:
        """Do not wait."""
        self.waits.append(seconds)
