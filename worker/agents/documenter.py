"""The documenter agent: asks for documentation files and reads the answer; no I/O."""

from worker.brief import Brief
from worker.outcomes import Docs
from worker.prompt import Prompts, Request
from worker.reply import read_outcome

TEMPLATE = "documenter.j2"


def ask(brief: Brief, prompts: Prompts) -> Request:
    """Return the question."""
    return prompts.request(TEMPLATE, brief.values(), schema=Docs)


def read(text: str) -> Docs:
    """Read the answer.

    Raises:
        ModelOutputInvalid: it is not of the asked form.
    """
    return read_outcome(Docs, text)
