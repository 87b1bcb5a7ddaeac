"""Puts the change on its base as it is now; the scores and the tests of the next step are of that."""

from p2a.domain import LogLevel, Task
from worker.coordinator import Signal, Step
from worker.records import RebaseRecord, changes_to_json
from worker.run import Run, StepResult
from worker.story import CHANGES, Story

MOVED = (
    "`{ref}` moved from {old} to {new} meanwhile: the change was put on {new}, and what follows was "
    "measured there."
)
CONFLICT = (
    "`{ref}` moved from {old} to {new} meanwhile, and the change does not fit there: {paths}. It stands on "
    "{old}: merge `{ref}` into it and solve the conflict there."
)
HELD_ALREADY = "{ref} holds the same change already, since {new}."
NOTHING_WRITTEN = "Nothing was found to write: {why}"
MAX_SHOWN = 10


def rebase(run: Run, step: Step, task: Task) -> StepResult:
    """Move the change where its branch moved; one that does not fit stays where it was made.

    Tests ran on the old base, so both records of them are dropped: the next step makes them anew.
    """
    story = run.story()
    base = story.base or run.trees.resolve()
    if not story.changes:
        return StepResult({"nothing": _nothing(story)}, Signal.NOTHING)
    newest = run.trees.newest(base)
    if newest == base.sha:
        return StepResult()
    moved = run.trees.move(base, story.changes, newest)
    names = {"ref": base.ref, "old": base.sha[:12], "new": newest[:12]}
    record = RebaseRecord(
        old_sha=base.sha, new_sha=newest, conflicts=list(moved.conflicts[:MAX_SHOWN])
    )
    facts = {"rebase": record.model_dump()}
    if moved.conflicts:
        note = CONFLICT.format(paths=", ".join(record.conflicts), **names)
        run.log(note, level=LogLevel.WARNING, task=step.name)
        return StepResult({**facts, "notes": [note]})
    if not moved.changes:
        return StepResult({**facts, "nothing": HELD_ALREADY.format(**names)}, Signal.NOTHING)
    onto = base.model_copy(update={"sha": newest})
    run.reopen(onto, moved.changes)
    note = MOVED.format(**names)
    run.log(note, task=step.name)
    return StepResult(
        {
            **facts,
            "base": onto.model_dump(),
            CHANGES: changes_to_json(moved.changes),
            "baseline": None,
            "suite": None,
            "notes": [note],
        }
    )


def _nothing(story: Story) -> str:
    said = story.tests or story.docs
    return NOTHING_WRITTEN.format(why=said.summary if said else "no file was changed")
