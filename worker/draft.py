"""How far a developer came: the talk with the model and the edits so far, as a task's checkpoint; no I/O."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from p2a.effects import FileChange
from worker.model.interface import Message, ToolAnswer
from worker.records import CommandRecord, RefusalRecord, changes_from_json, changes_to_json

MAX_COMMANDS = 100
MAX_TALK = 4_000_000
"""Characters of a talk that is kept; a longer one is begun anew on the edits that it led to."""


@dataclass(frozen=True, slots=True)
class Draft:
    """The state before a message is sent."""

    changes: tuple[FileChange, ...] = ()
    refusals: tuple[RefusalRecord, ...] = ()
    talk: str = ""
    """As `Conversation.saved` gives it; empty where there is none."""
    message: Message = ""
    turn: int = 0
    commands: tuple[CommandRecord, ...] = ()
    """The newest that the developer ran, at most `MAX_COMMANDS`."""
    failures: Mapping[str, int] = field(default_factory=dict)
    """As `worker.repeats.Repeats` counts them."""

    def to_json(self) -> dict[str, Any]:
        """Return the draft as JSON."""
        is_text = isinstance(self.message, str)
        answers = () if isinstance(self.message, str) else self.message
        return {
            "changes": changes_to_json(self.changes),
            "refusals": [item.model_dump() for item in self.refusals],
            "talk": self.talk if len(self.talk) <= MAX_TALK else "",
            "text": self.message if is_text else "",
            "answers": [[item.call_id, item.name, item.text] for item in answers],
            "turn": self.turn,
            "commands": [item.model_dump() for item in self.commands[-MAX_COMMANDS:]],
            "failures": dict(self.failures),
        }


def draft_of(result: Mapping[str, Any]) -> Draft:
    """Return the draft in a task's checkpoint, an empty one where there is none."""
    found = result.get("draft")
    if not isinstance(found, Mapping):
        return Draft()
    answers: Sequence[Sequence[str]] = found["answers"]
    return Draft(
        changes=changes_from_json(found["changes"]),
        refusals=tuple(RefusalRecord.model_validate(item) for item in found["refusals"]),
        talk=found["talk"],
        message=[ToolAnswer(*answer) for answer in answers] or found["text"],
        turn=found["turn"],
        commands=tuple(CommandRecord.model_validate(item) for item in found.get("commands", ())),
        failures=dict(found.get("failures", {})),
    )
