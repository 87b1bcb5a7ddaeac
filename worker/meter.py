"""Counts what the model calls of a step used."""

from worker.model.interface import Usage


class Meter:
    """Adds up usage; failed calls that report none cannot be counted."""

    def __init__(self) -> None:
        self._usage = Usage()

    def add(self, usage: Usage) -> None:
        """Count one call."""
        self._usage += usage

    def take(self) -> Usage:
        """Return what was counted since the last time."""
        usage, self._usage = self._usage, Usage()
        return usage
