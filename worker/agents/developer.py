"""The developer agent: asks for a change made with tools and reads its end; no I/O."""

from worker.brief import Brief
from worker.model.interface import ToolSpec
from worker.outcomes import Change
from worker.prompt import Prompts, Request

TEMPLATE = "developer.j2"


def ask(brief: Brief, prompts: Prompts, *, tools: tuple[ToolSpec, ...]) -> Request:
    """Return the question that starts the tool loop."""
    return prompts.request(TEMPLATE, brief.values(), tools=tools)


def read(summary: str | None) -> Change:
    """Return what the developer said with `done`; None means that the turns ran out."""
    if summary is None:
        return Change(
            summary="The developer ran out of turns before it said `done`.", finished=False
        )
    return Change(summary=summary.strip()[:8_000] or "No summary was given.")
