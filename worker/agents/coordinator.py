"""The coordinator agent: asks for the kind of work and reads the answer; no I/O."""

from worker.brief import Brief
from worker.outcomes import Route
from worker.prompt import Prompts, Request
from worker.reply import read_outcome

TEMPLATE = "coordinator.j2"


def ask(brief: Brief, prompts: Prompts) -> Request:
    """Return the question."""
    return prompts.request(TEMPLATE, brief.values(), schema=Route)


def read(text: str) -> Route:
    """Read the answer.

    Raises:
        ModelOutputInvalid: it is not of the asked form.
    """
    return read_outcome(Route, text)
