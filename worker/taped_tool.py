"""A call of one of our tools, as it stands in a record."""

from p2a.tape import Tape
from worker.model.interface import ToolAnswer, ToolCall


def note_tool(tape: Tape, call: ToolCall, answer: ToolAnswer) -> None:
    """Note what a model called and what it was answered."""
    arguments = None if call.arguments is None else dict(call.arguments)
    tape.note("tool", {"name": call.name, "arguments": arguments, "answer": answer.text})
