"""The reviewer agent: asks for findings and a verdict on the change and reads the answer; no I/O."""

from worker.brief import Brief
from worker.outcomes import Review
from worker.prompt import Prompts, Request
from worker.reply import read_outcome

TEMPLATE = "reviewer.j2"


def ask(brief: Brief, prompts: Prompts) -> Request:
    """Return the question."""
    return prompts.request(TEMPLATE, brief.values(), schema=Review)


def read(text: str) -> Review:
    """Read the answer.

    Raises:
        ModelOutputInvalid: it is not of the asked form.
    """
    return read_outcome(Review, text)
