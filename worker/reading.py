"""A question to a model that may look into the tree, and change nothing, before it answers."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from p2a.domain import LogLevel
from p2a.errors import ModelOutputInvalid
from p2a.inert import shorten
from worker.ask import MAX_REPAIRS, REPAIR
from worker.graph_of_tree import GraphOfTree
from worker.model.interface import Message, Reply, ToolAnswer, ToolCall, ToolSpec
from worker.prompt import Request
from worker.run import Run
from worker.taped_tool import note_tool
from worker.tools import SPECS, ToolBench

READING = frozenset({"list", "read", "search"})
READING_SPECS: tuple[ToolSpec, ...] = tuple(spec for spec in SPECS if spec.name in READING)
MAX_TURNS = 20
MAX_CALLS_PER_TURN = 10
ENOUGH = "error: no more calls are answered; give your answer now"
TOO_MANY = f"error: only {MAX_CALLS_PER_TURN} calls are answered at a time"
NO_TOOL = f"error: there is no such tool; there are: {', '.join(sorted(READING))}"

OutcomeT = TypeVar("OutcomeT")


def ask_reading(
    run: Run, request: Request, read: Callable[[str], OutcomeT], *, name: str
) -> OutcomeT:
    """Answer the model's calls until it gives its answer, and return that as a typed outcome.

    Raises:
        ModelOutputInvalid: it gives none, or also the repaired one is not of the asked form.
        ModelError: the model could not be asked.
        BudgetReached: nothing more may be spent.
    """
    request = replace(request, tools=READING_SPECS)
    conversation = run.model().start(request.system, tools=request.tools)
    graph = GraphOfTree(run, run.tree())
    bench = ToolBench(run.tree().workspace, run=lambda command: NO_TOOL, graph=graph)
    message: Message = request.message
    repairs = 0
    for turn in range(MAX_TURNS):
        run.check()
        reply = conversation.send(message)
        if reply.calls:
            message = _answers(run, bench, reply, is_last=turn >= MAX_TURNS - 2, name=name)
            continue
        try:
            return read(reply.text)
        except ModelOutputInvalid as error:
            if repairs == MAX_REPAIRS:
                raise
            repairs += 1
            run.log(str(error), level=LogLevel.WARNING, task=name)
            message = REPAIR.format(why=error.why)
    raise ModelOutputInvalid(
        "the model gave no answer in all of its turns",
        why=f"it went on to read after {MAX_TURNS} of them",
        next_step="ask for less, or configure another model",
    )


def _answers(
    run: Run, bench: ToolBench, reply: Reply, *, is_last: bool, name: str
) -> list[ToolAnswer]:
    answers = []
    for number, call in enumerate(reply.calls):
        run.check()
        if is_last or number >= MAX_CALLS_PER_TURN:
            text = ENOUGH if is_last else TOO_MANY
            answers.append(ToolAnswer(call.id, call.name, text))
        elif call.name not in READING:
            answers.append(ToolAnswer(call.id, call.name, NO_TOOL))
        else:
            run.log(_told(call), task=name)
            answer = bench.answer(call)
            note_tool(run.tape, call, answer)
            answers.append(answer)
    return answers


def _told(call: ToolCall) -> str:
    arguments = call.arguments or {}
    about = next((str(arguments[key]) for key in ("path", "text") if arguments.get(key)), "")
    return f"{call.name} {shorten(about, 200)}".strip()
