"""The tester agent: asks for test files and reads the answer; no I/O."""

from worker.brief import Brief
from worker.outcomes import Tests
from worker.prompt import Prompts, Request
from worker.reply import read_outcome

TEMPLATE = "tester.j2"


def ask(brief: Brief, prompts: Prompts) -> Request:
    """Return the question."""
    return prompts.request(TEMPLATE, brief.values(), schema=Tests)


def read(text: str) -> Tests:
    """Read the answer.

    Raises:
        ModelOutputInvalid: it is not of the asked form.
    """
    return read_outcome(Tests, text)
