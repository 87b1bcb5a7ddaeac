"""Lets the workflow go on whose plan waits for an approval, and says what changed since it was made."""

from typing import Any

from p2a.domain import Awaited
from p2a.errors import GitFailed
from p2a.scratch import scratch
from p2a.tape import Codec
from worker.github_site import Questions
from worker.graphing import CACHE, graph_of
from worker.reach import check_reach_of
from worker.records import BaseRecord, ReplyRecord, SymbolRecord
from worker.run import Run
from worker.story import Story, story_of
from worker.touched import changed_among

MAX_NAMED = 10
UNREACHABLE = (
    "Nothing goes on: {what}, and {why}. The plan of workflow `{id}` still waits; {next_step}."
)
NO_PLAN = "No plan waits for an approval here. `/p2a plan TEXT` makes one."
APPROVED = "Workflow `{id}` goes on with its plan. Its comment tells how it fares."
MOVED = "The plan was made on {old}. By its approval `{ref}` had moved to {new} and changed what the plan touches: {names}."
"""Stays with the workflow, so it is true whenever it is read; where the change stands is said by the step `rebase`."""
PLAN_ANEW = (
    "The change is written on {old} and put on the newest commit of `{ref}` where it fits. "
    "`/p2a cancel` and `/p2a plan TEXT` plan it anew."
)


def approve(questions: Questions, run: Run) -> str:
    """Approve the newest plan that waits on this issue and return what is to be said.

    A plan whose change would reach nobody goes on waiting.

    Raises:
        GitFailed: the base, as it is now, cannot be compared with the plan's.
        GitHubError: GitHub did not tell how the base is now.
    """
    origin = run.workflow.origin
    waiting, story = run.tape.exchange(
        "value", {"name": "waiting plan"}, lambda: _waiting(run), WAITING
    )
    if waiting is None:
        return NO_PLAN
    try:
        check_reach_of(questions, origin)
    except GitFailed as error:
        return UNREACHABLE.format(
            what=error.what, why=error.why, id=waiting, next_step=error.next_step
        )
    notes, advice = _notes(run, story)
    reply = ReplyRecord(by=origin.user, comment=origin.comment_id)
    is_taken = run.tape.exchange(
        "value",
        {"name": "approved", "notes": list(notes)},
        lambda: run.store.reply(waiting, Awaited.APPROVAL, reply.model_dump(), notes=notes),
    )
    if not is_taken:
        return NO_PLAN
    return "\n\n".join([APPROVED.format(id=waiting), *notes, *advice])


def _waiting(run: Run) -> tuple[str | None, Story]:
    """Return the workflow that waits, and what it knows."""
    origin = run.workflow.origin
    waiting = run.store.waiting_for(origin.repository.id, origin.number, Awaited.APPROVAL)
    return waiting, Story() if waiting is None else story_of(run.store.tasks(waiting))


def _dump(found: tuple[str | None, Story]) -> dict[str, Any]:
    waiting, story = found
    base = story.base.model_dump() if story.base else None
    return {
        "workflow": waiting,
        "base": base,
        "touched": [one.model_dump() for one in story.touched],
    }


def _load(value: Any) -> tuple[str | None, Story]:
    base = BaseRecord.model_validate(value["base"]) if value["base"] else None
    touched = tuple(SymbolRecord.model_validate(one) for one in value["touched"])
    return value["workflow"], Story(base=base, touched=touched)


WAITING: Codec[tuple[str | None, Story]] = Codec(_dump, _load)


def _notes(run: Run, story: Story) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what people must know of a base that moved so that what the plan touches is another, and what to do."""
    if story.base is None or not story.touched:
        return (), ()
    now = run.trees.resolve()
    if now.sha == story.base.sha:
        return (), ()
    names = _changed(run, story, now)
    if not names:
        return (), ()
    shown = ", ".join(names[:MAX_NAMED])
    more = f" and {len(names) - MAX_NAMED} more" if len(names) > MAX_NAMED else ""
    facts = {"ref": now.ref, "old": story.base.sha[:12], "new": now.sha[:12]}
    note = MOVED.format(names=f"{shown}{more}", **facts)
    return (note,), (PLAN_ANEW.format(**facts),)


def _changed(run: Run, story: Story, now: BaseRecord) -> tuple[str, ...]:
    old = story.base.sha if story.base else now.sha
    tree = run.open_tree(now.model_copy(update={"against": old}))
    cache = run.settings.data_dir / CACHE
    with scratch("approve") as folder:
        before = tree.other_tree(old, folder / "base")
        change = graph_of(tree.root, base=before.root, cache=cache).change
    return changed_among(story.touched, change) if change else ()
