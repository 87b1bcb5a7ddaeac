"""The quality agent: asks for words for measured results and reads the answer; no I/O."""

from worker.brief import Brief
from worker.outcomes import Feedback
from worker.prompt import Prompts, Request
from worker.reply import read_outcome

TEMPLATE = "quality.j2"


def ask(brief: Brief, prompts: Prompts) -> Request:
    """Return the question."""
    return prompts.request(TEMPLATE, brief.values(), schema=Feedback)


def read(text: str) -> Feedback:
    """Read the answer.

    Raises:
        ModelOutputInvalid: it is not of the asked form.
    """
    return read_outcome(Feedback, text)
