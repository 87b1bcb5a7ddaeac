"""What a check found, as the task of the workflow that its button "Fix this" starts."""

from p2a.store.errors import WorkflowUnknown
from p2a.store.store import Store
from worker.errors import FindingsUnknown
from worker.records import AnnotationRecord
from worker.run import Run
from worker.story import story_of

MAX_FINDINGS = 40
MAX_CHARACTERS = 12_000
MORE = "[... {count} more findings of less weight]"
NOTHING_FOUND = "That check found nothing to fix."


def findings_to_mend(run: Run) -> str | None:
    """Return the findings as text, the worst first; None for a workflow that no check started.

    Raises:
        FindingsUnknown: the check is not of this repository, or was not measured.
    """
    source = run.workflow.origin.mended_check
    if source is None:
        return None
    repository_id = run.workflow.origin.repository.id
    return run.tape.exchange(
        "value",
        {"name": "findings"},
        lambda: text_of(_annotations(run.store, source, repository_id=repository_id)),
    )


def text_of(found: list[AnnotationRecord]) -> str:
    """Return one line or more for each finding, within the room of a prompt."""
    lines: list[str] = []
    room = MAX_CHARACTERS
    for item in found[:MAX_FINDINGS]:
        line = f"- {item.path}:{item.start_line}-{item.end_line}: {item.title}: {item.message}"
        room -= len(line)
        if room < 0:
            break
        lines.append(line)
    rest = len(found) - len(lines)
    return "\n".join([*lines, MORE.format(count=rest)] if rest else lines)


def _annotations(store: Store, source: str, *, repository_id: int) -> list[AnnotationRecord]:
    try:
        checked = store.workflow(source)
    except WorkflowUnknown as error:
        raise _unknown("its workflow is not in this database") from error
    if checked.origin.repository.id != repository_id:
        raise _unknown("its workflow is another repository's")
    assessment = story_of(store.tasks(source)).assessment
    if assessment is None:
        raise _unknown("it did not come to an end")
    return assessment.annotations


def _unknown(why: str) -> FindingsUnknown:
    return FindingsUnknown(
        "the findings of that check are not known",
        why=why,
        next_step="re-run the check, then press its button",
    )
