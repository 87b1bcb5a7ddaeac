"""How long the tests and the imports of two states take, told apart from the noise; no I/O.

Both states run alternately in the same sandbox, so that whatever else the machine does falls on both.
The clock is the host's. It is a comparison of two states on one machine, not a benchmark: it says
nothing about other inputs than the tests', and no score is made of it.
"""

import statistics
from collections.abc import Callable
from dataclasses import dataclass

ROUNDS = 3
NOTABLE = 1.1
"""A smaller ratio of the medians is not called a difference."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds of each run, in the order in which they were made."""

    what: str
    head: tuple[float, ...]
    base: tuple[float, ...]

    @property
    def ratio(self) -> float:
        """Return the head's median divided by the base's."""
        return round(statistics.median(self.head) / statistics.median(self.base), 3)

    @property
    def is_slower(self) -> bool:
        """Whether every run of the head took longer than each of the base, and notably so."""
        return self.ratio >= NOTABLE and min(self.head) > max(self.base)

    @property
    def is_faster(self) -> bool:
        """Whether every run of the head took less than each of the base, and notably so."""
        return self.ratio <= 1 / NOTABLE and max(self.head) < min(self.base)

    def line(self) -> str:
        """Return it as a sentence."""
        head, base = statistics.median(self.head), statistics.median(self.base)
        verdict = "slower" if self.is_slower else "faster" if self.is_faster else "no clear change"
        return f"{self.what}: {head:.2f} s, {base:.2f} s on the base ({verdict}, {len(self.head)} runs)"


def alternately(
    what: str, head: Callable[[], float], base: Callable[[], float], *, rounds: int = ROUNDS
) -> Timing:
    """Run both in turn, the other one first in every second round, and return their seconds."""
    times: dict[bool, list[float]] = {True: [], False: []}
    for number in range(rounds):
        for is_head in (True, False) if number % 2 == 0 else (False, True):
            times[is_head].append((head if is_head else base)())
    return Timing(what, tuple(times[True]), tuple(times[False]))
