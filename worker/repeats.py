"""Notices calls that fail again and again in the same way; no I/O."""

import hashlib
import json
from collections.abc import Mapping

from worker.model.interface import ToolCall

TOLD = 3
"""The same call with the same error so often: the model is told."""
ENDED = 5
"""And so often: the talk is ended."""
HINT = (
    "\nThis very call has failed {count} times with this very error. Do something else: read the file "
    "again, search for what you need, or call `done` and say what is missing."
)
ERROR = "error: "


class Repeats:
    """Counts failed calls by what was asked and what was answered."""

    def __init__(self, counts: Mapping[str, int] | None = None) -> None:
        self.counts = dict(counts or {})
        """By a hash of the call and its answer; kept with the draft."""

    def noted(self, call: ToolCall, answer: str) -> str:
        """Count an answer where it is an error, and return it, with a hint when it came too often."""
        if not answer.startswith(ERROR):
            return answer
        key = _key(call, answer)
        self.counts[key] = self.counts.get(key, 0) + 1
        count = self.counts[key]
        return answer + HINT.format(count=count) if count >= TOLD else answer

    @property
    def is_stuck(self) -> bool:
        """Whether a call has failed so often that no more comes of it."""
        return max(self.counts.values(), default=0) >= ENDED


def _key(call: ToolCall, answer: str) -> str:
    said = json.dumps([call.name, call.arguments, answer], sort_keys=True, default=str)
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:16]
