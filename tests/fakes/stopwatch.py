"""A clock that only sleeping moves."""

from datetime import UTC, datetime, timedelta


class Stopwatch:
    """Stands for the clock (call it) and for sleeping; keeps every sleep."""

    def __init__(self, start: datetime = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)) -> None:
        self.now = start
        self.sleeps: list[float] = []

    def __call__(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.now += timedelta(seconds=seconds)
