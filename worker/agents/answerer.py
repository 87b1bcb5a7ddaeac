"""The coordinator as the one who answers questions about the code; no I/O."""

from p2a.errors import ModelOutputInvalid
from worker.brief import Brief
from worker.prompt import Prompts, Request

TEMPLATE = "answerer.j2"
MAX_ANSWER = 20_000
"""Characters of an answer; a comment has room for three times as many."""


def ask(brief: Brief, prompts: Prompts) -> Request:
    """Return the question."""
    return prompts.request(TEMPLATE, brief.values())


def read(text: str) -> str:
    """Read the answer, which is Markdown.

    Raises:
        ModelOutputInvalid: it is empty or too long.
    """
    answer = text.strip()
    if not answer or len(answer) > MAX_ANSWER:
        raise ModelOutputInvalid(
            "the model's answer cannot be used",
            why=f"it has {len(answer)} characters; at least 1 and at most {MAX_ANSWER} are taken",
            next_step="ask again with `/p2a retry`, or configure another model",
        )
    return answer
