"""What a model is asked and what it answers; no I/O."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from p2a.tape import Tape


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool as the model sees it."""

    name: str
    description: str
    parameters: Mapping[str, Any]
    """JSON Schema of the arguments."""


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call that the model made; `arguments` is None when they were no JSON object."""

    id: str
    name: str
    arguments: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class ToolAnswer:
    """What a call came to, as text for the model."""

    call_id: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens and money; `cost_usd` None means that the price is not known."""

    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float | None = 0.0
    is_estimated: bool = False
    """Counted here, because the vendor told nothing or nothing that can be true."""


class Finish(StrEnum):
    """Why an answer ended."""

    STOP = "stop"
    LENGTH = "length"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer of a model."""

    text: str
    calls: tuple[ToolCall, ...]
    usage: Usage
    finish: Finish


class Halt(Protocol):
    """Who knows whether the work must stop: both methods raise then, in the middle of a call."""

    def check(self) -> None:
        """Return when the work may go on."""
        ...

    def wait(self, seconds: float) -> None:
        """Sleep."""
        ...


class Supervisor(Halt, Protocol):
    """Who allows and counts the calls of a workflow, and tells people why it waits."""

    @property
    def tape(self) -> Tape:
        """Return where questions and answers pass."""
        ...

    def admit(self, model: str, *, expected: Usage) -> int:
        """Allow one call, after waiting for its turn, and return its number.

        `expected` is what the question alone will cost; it counts until the call is settled.

        Raises:
            BudgetReached: the workflow's budget or a daily limit is used up; nothing may be asked.
            ModelLimited: the turn comes too late to be waited for.
        """
        ...

    def settle(self, call: int, usage: Usage, *, outcome: str) -> None:
        """Count what an allowed call came to; `outcome` is `answered` or an error's code."""
        ...

    def hold(self, model: str, seconds: float) -> None:
        """Let no worker ask this model for so long, because its vendor asked for that."""
        ...

    def pause(self, seconds: float, *, why: str) -> None:
        """Tell that the work waits and until when, and wait."""
        ...


Message = str | Sequence[ToolAnswer]
"""What we send: a text, or the answers to the calls of the last reply."""


class Conversation(Protocol):
    """A talk with one system prompt that remembers what was said."""

    def send(self, message: Message) -> Reply:
        """Send a message and return the answer.

        Raises:
            ModelUnavailable: quota, time-out or failure, after the retries.
            ModelLimited: a limit that lasts longer than a call may wait.
            ModelRefused: the vendor's filter stopped it.
            ModelOutputInvalid: the answer cannot be read at all.
            BudgetReached: nothing more may be spent; nothing was sent.
        """
        ...

    def saved(self) -> str:
        """Return what was said so far as text, from which `Model.resume` goes on."""
        ...


class Model(Protocol):
    """A language model of a vendor."""

    @property
    def name(self) -> str:
        """Return `vendor/model`, several of them by commas in the order in which they are asked."""
        ...

    def start(
        self,
        system: str,
        *,
        tools: Sequence[ToolSpec] = (),
        schema: Mapping[str, Any] | None = None,
    ) -> Conversation:
        """Start a conversation; `schema` asks for answers in JSON of that form."""
        ...

    def resume(
        self,
        saved: str,
        *,
        tools: Sequence[ToolSpec] = (),
        schema: Mapping[str, Any] | None = None,
    ) -> Conversation | None:
        """Go on with a saved conversation, None where it cannot be read any more."""
        ...

    def close(self) -> None:
        """Give connections back."""
        ...
