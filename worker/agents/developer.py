"""The developer agent: asks for a change made with tools and reads its end; no I/O."""

from dataclasses import replace

from worker.brief import Brief
from worker.model.interface import ToolSpec
from worker.outcomes import Change, End
from worker.prompt import Prompts, Request

TEMPLATE = "developer.j2"
PROMPT_CHARACTERS = 32_000
"""Of the whole first prompt, its rules included: 8,000 tokens of four characters."""
LEAST_CODE = 8_000
"""Characters of code that are shown whatever else there is, such as a long diff that is to be mended."""
MAX_BODY = 10_000
"""Characters of the issue's text, and of the command; the planner has read all of both."""
UNFINISHED = {
    End.OUT_OF_TURNS: "The developer ran out of turns before it said `done`.",
    End.REPEATED_FAILURE: "The developer made the same failing call again and again, and was stopped.",
}
CUT = "\n[... {count} characters cut ...]\n"


def ask(brief: Brief, prompts: Prompts, *, tools: tuple[ToolSpec, ...]) -> Request:
    """Return the question that starts the tool loop, with as much code as it has room for."""
    told = replace(brief, body=_shortened(brief.body), prompt=_shortened(brief.prompt))
    bare = prompts.request(TEMPLATE, {**told.values(), "code": "."})
    room = PROMPT_CHARACTERS - len(bare.system) - len(bare.message)
    request = _with_code(told, prompts, tools, characters=room)
    # Signs that nobody sees are longer as they are shown.
    over = len(request.system) + len(request.message) - PROMPT_CHARACTERS
    return _with_code(told, prompts, tools, characters=room - over) if over > 0 else request


def _with_code(
    brief: Brief, prompts: Prompts, tools: tuple[ToolSpec, ...], *, characters: int
) -> Request:
    values = brief.values(code_characters=max(characters, LEAST_CODE))
    return prompts.request(TEMPLATE, values, tools=tools)


def read(summary: str | None, *, end: End = End.OUT_OF_TURNS) -> Change:
    """Return what the developer said with `done`; None means that the talk ended for another reason."""
    if summary is None:
        return Change(summary=UNFINISHED[end], finished=False, end=end)
    return Change(summary=summary.strip()[:8_000] or "No summary was given.")


def _shortened(body: str) -> str:
    """Return a text without its middle where it is long: what is asked stands at both ends."""
    rest = len(body) - MAX_BODY
    if rest <= 0:
        return body
    half = MAX_BODY // 2
    return body[:half] + CUT.format(count=rest) + body[-half:]
