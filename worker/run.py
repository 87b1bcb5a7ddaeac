"""One workflow in the hands of a worker: everything that its steps share."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from pydantic import TypeAdapter

from p2a.domain import AgentType, Lease, LogLevel, Workflow, WorkflowKind
from p2a.effects import FileChange
from p2a.sandbox.toolbox import PythonEnvironment
from p2a.settings import Settings
from p2a.store.records import ModelCall, Spent
from p2a.store.store import Store
from p2a.tape import Codec, Tape, Untaped
from quality.environment import find_environment
from quality.suite_result import SuiteResult
from worker.brief import Brief
from worker.budget import Allowance, allowance_of, check_spent
from worker.code_finder import CodeFinder
from worker.command_run import Laboratory
from worker.coordinator import Signal
from worker.errors import limited
from worker.examined import Examined
from worker.foresight import Foresight
from worker.hidden import visible
from worker.merging import Moved
from worker.model.interface import Model, Supervisor, Usage
from worker.prompt import Fence, Prompts
from worker.pulse import Pulse
from worker.records import BaseRecord
from worker.story import Story, answers_text, story_of
from worker.teller import Teller
from worker.till import Till
from worker.work_tree import WorkTree

TOLD_SECONDS = 5.0
"""A wait for a model that is at least so long is told to people."""
LONGEST_HOLD = 86_400.0
"""Seconds for which one vendor's word keeps all workers from a model."""
LONGEST_TURN = 300.0
"""Seconds that a call waits for its turn among all workers; a longer wait parks the workflow."""

MAX_PULL_DIFF = 30_000
"""Characters of a pull request's diff that agents are shown who change it further."""
PULL_CHANGES = "This is a pull request. What it changes so far:\n\n{diff}"

OpenModel = Callable[[Supervisor, AgentType], Model]
Equip = Callable[..., PythonEnvironment]
"""`quality.environment.find_environment` or what stands for it."""


_MANY = TypeAdapter(list[Workflow])
WORKFLOWS: Codec[list[Workflow]] = Codec(
    lambda found: _MANY.dump_python(found, mode="json"), _MANY.validate_python
)


class Trees(Protocol):
    """Where the files of a workflow come from."""

    def resolve(self) -> BaseRecord:
        """Find out which commit the work starts from."""
        ...

    def open(self, base: BaseRecord, story: Story) -> WorkTree:
        """Check that commit out and make the changes of the story on it."""
        ...

    def newest(self, base: BaseRecord) -> str:
        """Return the commit at which the base's branch stands now."""
        ...

    def move(self, base: BaseRecord, changes: Sequence[FileChange], onto: str) -> Moved:
        """Put changes of one commit on another one."""
        ...


@dataclass(frozen=True, slots=True)
class StepResult:
    """What a step came to: a signal for the coordinator and facts for the story."""

    facts: dict[str, Any] = field(default_factory=dict)
    signal: Signal = Signal.DONE


