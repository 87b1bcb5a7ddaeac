"""A ledger of effects in memory."""

from dataclasses import dataclass, field

from p2a.domain import Lease
from p2a.effects import Performed
from p2a.errors import LeaseLost


@dataclass(frozen=True, slots=True)
class State:
    """What is known of an effect."""

    is_retry: bool
    done: Performed | None


@dataclass
class FakeLedger:
    """Keeps intents and results; `lost` makes every call say that the lease is gone."""

    results: dict[str, Performed | None] = field(default_factory=dict)
    lost: bool = False

    def begin_effect(self, lease: Lease, key: str) -> State:
        self._check()
        known = key in self.results
        done = self.results.setdefault(key, None)
        return State(is_retry=known and done is None, done=done)

    def finish_effect(self, lease: Lease, key: str, performed: Performed) -> None:
        self._check()
        self.results[key] = performed

    def _check(self) -> None:
        if self.lost:
            raise LeaseLost("another worker owns the workflow")
