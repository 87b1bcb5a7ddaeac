"""Finds the code that a request is about, bounded in time, memory and bytes."""

import json
import re
import sys
from dataclasses import dataclass
from math import ceil
from pathlib import Path

from ccg.cache import FILE_NAME
from ccg.context.pick import CHARACTERS_PER_TOKEN
from p2a.process import Captured, Stop, capture
from worker.code_child import Order
from worker.records import CodeRecord

TOKENS = 8_000
"""Of the code that is found, characters / 4, paths included; a prompt shows as much of it as it has room for.

The ranking is measured with this budget (docs/context.md): in half to two thirds of the cases it
holds every line that a fix touches. Each prompt of the chain pays for it, so it is no larger.
"""
SECONDS = 60.0
"""Django takes 2.3 s with an empty cache; the rest is for larger trees and busy processors."""
MEMORY_BYTES = 2 * 1024**3
"""A tree made to exhaust us ends its own process, not the worker's."""

_COMMAND = (sys.executable, "-I", "-X", "utf8", "-m", "worker.code_child")
_BYTES_PER_CHARACTER = 12
"""Of a character of the highest planes in JSON; the names of the fields are much less."""
_ERROR_NAME = re.compile(r"\w{1,60}", re.ASCII)


@dataclass(frozen=True, slots=True)
class CodeFinder:
    """Ranks a tree's functions and lines in a process of its own, with facts kept between runs."""

    folder: Path
    """Where the facts of files are kept."""
    seconds: float = SECONDS
    memory_bytes: int = MEMORY_BYTES

    def find(self, request: str, root: Path, *, seconds: float) -> CodeRecord:
        """Return the code of a tree that fits a request, or why it could not be found.

        The same request and files give the same text.

        Args:
            request: its title on the first line, then its text.
            root: the tree; its files are read and nothing of it is run.
            seconds: how long the caller can wait.
        """
        limit = min(self.seconds, seconds)
        order = Order(
            root.absolute(),
            (self.folder / FILE_NAME).absolute(),
            tokens=TOKENS,
            seconds=max(1, ceil(limit)),
            memory_bytes=self.memory_bytes,
        )
        try:
            done = capture(
                [*_COMMAND, *order.arguments()],
                env={},
                cwd=Path("/"),
                stdin=request.encode("utf-8", "replace"),
                timeout=limit,
                max_output=TOKENS * CHARACTERS_PER_TOKEN * _BYTES_PER_CHARACTER,
            )
        except (OSError, ValueError) as error:
            return CodeRecord(reason=f"it could not be started ({type(error).__name__})")
        reason = _why_not(done, limit)
        if reason:
            return CodeRecord(reason=reason)
        return CodeRecord.model_validate({"pieces": json.loads(done.stdout)})


def request_text(*, title: str, prompt: str, body: str) -> str:
    """Return a request as one text: its title, the command's words, the issue's text."""
    # A local run's title is the first line of its prompt; once is enough.
    parts = (title, prompt.strip().removeprefix(title), body)
    return "\n\n".join(part.strip() for part in parts if part.strip())


def _why_not(done: Captured, limit: float) -> str:
    """Return why there is no answer, without a word of the repository's: only an error's name."""
    if done.stopped is Stop.TIME:
        return f"it took longer than {limit:.0f} s"
    if done.stopped is Stop.OUTPUT:
        return "its answer was too long"
    if done.code == 0:
        return ""
    said = done.stderr.decode("utf-8", "replace").strip()
    name = f" ({said})" if _ERROR_NAME.fullmatch(said) else ""
    return f"its process ended with exit code {done.code}{name}"
