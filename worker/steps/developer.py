"""The developer's tool loop: the model calls tools until it says that the change is done."""

from collections.abc import Collection
from dataclasses import replace

from p2a.domain import LogLevel, Task
from p2a.errors import ModelOutputInvalid, ModelRefused
from p2a.inert import shorten
from worker.agents import developer as agent
from worker.command_run import run_in_copy
from worker.coordinator import Signal, Step
from worker.draft import MAX_COMMANDS, Draft, draft_of
from worker.equipment import laboratory_of
from worker.errors import DeveloperStuck, ModelRejected
from worker.graph_of_tree import GraphOfTree
from worker.model.interface import Conversation, Message, Reply, ToolAnswer, ToolCall
from worker.outcomes import End
from worker.prompt import Request
from worker.records import CommandRecord, RefusalRecord, changes_to_json
from worker.repeats import ENDED, Repeats
from worker.run import Run, StepResult
from worker.story import CHANGES, COMMANDS, REFUSALS, Story
from worker.taped_tool import note_tool
from worker.tools import SPECS, Refusal, ToolBench

MAX_TURNS = 60
MAX_CALLS_PER_TURN = 20
MAX_NUDGES = 2
MAX_TOLD = 20
"""Names of failing tests that the developer is told."""
NUDGE = "Use the tools. When the change is complete, call `done` with a summary."
BEGUN = "An earlier try stopped in the middle of it: finish it."
NO_CHANGE = "The developer found nothing to change: {summary}"
STUCK = "the developer made the same failing call again and again"
TOO_MANY = "error: only {count} calls are answered at a time"


def develop(run: Run, step: Step, task: Task) -> StepResult:
    """Run the loop, from where an earlier try left it; a change of nothing at all ends the workflow."""
    tree = run.tree()
    draft = draft_of(task.result)
    if draft.turn >= MAX_TURNS:
        draft = replace(draft, talk="", turn=0)
    tree.workspace.apply(draft.changes)
    commands = list(draft.commands)
    bench = ToolBench(
        tree.workspace,
        run=lambda command: _run_command(run, command, commands),
        graph=GraphOfTree(run, tree),
        repeats=Repeats(draft.failures),
    )
    bench.refusals = [Refusal(item.path, item.reason) for item in draft.refusals]
    loop = _Loop(run, task, bench, commands=commands, name=step.name)
    end = loop.converse(_request(run, step, draft), draft)
    change = agent.read(bench.summary, end=end)
    changes = tree.workspace.changes()
    facts = {
        "change": change.model_dump(mode="json"),
        CHANGES: changes_to_json(changes),
        REFUSALS: [{"path": item.path, "reason": item.reason} for item in bench.refusals],
        COMMANDS: [item.model_dump() for item in commands[-MAX_COMMANDS:]],
    }
    if not changes and not change.finished:
        raise _stuck() if end is End.REPEATED_FAILURE else _out_of_turns()
    if not changes:
        return StepResult(
            {**facts, "nothing": NO_CHANGE.format(summary=change.summary)}, Signal.NOTHING
        )
    run.log(f"changed {len(changes)} files", task=step.name)
    return StepResult(facts)


def _request(run: Run, step: Step, draft: Draft) -> Request:
    """Return the opening question; it shows a change that was begun already."""
    brief, feedback = run.brief(), to_mend(step.because, run.story())
    if draft.changes and not feedback:
        feedback = BEGUN
    if feedback or step.because:
        brief = replace(brief, diff=run.tree().diff(), feedback=feedback)
    return agent.ask(brief, run.prompts, tools=SPECS)


def to_mend(because: Collection[Signal], story: Story) -> str:
    """Return what the developer has to mend, from the stored records."""
    parts: list[str] = []
    if Signal.REVISE in because and story.review is not None:
        parts.append(story.review.summary)
        parts += [
            f"{item.path}:{item.line}: {item.severity.value}: {item.message}"
            + (f"\n  suggested: {item.suggestion}" if item.suggestion else "")
            for item in story.review.findings
        ]
    if Signal.TESTS_FAILED in because and story.suite is not None:
        parts += [story.suite.line(), *story.suite.failures[:MAX_TOLD], story.suite.tail]
    return "\n".join(parts)


