"""Everything known of a workflow by now, read from the results of its finished tasks; no I/O."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel

from p2a.domain import Task, TaskStatus
from p2a.effects import FileChange
from worker.coordinator import Signal, Stage, Taken
from worker.outcomes import Change, Docs, Feedback, Plan, Review, Route, Tests
from worker.records import (
    AnswerRecord,
    AskedRecord,
    AssessmentRecord,
    BaseRecord,
    CodeRecord,
    CommandRecord,
    DroppedFindingRecord,
    ExaminedRecord,
    GraphRecord,
    PartialRecord,
    ProofRecord,
    PublishedRecord,
    RebaseRecord,
    RefusalRecord,
    SuiteRecord,
    SymbolRecord,
    TeamRecord,
    changes_from_json,
)

ModelT = TypeVar("ModelT", bound=BaseModel)

SIGNAL = "signal"
CHANGES = "changes"
REFUSALS = "refusals"
TO_MEND = "to_mend"
COMMANDS = "commands"
FINDINGS_DROPPED = "review_findings_dropped"
QUESTIONS = "questions"
TOUCHED = "touched"


@dataclass(frozen=True, slots=True)
class Story:
    """The typed results of the tasks; what did not happen yet is None."""

    base: BaseRecord | None = None
    baseline: SuiteRecord | None = None
    code: CodeRecord | None = None
    route: Route | None = None
    plan: Plan | None = None
    change: Change | None = None
    review: Review | None = None
    tests: Tests | None = None
    docs: Docs | None = None
    feedback: Feedback | None = None
    suite: SuiteRecord | None = None
    proof: ProofRecord | None = None
    assessment: AssessmentRecord | None = None
    graph: GraphRecord | None = None
    answer: AnswerRecord | None = None
    examined: ExaminedRecord | None = None
    rebase: RebaseRecord | None = None
    published: PublishedRecord | None = None
    to_mend: str = ""
    """The findings of the check whose button was pressed."""
    partial: PartialRecord | None = None
    """The newest draft of an unfinished change."""
    nothing: str = ""
    """Why there was nothing to do."""
    changes: tuple[FileChange, ...] = ()
    refusals: tuple[RefusalRecord, ...] = ()
    findings_dropped: tuple[DroppedFindingRecord, ...] = ()
    """Of the newest review."""
    commands: tuple[CommandRecord, ...] = ()
    """What the developer ran, in all its rounds."""
    notes: tuple[str, ...] = ()
    """Facts that a reader must know, such as a part that could not be done."""
    team: TeamRecord = field(default_factory=TeamRecord)
    """Who takes part; nobody is named in workflows of before that was recorded."""
    asked: tuple[AskedRecord, ...] = ()
    """What people were asked, in order, with their replies."""
    touched: tuple[SymbolRecord, ...] = ()
    """What of the base's graph the plan touches."""
    tasks: tuple[Task, ...] = field(default=())


def story_of(tasks: Sequence[Task]) -> Story:
    """Read the finished tasks in their order; a later result replaces an earlier one."""
    facts: dict[str, Any] = {}
    refusals: list[RefusalRecord] = []
    notes: list[str] = []
    asked: list[AskedRecord] = []
    commands: list[CommandRecord] = []
    for task in finished(tasks):
        facts.update(task.result)
        refusals += [_read(RefusalRecord, item) for item in task.result.get(REFUSALS, ())]
        commands += [_read(CommandRecord, item) for item in task.result.get(COMMANDS, ())]
        notes += [str(note) for note in task.result.get("notes", ())]
        if QUESTIONS in task.result:
            asked.append(_read(AskedRecord, task.result))
    return Story(
        base=_optional(BaseRecord, facts, "base"),
        baseline=_optional(SuiteRecord, facts, "baseline"),
        code=_optional(CodeRecord, facts, "code"),
        route=_optional(Route, facts, "route"),
        plan=_optional(Plan, facts, "plan"),
        change=_optional(Change, facts, "change"),
        review=_optional(Review, facts, "review"),
        tests=_optional(Tests, facts, "tests"),
        docs=_optional(Docs, facts, "docs"),
        feedback=_optional(Feedback, facts, "feedback"),
        suite=_optional(SuiteRecord, facts, "suite"),
        proof=_optional(ProofRecord, facts, "proof"),
        assessment=_optional(AssessmentRecord, facts, "assessment"),
        graph=_optional(GraphRecord, facts, "graph"),
        answer=_optional(AnswerRecord, facts, "answer"),
        examined=_optional(ExaminedRecord, facts, "examined"),
        rebase=_optional(RebaseRecord, facts, "rebase"),
        published=_optional(PublishedRecord, facts, "published"),
        to_mend=str(facts.get(TO_MEND, "")),
        partial=_optional(PartialRecord, facts, "partial"),
        nothing=str(facts.get("nothing", "")),
        changes=changes_from_json(facts.get(CHANGES, ())),
        refusals=tuple(dict.fromkeys(refusals)),
        findings_dropped=tuple(
            _read(DroppedFindingRecord, item) for item in facts.get(FINDINGS_DROPPED, ())
        ),
        commands=tuple(commands),
        notes=tuple(dict.fromkeys(notes)),
        asked=tuple(asked),
        team=_optional(TeamRecord, facts, "team") or TeamRecord(),
        touched=tuple(_read(SymbolRecord, item) for item in facts.get(TOUCHED, ())),
        tasks=tuple(tasks),
    )


def history_of(tasks: Sequence[Task]) -> list[Taken]:
    """Return the steps that were completed, for the coordinator."""
    return [
        Taken(stage_of(task.name), Signal(task.result.get(SIGNAL, Signal.DONE)))
        for task in finished(tasks)
        if stage_of(task.name) is not Stage.LANDING
    ]


def is_proposed(tasks: Sequence[Task]) -> bool:
    """Whether the tasks end in a wait for an approval, and not for an answer."""
    return any(taken.signal is Signal.PROPOSED for taken in history_of(tasks))


def open_questions(story: Story) -> tuple[str, ...]:
    """Return what a person was asked and nobody answered yet."""
    newest = story.asked[-1:]
    return tuple(text for one in newest if not one.replies for text in one.questions)


def answers_text(story: Story) -> str:
    """Return the questions with their answers as text for the agents, empty where there are none."""
    parts = [
        "\n".join(
            [*(f"We asked: {text}" for text in one.questions)]
            + [f"{reply.by} answered: {reply.text}" for reply in one.replies]
        )
        for one in story.asked
        if one.replies
    ]
    return "\n\n".join(parts)


def stage_of(name: str) -> Stage:
    """Return the stage of a task by its name: `developer-2` is a developer's."""
    return Stage(name.partition("-")[0])


def finished(tasks: Sequence[Task]) -> list[Task]:
    """Return the completed tasks in their order."""
    done = [task for task in tasks if task.status is TaskStatus.COMPLETED]
    return sorted(done, key=lambda task: task.order)


def _optional(kind: type[ModelT], facts: Mapping[str, Any], name: str) -> ModelT | None:
    return _read(kind, facts[name]) if facts.get(name) is not None else None


def _read(kind: type[ModelT], value: Any) -> ModelT:
    # By way of JSON, because strict models take an enum's value from JSON only.
    return kind.model_validate_json(json.dumps(value))
