"""One workflow in the hands of a worker: everything that its steps share."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from p2a.domain import Lease, LogLevel, Workflow
from p2a.settings import Settings
from p2a.store.store import Store
from quality.suite_result import SuiteResult
from worker.brief import Brief
from worker.code_finder import CodeFinder
from worker.command_run import Laboratory
from worker.coordinator import Signal
from worker.model.interface import Halt, Model, Usage
from worker.prompt import Fence, Prompts
from worker.pulse import Pulse
from worker.records import BaseRecord
from worker.story import Story, story_of
from worker.teller import Teller
from worker.work_tree import WorkTree


class Trees(Protocol):
    """Where the files of a workflow come from."""

    def resolve(self) -> BaseRecord:
        """Find out which commit the work starts from."""
        ...

    def open(self, base: BaseRecord, story: Story) -> WorkTree:
        """Check that commit out and make the changes of the story on it."""
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
    open_model: Callable[[Halt], Model]
    teller: Teller
    fence: Fence
    task_id: int = 0
    """The task of the step that is being taken."""
    measured: dict[str, SuiteResult] = field(default_factory=dict)
    """The runs of the suite in this process, by the digest of their tree."""
    _tree: WorkTree | None = None
    _model: Model | None = None

    @property
    def prompts(self) -> Prompts:
        """Return the prompt templates with this run's delimiters."""
        return Prompts(self.fence)

    def check(self) -> None:
        """Return when the work may go on; show what changed meanwhile, where that is allowed.

        Raises:
            LeaseLost, WorkflowCancelled, DeadlineExceeded: the work must stop.
        """
        self.pulse.check()
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

    def open_tree(self, base: BaseRecord) -> WorkTree:
        """Return the work tree on this base.

        Raises:
            GitFailed: it cannot be checked out.
        """
        if self._tree is None:
            self._tree = self.trees.open(base, self.story())
        return self._tree

    def model(self) -> Model:
        """Return the model, opened when first wanted.

        Raises:
            ConfigurationInvalid: it is not configured.
        """
        if self._model is None:
            self._model = self.open_model(self)
        return self._model

    def spend(self, usage: Usage) -> None:
        """Count a model call at once: what was paid stays counted, whatever dies next."""
        self.store.spend(
            self.lease,
            self.task_id,
            input_tokens=usage.input_tokens,
            output_tokens=usage.output_tokens,
            cost_usd=usage.cost_usd,
        )

    def brief(self) -> Brief:
        """Return what an agent is told."""
        story = self.story()
        return Brief(
            repository=self.workflow.origin.repository.full_name,
            number=self.workflow.origin.number,
            title=self.workflow.title,
            body=f"{self.workflow.body}\n\n{story.to_mend}".strip(),
            prompt=self.workflow.prompt,
            paths=tuple(self.tree().workspace.paths()),
            baseline=story.baseline.line() if story.baseline else "not run",
            code=story.code.text if story.code else "",
            route=story.route,
            plan=story.plan,
            change=story.change,
            review=story.review,
        )

    def log(
        self, message: str, *, level: LogLevel = LogLevel.INFO, task: str | None = None
    ) -> None:
        """Add a line to the progress log and show it."""
        self.store.log(self.workflow.id, message=message, level=level, task=task)
        self.teller.line(message, level)

    def close(self) -> None:
        """Give everything back that this process holds, the rest also when one part fails."""
        tree, model = self._tree, self._model
        self._tree = self._model = None
        try:
            if tree is not None:
                tree.remove()
        finally:
            if model is not None:
                model.close()
