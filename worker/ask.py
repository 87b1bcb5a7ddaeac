"""One question to a model, its answer read strictly, with one call to repair it."""

from collections.abc import Callable
from typing import TypeVar

from p2a.errors import ModelOutputInvalid
from worker.prompt import Request
from worker.run import Run

MAX_REPAIRS = 1
REPAIR = (
    "Your answer could not be used: {why}\n"
    "Answer again with one JSON object of the asked form and nothing else."
)

OutcomeT = TypeVar("OutcomeT")


def ask_for(run: Run, request: Request, read: Callable[[str], OutcomeT]) -> OutcomeT:
    """Ask, and return the typed outcome.

    Raises:
        ModelOutputInvalid: also the repaired answer is not of the asked form.
        ModelError: the model could not be asked.
        BudgetReached: nothing more may be spent.
    """
    schema = request.schema.model_json_schema() if request.schema else None
    conversation = run.model().start(request.system, tools=request.tools, schema=schema)
    message, repairs = request.message, 0
    while True:
        run.check()
        reply = conversation.send(message)
        try:
            return read(reply.text)
        except ModelOutputInvalid as error:
            if repairs == MAX_REPAIRS:
                raise
            repairs += 1
            message = REPAIR.format(why=error.why)