@dataclass(slots=True)
class Run:
    """A claimed workflow with its collaborators; the steps take it as their only context."""

    workflow: Workflow
    lease: Lease
    settings: Settings
    store: Store
    pulse: Pulse
    clock: Callable[[], datetime]
    trees: Trees
    laboratory: Laboratory
    finder: CodeFinder
    open_model: OpenModel
    teller: Teller
    fence: Fence
    tape: Tape = field(default_factory=Untaped)
    equip: Equip = find_environment
    """How the Python that tests run with is found or made."""
    task_id: int = 0
    """The task of the step that is being taken."""
    agent: AgentType = AgentType.COORDINATOR
    """The agent in whose name it is taken."""
    measured: dict[str, SuiteResult] = field(default_factory=dict)
    """The runs of the suite in this process, by the digest of their tree."""
    equipped: Laboratory | None = None
    """The laboratory with what the tests need, once it was made."""
    till: Till = field(default_factory=Till)
    """Shared with the steps that are taken at the same time."""
    foresight: Foresight[Examined] = field(default_factory=Foresight)
    """What is found out about trees while their tests run; shared as well."""
    is_local: bool = False
    """Whether it runs on a terminal, without any GitHub."""
    is_branch: bool = False
    """Whether this is a part of another run, which closes what they share."""
    _tree: WorkTree | None = None
    _base: BaseRecord | None = None
    """Of the tree."""
    _models: dict[tuple[str, ...], Model] = field(default_factory=dict)

    @property
    def prompts(self) -> Prompts:
        """Return the prompt templates with this run's delimiters."""
        return Prompts(self.fence)

    @property
    def allowance(self) -> Allowance:
        """Return what the calls of models may use."""
        allowance = allowance_of(
            self.settings.models,
            command_usd=self.workflow.budget_usd,
            repository_usd=self.story().team.budget_usd,
        )
        return replace(allowance, is_local=self.is_local)

    def check(self) -> None:
        """Return when the work may go on; show what changed meanwhile, where that is allowed.

        Raises:
            LeaseLost, WorkflowCancelled, DeadlineExceeded: the work must stop.
        """
        self.pulse.check()
        self.till.check()
        self.teller.flush()

    def wait(self, seconds: float) -> None:
        """Sleep, and raise as `check` does as soon as the work must stop."""
        self.pulse.wait(seconds, meanwhile=self.teller.flush)

    def story(self) -> Story:
        """Return what is known by now; the store is asked each time, for it is the truth."""
        return story_of(self.store.tasks(self.workflow.id))

    def tree(self) -> WorkTree:
        """Return the work tree, made again from the base and the stored changes after a restart.

        Raises:
            GitFailed: it cannot be checked out.
        """
        if self._tree is not None:
            return self._tree
        return self.open_tree(self.story().base or self.trees.resolve())

    def digest(self) -> str | None:
        """Return the digest of the work tree, None where none was made."""
        return None if self._tree is None else self._tree.digest()

    def open_tree(self, base: BaseRecord) -> WorkTree:
        """Return the work tree on this base.

        Raises:
            GitFailed: it cannot be checked out.
        """
        if self._tree is None:
            self._base, self._tree = base, self.trees.open(base, self.story())
        return self._tree

    @property
    def is_fork(self) -> bool:
        """Whether the tree is somebody else's repository's, of which nothing may be run.

        It counts from the moment at which the tree is opened, before any step stored its base.
        """
        base = self._base or self.story().base
        return base is not None and base.is_fork

    def reopen(self, base: BaseRecord, changes: Sequence[FileChange]) -> WorkTree:
        """Return the work tree anew, on another base and with these changes.

        Raises:
            GitFailed: it cannot be checked out.
        """
        if self._tree is not None:
            self._tree.remove()
        story = replace(self.story(), changes=tuple(changes))
        self._base, self._tree = base, self.trees.open(base, story)
        return self._tree

    def branch(self, name: str) -> "Run":
        """Return a run for a step of another thread, on a copy of the tree as it is now.

        Raises:
            GitFailed: the copy cannot be checked out.
        """
        return replace(
            self,
            task_id=0,
            agent=AgentType.COORDINATOR,
            is_branch=True,
            _tree=self.tree().copy(name),
            _models={},
        )

    def rejoin(self) -> None:
        """Bring the tree to what the steps of other threads stored."""
        if self._tree is not None:
            self._tree.workspace.become(self.story().changes)

    def model(self) -> Model:
        """Return the model of the present agent, opened when first wanted; agents alike share one.

        Raises:
            ConfigurationInvalid: it is not configured.
        """
        names = self.settings.models.of_agent(self.agent)
        if names not in self._models:
            self._models[names] = self.open_model(self, self.agent)
        return self._models[names]

    def others(self) -> list[Workflow]:
        """Return the workflows of the same issue or pull request, newest first, this one included."""
        origin = self.workflow.origin
        return self.tape.exchange(
            "value",
            {"name": "workflows"},
            lambda: self.store.workflows_of(origin.repository.id, origin.number),
            WORKFLOWS,
        )

    def admit(self, model: str, *, expected: Usage) -> int:
        """Allow one call, after waiting for its turn among all workers, and return its number.

        Raises:
            BudgetReached: the workflow's budget or a daily limit is used up.
            ModelLimited: the turn comes too late to be waited for.
            ConfigurationInvalid: a limit of money cannot be held without a price.
        """
        self.check()
        rate = self.settings.models.calls_per_minute
        seconds = self.tape.exchange(
            "value",
            {"name": "turn", "model": model},
            lambda: self.store.take_turn(model, calls_per_minute=rate),
        )
        if seconds > LONGEST_TURN:
            with self.tape.moment("limit") as now:
                raise limited(
                    f"the turn of {model} comes in {seconds:.0f} s",
                    resume_at=now + timedelta(seconds=seconds),
                    why="all workers together may not ask it more often",
                )
        if seconds > 0:
            self.pause(seconds, why=f"waiting for a turn of {model}")
        begun: list[int] = []
        self.tape.exchange(
            "admit",
            {"model": model, **asdict(expected)},
            lambda: begun.append(self._begin_in_turn(model, expected)),
            meanwhile=self.check,
        )
        # A played tape knows that the call was allowed; sums and other calls are not those of then.
        return (
            begun[0]
            if begun
            else self.till.begin(
                lambda _: self._begin_call(model, expected, check=_allow), wait=self.wait
            )
        )

    def _begin_in_turn(self, model: str, expected: Usage) -> int:
        def begin(others: int) -> int:
            # What the answers of calls under way will cost is not known: the dearest so far is set aside.
            allowance = self.allowance
            aside = others * max((call.cost_usd or 0.0 for call in self.calls()), default=0.0)
            return self._begin_call(
                model,
                expected,
                check=lambda spent: check_spent(
                    _with(spent, aside), allowance, model=model, expected=expected
                ),
            )

        return self.till.begin(begin, wait=self.wait)

    def _begin_call(self, model: str, expected: Usage, *, check: Callable[[Spent], None]) -> int:
        return self.store.begin_call(
            self.lease,
            self.task_id,
            agent=self.agent,
            model=model,
            input_tokens=expected.input_tokens,
            cost_usd=expected.cost_usd,
            check=check,
        )

    def settle(self, call: int, usage: Usage, *, outcome: str) -> None:
        """Count what a call used at once: what was paid stays counted, whatever dies next."""
        self.tape.note("usage", {**asdict(usage), "outcome": outcome})
        try:
            self.store.end_call(
                self.lease,
                call,
                outcome=outcome,
                input_tokens=usage.input_tokens,
                output_tokens=usage.output_tokens,
                cost_usd=usage.cost_usd,
                is_estimated=usage.is_estimated,
            )
        finally:
            self.till.end()

    def calls(self) -> list[ModelCall]:
        """Return every call of a model so far."""
        return self.store.calls(self.workflow.id)

    def hold(self, model: str, seconds: float) -> None:
        """Let no worker ask this model for so long."""
        self.store.hold_model(model, seconds=min(seconds, LONGEST_HOLD))

    def pause(self, seconds: float, *, why: str) -> None:
        """Tell that the work waits and until when, and wait."""
        # By chance, some of it: many workers are not to come back at once.
        asked = {"name": "pause", "why": why}
        seconds = self.tape.exchange("value", asked, lambda: seconds)
        if seconds < TOLD_SECONDS:
            self.wait(seconds)
            return
        with self.tape.moment("pause") as now:
            text = resumes(why, now + timedelta(seconds=seconds))
        self.log(text, level=LogLevel.WARNING)
        self.teller.pause(text)
        self.wait(seconds)
        self.teller.pause("")

    def brief(self) -> Brief:
        """Return what an agent is told: of people's words what they see on GitHub, and no more."""
        story = self.story()
        return Brief(
            repository=self.workflow.origin.repository.full_name,
            number=self.workflow.origin.number,
            title=self.workflow.title,
            body=self._body(story),
            prompt=visible(self.workflow.prompt).text,
            paths=tuple(self.tree().workspace.paths()),
            baseline=story.baseline.line() if story.baseline else "not run",
            code=tuple(story.code.pieces) if story.code else (),
            route=story.route,
            plan=story.plan,
            change=story.change,
            review=story.review,
        )

    def _body(self, story: Story) -> str:
        """Return the text that the work is about; of a pull request with what it changes so far."""
        diff = self.tree().pull_diff() if self.workflow.kind is WorkflowKind.FIX else ""
        changes = PULL_CHANGES.format(diff=diff[:MAX_PULL_DIFF]) if diff else ""
        words = visible(self.workflow.body).text
        answers = visible(answers_text(story)).text
        # Who has little room leaves out the middle: what is asked stands at both ends.
        parts = (words, changes, answers, story.to_mend)
        return "\n\n".join(part for part in parts if part.strip()).strip()

    def log(
        self, message: str, *, level: LogLevel = LogLevel.INFO, task: str | None = None
    ) -> None:
        """Add a line to the progress log and show it."""
        self.store.log(self.workflow.id, message=message, level=level, task=task)
        self.teller.line(message, level)

    def close(self) -> None:
        """Give everything back that this process holds, the rest also when one part fails."""
        with ExitStack() as closing:
            for model in self._models.values():
                closing.callback(model.close)
            if self._tree is not None:
                closing.callback(self._tree.remove)
            if not self.is_branch:
                closing.callback(self.foresight.close)
            self._tree, self._models = None, {}


def _with(spent: Spent, aside: float) -> Spent:
    return replace(
        spent,
        workflow_usd=spent.workflow_usd + aside,
        repository_usd=spent.repository_usd + aside,
        actor_usd=spent.actor_usd + aside,
    )


def _allow(spent: Spent) -> None:
    """Allow the call."""


def resumes(why: str, at: datetime) -> str:
    """Return that the work waits, with the time at which it goes on."""
    return f"{why}: resumes {at:%H:%M} UTC"
