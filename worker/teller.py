"""Who is told how a workflow goes on."""

from typing import Protocol

from p2a.domain import LogLevel


class Teller(Protocol):
    """Somebody who watches: the progress comment on GitHub, or a terminal."""

    def line(self, message: str, level: LogLevel) -> None:
        """Tell one line of the progress log."""
        ...

    def refresh(self, *, force: bool = False) -> None:
        """Show the state of the tasks again; not more often than allowed, unless forced."""
        ...

    def pause(self, text: str) -> None:
        """Show that the work waits, with its reason; an empty text says that it goes on."""
        ...

    def flush(self) -> None:
        """Show what `refresh` was not yet allowed to show, once it may; called often."""
        ...
