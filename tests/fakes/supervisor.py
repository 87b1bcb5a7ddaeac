"""Supervisors of model calls that allow everything and wait for nothing."""

from dataclasses import dataclass, field

from p2a.tape import Tape, Untaped
from tests.fakes.halt import FakeHalt
from worker.model.interface import Supervisor, Usage


@dataclass(frozen=True)
class Settled:
    """A call as it was counted."""

    model: str
    usage: Usage
    outcome: str


class FakeSupervisor(FakeHalt):
    """Allows every call and notes what it came to."""

    def __init__(self) -> None:
        super().__init__()
        self.tape: Tape = Untaped()
        self.begun: list[tuple[str, Usage]] = []
        self.settled: list[Settled] = []
        self.held: list[tuple[str, float]] = []
        self.told: list[str] = []

    def admit(self, model: str, *, expected: Usage) -> int:
        """Allow it."""
        self.begun.append((model, expected))
        return len(self.begun) - 1

    def settle(self, call: int, usage: Usage, *, outcome: str) -> None:
        """Note it."""
        self.settled.append(Settled(self.begun[call][0], usage, outcome))

    def hold(self, model: str, seconds: float) -> None:
        """Note it."""
        self.held.append((model, seconds))

    def pause(self, seconds: float, *, why: str) -> None:
        """Note it and do not wait."""
        self.told.append(why)
        self.wait(seconds)


@dataclass
class Impatient:
    """A real supervisor whose waits are noted and not done."""

    inner: Supervisor
    waits: list[float] = field(default_factory=list)

    @property
    def tape(self) -> Tape:
        """Return the real one's."""
        return self.inner.tape

    def check(self) -> None:
        """Ask the real one."""
        self.inner.check()

    def wait(self, seconds: float) -> None:
        """Do not wait."""
        self.waits.append(seconds)

    def admit(self, model: str, *, expected: Usage) -> int:
        """Ask the real one."""
        return self.inner.admit(model, expected=expected)

    def settle(self, call: int, usage: Usage, *, outcome: str) -> None:
        """Tell the real one."""
        self.inner.settle(call, usage, outcome=outcome)

    def hold(self, model: str, seconds: float) -> None:
        """Tell nobody: a turn of the real one would be waited for."""

    def pause(self, seconds: float, *, why: str) -> None:
        """Do not wait."""
        self.waits.append(seconds)
