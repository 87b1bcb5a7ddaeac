"""Performs `PutCheck`: one check run, annotations in batches, completed by the last request."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from p2a import inert
from p2a.effects import (
    MAX_ANNOTATIONS,
    MAX_ANNOTATIONS_PER_REQUEST,
    MAX_CHECK_TEXT,
    Annotation,
    CheckAction,
    Performed,
    PutCheck,
)
from p2a.errors import GitHubInvalid, GitHubUnavailable
from p2a.github.check import CheckContent, CheckRun
from p2a.github.settle import Settler

MORE_ANNOTATIONS = "\n\n*{count} more annotations are left out; the report holds them all.*"
REFUSED_ANNOTATIONS = "\n\n*GitHub did not take all annotations: {why}. The report holds them.*"
MAX_ANNOTATION_MESSAGE = 8_000
"""Characters, so that four bytes for each are within GitHub's 64 KB."""
MAX_ANNOTATION_TITLE = 255
MAX_CHECK_TITLE = 255
MAX_ACTIONS = 3
MAX_ACTION_LABEL = 20
MAX_ACTION_DESCRIPTION = 40
NO_MESSAGE = "(no message)"
NO_SUMMARY = "(no summary)"


class CheckGateway(Protocol):
    """What is needed of the gateway."""

    def check(self, check_id: int) -> CheckRun | None:
        """Return a check run, None when it is gone."""

    def find_check(self, head_sha: str, *, name: str, external_id: str) -> CheckRun | None:
        """Return our check run of this name and external id on a commit."""

    def create_check(self, content: CheckContent) -> CheckRun:
        """Make a check run."""

    def update_check(self, check_id: int, content: CheckContent) -> CheckRun:
        """Change a check run; annotations are appended."""


def check_content(effect: PutCheck) -> CheckContent:
    """Return what is sent, within GitHub's limits; all annotations are still in it."""
    named = [one for one in effect.annotations if _is_path(one.path)]
    sent = tuple(_annotation(one) for one in named[:MAX_ANNOTATIONS])
    left_out = effect.annotations_left_out + len(effect.annotations) - len(sent)
    more = MORE_ANNOTATIONS.format(count=left_out) if left_out > 0 else ""
    return CheckContent(
        name=effect.name,
        head_sha=effect.head_sha,
        external_id=effect.external_id,
        title=inert.title(effect.title, limit=MAX_CHECK_TITLE),
        summary=_with_note(effect.summary, more),
        text=_fit(effect.text, MAX_CHECK_TEXT),
        details_url=effect.details_url,
        conclusion=effect.conclusion,
        annotations=sent,
        actions=tuple(_action(action) for action in effect.actions[:MAX_ACTIONS]),
        is_queued=effect.is_queued,
    )


def put_check(
    gateway: CheckGateway,
    effect: PutCheck,
    *,
    known: Performed | None,
    settler: Settler,
    is_retry: bool,
) -> Performed:
    """Bring the check run to what the effect says; what stands there already is not sent again.

    The effect holds all annotations, in the same order each time: the run's count tells which of
    them are there, so a crash between two batches leaves none out and doubles none.
    """
    content = check_content(effect)
    try:
        return _put(gateway, content, known=known, settler=settler, is_retry=is_retry)
    except GitHubInvalid as error:
        if not content.annotations or error.status != 422:
            raise
        # One bad annotation has its whole batch refused: the end of the run counts for more.
        note = REFUSED_ANNOTATIONS.format(why=inert.line(error.why, limit=300).rstrip("."))
        ended = replace(content, annotations=(), summary=_with_note(content.summary, note))
        return _put(gateway, ended, known=known, settler=settler, is_retry=True)


