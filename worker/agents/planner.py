"""The planner agent: asks for a plan and reads the answer; no I/O."""

from worker.brief import Brief
from worker.outcomes import Plan
from worker.prompt import Prompts, Request
from worker.reply import read_outcome

TEMPLATE = "planner.j2"


def ask(brief: Brief, prompts: Prompts) -> Request:
    """Return the question."""
    return prompts.request(TEMPLATE, brief.values(), schema=Plan)


def read(text: str) -> Plan:
    """Read the answer.

    Raises:
        ModelOutputInvalid: it is not of the asked form.
    """
    return read_outcome(Plan, text)