class _Loop:
    """The talk with the model; what it led to is kept before each further question."""

    def __init__(
        self, run: Run, task: Task, bench: ToolBench, *, commands: list[CommandRecord], name: str
    ) -> None:
        self._commands = commands
        self._run = run
        self._task = task
        self._bench = bench
        self._name = name

    def converse(self, request: Request, draft: Draft) -> End:
        """Talk until the model says `done`, the turns run out, or it fails again and again alike.

        Raises:
            ModelOutputInvalid: it does not use the tools.
            BudgetReached, ModelError: it cannot be asked; the checkpoint holds how far it came.
        """
        conversation, message = self._begin(request, draft)
        nudges = 0
        for turn in range(draft.turn, MAX_TURNS):
            self._run.check()
            try:
                reply = conversation.send(message)
            except (ModelRefused, ModelRejected):
                # The same talk would be refused again: a later try begins anew on the edits.
                self._keep(None, "", turn=0)
                raise
            if reply.calls:
                message = _answers(self._run, reply, self._bench, name=self._name)
                if self._bench.summary is not None:
                    return End.DONE
                if self._bench.repeats.is_stuck:
                    # The same talk would go on like that: a later try begins anew on the edits.
                    self._bench.repeats.counts.clear()
                    self._keep(None, "", turn=0)
                    self._run.log(STUCK, level=LogLevel.WARNING, task=self._name)
                    return End.REPEATED_FAILURE
            else:
                nudges += 1
                if nudges > MAX_NUDGES:
                    raise _no_tools(turn)
                message = NUDGE
            self._keep(conversation, message, turn=turn + 1)
        warning = "the developer ran out of turns"
        self._run.log(warning, level=LogLevel.WARNING, task=self._name)
        return End.OUT_OF_TURNS

    def _begin(self, request: Request, draft: Draft) -> tuple[Conversation, Message]:
        model = self._run.model()
        resumed = model.resume(draft.talk, tools=request.tools) if draft.talk else None
        if resumed is not None:
            self._run.log(f"goes on at turn {draft.turn + 1}", task=self._name)
            return resumed, draft.message
        return model.start(request.system, tools=request.tools), request.message

    def _keep(self, conversation: Conversation | None, message: Message, *, turn: int) -> None:
        draft = Draft(
            changes=self._bench.workspace.changes(),
            refusals=tuple(
                RefusalRecord(path=item.path, reason=item.reason) for item in self._bench.refusals
            ),
            talk=conversation.saved() if conversation else "",
            message=message,
            turn=turn,
            commands=tuple(self._commands),
            failures=self._bench.repeats.counts,
        )
        self._run.store.checkpoint_task(
            self._run.lease,
            self._task.id,
            result={"draft": draft.to_json()},
            progress_percentage=min(90, turn * 100 // MAX_TURNS),
        )


def _answers(run: Run, reply: Reply, bench: ToolBench, *, name: str) -> list[ToolAnswer]:
    answers = []
    for number, call in enumerate(reply.calls):
        if number >= MAX_CALLS_PER_TURN:
            text = TOO_MANY.format(count=MAX_CALLS_PER_TURN)
            answers.append(ToolAnswer(call.id, call.name, text))
            continue
        run.check()
        run.log(_told(call), task=name)
        answer = bench.answer(call)
        note_tool(run.tape, call, answer)
        answers.append(answer)
    return answers


def _told(call: ToolCall) -> str:
    arguments = call.arguments or {}
    about = next(
        (str(arguments[key]) for key in ("path", "command", "text") if arguments.get(key)), ""
    )
    return f"{call.name[:40]} {shorten(about, 200)}".strip()


def _run_command(run: Run, command: str, commands: list[CommandRecord]) -> str:
    """Run a command, keep a record of it with the tree that it ran on, and tell the model."""
    tree = run.tree()
    ran = run_in_copy(
        laboratory_of(run),
        tree.workspace,
        command,
        links=tree.links,
        seconds=run.pulse.seconds_left(),
        check=run.check,
    )
    commands.append(ran.record.model_copy(update={"tree": tree.digest()}))
    return ran.told


def _out_of_turns() -> ModelOutputInvalid:
    return ModelOutputInvalid(
        "the developer changed nothing in all of its turns",
        why=f"it never called `done` within {MAX_TURNS} turns",
        next_step="ask for a smaller change, or configure another model",
    )


def _stuck() -> DeveloperStuck:
    return DeveloperStuck(
        "the developer changed nothing",
        why=f"the same call failed {ENDED} times with the same error",
        next_step="try again with `/p2a retry`, or configure another model",
    )


def _no_tools(turn: int) -> ModelOutputInvalid:
    return ModelOutputInvalid(
        "the developer did not use the tools",
        why=f"{MAX_NUDGES + 1} answers held no call, the last at turn {turn}",
        next_step="try again with `/p2a retry`, or configure another model",
    )