def _put(
    gateway: CheckGateway,
    content: CheckContent,
    *,
    known: Performed | None,
    settler: Settler,
    is_retry: bool,
) -> Performed:
    run = gateway.check(int(known.external_id)) if known is not None else None
    if known is not None and run is not None:
        run = _complete(gateway, run, content, settler=settler)
        return Performed(known.external_id, run.url, adopted=known.adopted)
    first, adopted = settler.settle(
        find=lambda: gateway.find_check(
            content.head_sha, name=content.name, external_id=content.external_id
        ),
        make=lambda: _create(gateway, content),
        look_first=is_retry or known is not None,
    )
    run = _complete(gateway, first, content, settler=settler)
    return Performed(str(run.id), run.url, adopted=adopted)


def _create(gateway: CheckGateway, content: CheckContent) -> CheckRun:
    part = _next_part(content, sent=0)
    run = gateway.create_check(part)
    return _sent(run, part, url=run.url, count=len(part.annotations))


def _complete(
    gateway: CheckGateway, run: CheckRun, content: CheckContent, *, settler: Settler
) -> CheckRun:
    lost = 0
    while not _is_done(run, content):
        part = _next_part(content, sent=run.annotations_count)
        settler.before_write()
        try:
            after = gateway.update_check(run.id, part)
            # Our own count: an answer that lags behind would double what was just appended.
            sent = run.annotations_count + len(part.annotations)
            run = _sent(run, part, url=after.url or run.url, count=sent)
            lost = 0
        except GitHubUnavailable:
            lost += 1
            if lost == settler.tries:
                raise
            settler.wait_after(lost)
            run = gateway.check(run.id) or _vanished(run)
    return run


def _sent(run: CheckRun, part: CheckContent, *, url: str, count: int) -> CheckRun:
    return replace(
        run,
        url=url,
        status=part.status,
        conclusion=part.conclusion.value if part.conclusion else None,
        annotations_count=count,
        title=part.title,
        summary=part.summary,
        text=part.text,
    )


def _is_done(run: CheckRun, content: CheckContent) -> bool:
    wanted = content.conclusion.value if content.conclusion else None
    if (run.status, run.conclusion) != (content.status, wanted):
        return False
    if run.annotations_count < len(content.annotations):
        return False
    told = (run.title, run.summary.strip(), run.text.strip())
    return told == (content.title, content.summary.strip(), content.text.strip())


def _next_part(content: CheckContent, *, sent: int) -> CheckContent:
    batch: Sequence[Annotation] = content.annotations[sent : sent + MAX_ANNOTATIONS_PER_REQUEST]
    is_last = sent + len(batch) >= len(content.annotations)
    conclusion = content.conclusion if is_last else None
    return replace(content, annotations=tuple(batch), conclusion=conclusion)


def _with_note(summary: str, note: str) -> str:
    if not summary and not note:
        return NO_SUMMARY
    return _fit(summary, MAX_CHECK_TEXT - inert.size_in_bytes(note)) + note


def _fit(text: str, limit: int) -> str:
    return inert.fit(inert.clean(text), limit, size=inert.size_in_bytes)


def _annotation(annotation: Annotation) -> Annotation:
    start = max(1, annotation.start_line)
    message = inert.clean(annotation.message).strip() or NO_MESSAGE
    return replace(
        annotation,
        start_line=start,
        end_line=max(start, annotation.end_line),
        message=inert.fit(message, MAX_ANNOTATION_MESSAGE),
        title=inert.line(annotation.title, limit=MAX_ANNOTATION_TITLE),
    )


def _action(action: CheckAction) -> CheckAction:
    return replace(
        action,
        label=inert.shorten(action.label, MAX_ACTION_LABEL),
        description=inert.shorten(action.description, MAX_ACTION_DESCRIPTION),
    )


def _is_path(path: str) -> bool:
    """Tell whether it can name a file of the repository, in a form that JSON can carry."""
    parts = path.split("/")
    return inert.clean(path) == path and "\n" not in path and not {"", ".", ".."} & {*parts}


def _vanished(run: CheckRun) -> CheckRun:
    raise GitHubInvalid(
        "our check run is gone",
        why=f"check run {run.id} was there a moment ago",
        next_step="retry to make a new one",
    )
