"""The planner agent: asks for a plan and reads the answer; no I/O."""

from p2a.errors import ModelOutputInvalid
from worker.brief import Brief
from worker.outcomes import Plan
from worker.prompt import Prompts, Request
from worker.reply import read_outcome

TEMPLATE = "planner.j2"
NO_QUESTIONS = "it asks although it may not; plan with what is known"


def ask(brief: Brief, prompts: Prompts, *, may_ask: bool = True) -> Request:
    """Return the question."""
    return prompts.request(TEMPLATE, {**brief.values(), "may_ask": may_ask}, schema=Plan)


def read(text: str, *, may_ask: bool = True) -> Plan:
    """Read the answer.

    Raises:
        ModelOutputInvalid: it is not of the asked form, or asks where it may not.
    """
    plan = read_outcome(Plan, text)
    if plan.questions and not may_ask:
        raise ModelOutputInvalid(
            "the model's answer is not of the asked form",
            why=NO_QUESTIONS,
            next_step="say more in the issue, then `/p2a retry`",
        )
    return plan
