"""What a scripted model answers: replies found by agent and turn, so that a restart changes nothing."""

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from p2a.errors import ConfigurationInvalid

FORMAT = "p2a-script/1"

_FORM = (
    f'write it as {{"format": "{FORMAT}", "replies": [{{"agent": "PLANNER", "turn": 0, "text": '
    '"..."}, {"agent": "DEVELOPER", "turn": 0, "calls": [{"name": "read", "args": {}}]}]}'
)
_REPLY_KEYS = frozenset(
    {
        *("agent", "turn", "text", "calls", "thought", "usage", "finish", "block", "delay"),
        *("pace", "raw", "drop", "error"),
    }
)


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A function call of the model."""

    name: str
    args: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ScriptedError:
    """An HTTP error in place of an answer, the first `times` times that it is asked for."""

    status: int
    retry_seconds: float | None = None
    times: int | None = None
    """None means always."""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer: to `agent` when the request holds `turn` contents of the model."""

    agent: str
    turn: int
    text: str = ""
    calls: tuple[ToolCall, ...] = ()
    thought: str = ""
    """A summary of the thoughts; it is shown only to a request that asks for thoughts."""
    usage: Mapping[str, int] | None = field(default_factory=dict)
    """Values that replace the estimates, under Gemini's names; None leaves the usage out."""
    finish: str = "STOP"
    block: str = ""
    """A promptFeedback.blockReason; the answer then has no candidate."""
    delay_seconds: float = 0.0
    pace_seconds: float = 0.0
    """Between two pieces of a stream, or of four characters of a body."""
    raw: str | None = None
    """Stands in place of the body or of the stream, whatever the protocol says."""
    drops: bool = False
    """The connection is reset in place of an answer."""
    error: ScriptedError | None = None


class Script:
    """The replies in their order, and how often each error was given."""

    def __init__(self, replies: tuple[Reply, ...]) -> None:
        self._replies = replies
        self._lock = threading.Lock()
        self._given: dict[int, int] = {}

    @classmethod
    def read(cls, path: Path) -> "Script":
        """Read a script file.

        Raises:
            ConfigurationInvalid: it cannot be read or is not of the form `p2a-script/1`.
        """
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            if content["format"] != FORMAT:
                raise ValueError(f"its format is not {FORMAT}")
            replies = tuple(_reply(item) for item in content["replies"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise ConfigurationInvalid(
                f"{path} is not a model's script",
                why=f"{type(error).__name__}: {error}",
                next_step=_FORM,
            ) from error
        return cls(replies)

    def find(self, agent: str, turn: int) -> Reply | None:
        """Return the first reply for an agent's turn that is not an error given often enough."""
        with self._lock:
            for index, reply in enumerate(self._replies):
                if (reply.agent, reply.turn) == (agent, turn) and self._may_give(index, reply):
                    return reply
        return None

    def _may_give(self, index: int, reply: Reply) -> bool:
        if reply.error is None or reply.error.times is None:
            return True
        given = self._given.get(index, 0)
        self._given[index] = given + 1
        return given < reply.error.times


def _reply(item: dict[str, Any]) -> Reply:
    unknown = item.keys() - _REPLY_KEYS
    if unknown:
        raise ValueError(f"a reply has unknown keys: {', '.join(sorted(unknown))}")
    thought = item.get("thought", "")
    return Reply(
        agent=str(item["agent"]),
        turn=int(item["turn"]),
        text=str(item.get("text", "")),
        calls=tuple(ToolCall(str(c["name"]), dict(c["args"])) for c in item.get("calls", [])),
        thought="Thinking about the next step." if thought is True else str(thought or ""),
        usage=_usage(item.get("usage", {})),
        finish=str(item.get("finish", "STOP")),
        block=str(item.get("block", "")),
        delay_seconds=float(item.get("delay", 0)),
        pace_seconds=float(item.get("pace", 0)),
        raw=None if item.get("raw") is None else str(item["raw"]),
        drops=bool(item.get("drop", False)),
        error=_error(item["error"]) if "error" in item else None,
    )


def _usage(item: dict[str, Any] | None) -> dict[str, int] | None:
    return None if item is None else {str(name): int(value) for name, value in item.items()}


def _error(item: dict[str, Any]) -> ScriptedError:
    return ScriptedError(
        status=int(item["status"]),
        retry_seconds=float(item["retry_seconds"]) if "retry_seconds" in item else None,
        times=int(item["times"]) if "times" in item else None,
        message=str(item.get("message", "")),
    )
