"""The developer's tool loop: the model calls tools until it says that the change is done."""

from dataclasses import replace

from p2a.domain import LogLevel, Task
from p2a.errors import ModelOutputInvalid
from worker.agents import developer as agent
from worker.command_run import run_in_copy
from worker.coordinator import Signal, Step
from worker.model.interface import Message, Reply, ToolAnswer, ToolCall
from worker.prompt import Request
from worker.records import changes_to_json
from worker.run import Run, StepResult
from worker.story import CHANGES, REFUSALS, Story
from worker.tools import SPECS, ToolBench

MAX_TURNS = 60
MAX_CALLS_PER_TURN = 20
MAX_NUDGES = 2
MAX_TOLD = 20
"""Names of failing tests that the developer is told."""
NUDGE = "Use the tools. When the change is complete, call `done` with a summary."
NO_CHANGE = "The developer found nothing to change: {summary}"
TOO_MANY = "error: only {count} calls are answered at a time"


def develop(run: Run, step: Step, task: Task) -> StepResult:
    """Run the loop; a change of nothing at all ends the workflow with its reason."""
    tree, story = run.tree(), run.story()
    brief = run.brief()
    if step.because is not Signal.DONE:
        brief = replace(brief, diff=tree.diff(), feedback=to_mend(step.because, story))
    bench = ToolBench(tree.workspace, run=lambda command: _run_command(run, command))
    _converse(run, agent.ask(brief, run.prompts, tools=SPECS), bench, name=step.name)
    change = agent.read(bench.summary)
    changes = tree.workspace.changes()
    facts = {
        "change": change.model_dump(mode="json"),
        CHANGES: changes_to_json(changes),
        REFUSALS: [{"path": item.path, "reason": item.reason} for item in bench.refusals],
    }
    if not changes and not change.finished:
        raise _out_of_turns()
    if not changes:
        return StepResult(
            {**facts, "nothing": NO_CHANGE.format(summary=change.summary)}, Signal.NOTHING
        )
    run.log(f"changed {len(changes)} files", task=step.name)
    return StepResult(facts)


def to_mend(because: Signal, story: Story) -> str:
    """Return what the developer has to mend, from the stored records."""
    if because is Signal.REVISE and story.review is not None:
        findings = [
            f"{item.path}:{item.line}: {item.severity.value}: {item.message}"
            for item in story.review.findings
        ]
        return "\n".join([story.review.summary, *findings])
    if because is Signal.TESTS_FAILED and story.suite is not None:
        return "\n".join([story.suite.line(), *story.suite.failures[:MAX_TOLD], story.suite.tail])
    return ""


def _converse(run: Run, request: Request, bench: ToolBench, *, name: str) -> None:
    conversation = run.model().start(request.system, tools=request.tools)
    message: Message = request.message
    nudges = 0
    for turn in range(MAX_TURNS):
        run.check()
        reply = conversation.send(message)
        run.spend(reply.usage)
        if reply.calls:
            message = _answers(run, reply, bench, name=name)
            if bench.summary is not None:
                return
        else:
            nudges += 1
            if nudges > MAX_NUDGES:
                raise _no_tools(turn)
            message = NUDGE
    run.log("the developer ran out of turns", level=LogLevel.WARNING, task=name)


def _answers(run: Run, reply: Reply, bench: ToolBench, *, name: str) -> list[ToolAnswer]:
    answers = []
    for number, call in enumerate(reply.calls):
        if number >= MAX_CALLS_PER_TURN:
            text = TOO_MANY.format(count=MAX_CALLS_PER_TURN)
            answers.append(ToolAnswer(call.id, call.name, text))
            continue
        run.check()
        run.log(_told(call), task=name)
        answers.append(bench.answer(call))
    return answers


def _told(call: ToolCall) -> str:
    arguments = call.arguments or {}
    about = next(
        (str(arguments[key]) for key in ("path", "command", "text") if arguments.get(key)), ""
    )
    return f"{call.name[:40]} {about[:200]}".strip()


def _run_command(run: Run, command: str) -> str:
    return run_in_copy(
        run.laboratory,
        run.tree().workspace,
        command,
        seconds=run.pulse.seconds_left(),
        check=run.check,
    )


def _out_of_turns() -> ModelOutputInvalid:
    return ModelOutputInvalid(
        "the developer changed nothing in all of its turns",
        why=f"it never called `done` within {MAX_TURNS} turns",
        next_step="ask for a smaller change, or configure another model",
    )


def _no_tools(turn: int) -> ModelOutputInvalid:
    return ModelOutputInvalid(
        "the developer did not use the tools",
        why=f"{MAX_NUDGES + 1} answers held no call, the last at turn {turn}",
        next_step="try again with `/p2a retry`, or configure another model",
    )
