"""A review as it is sent: what stands on lines of the diff, what in its own text; no I/O."""

import re
from collections.abc import Mapping
from typing import Any

from p2a.domain import Workflow
from p2a.effects import PutReview, ReviewComment
from worker.pages import Pages
from worker.patch import FilePatch
from worker.records import CitationRecord, RemarkRecord
from worker.remarks import FINGERPRINT
from worker.story import Story

REVIEW_MARKER = "<!-- p2a:review:"
REVIEW_TEMPLATE = "review.md.j2"
REMARK_TEMPLATE = "remark.md.j2"
MAX_COMMENTS = 30
"""Comments on lines of one review; further ones stand in its text."""
_REVIEWED = re.compile(r"<!-- p2a:reviewed:([0-9a-f]{40,64}) -->")


def reviewed_in(body: str) -> str:
    """Return the commit that a review of ours is about, empty where it does not say one."""
    found = _REVIEWED.search(body)
    return found[1] if found else ""


def plan_review(
    workflow: Workflow, story: Story, patches: Mapping[str, FilePatch], pages: Pages
) -> PutReview:
    """Return the review of what was examined.

    Raises:
        ValueError: nothing was examined.
    """
    examined = story.examined
    if examined is None:
        raise ValueError("the workflow examined nothing")
    on_lines = [one for one in examined.remarks if _is_in(one, patches)][:MAX_COMMENTS]
    beside = [one for one in examined.remarks if one not in on_lines]
    return PutReview(
        number=workflow.origin.number,
        marker=f"{REVIEW_MARKER}{workflow.id} -->",
        commit_id=examined.sha,
        body=_text(workflow, story, beside, pages),
        comments=tuple(
            ReviewComment(
                one.path, one.first_line, one.last_line, _comment(one, pages, is_on_lines=True)
            )
            for one in on_lines
        ),
        body_alone=_text(workflow, story, examined.remarks, pages),
    )


def _is_in(remark: RemarkRecord, patches: Mapping[str, FilePatch]) -> bool:
    patch = patches.get(remark.path)
    return patch is not None and patch.shows(remark.first_line, remark.last_line)


def _text(workflow: Workflow, story: Story, beside: list[RemarkRecord], pages: Pages) -> str:
    values: dict[str, Any] = {
        "workflow": workflow,
        "story": story,
        "examined": story.examined,
        "beside": [(_cited(one), _comment(one, pages, is_on_lines=False)) for one in beside],
    }
    return pages.render(REVIEW_TEMPLATE, values)


def _cited(remark: RemarkRecord) -> CitationRecord:
    return CitationRecord(
        path=remark.path, first_line=remark.first_line, last_line=remark.last_line
    )


def _comment(remark: RemarkRecord, pages: Pages, *, is_on_lines: bool) -> str:
    values = {"remark": remark, "is_on_lines": is_on_lines}
    text = pages.render(REMARK_TEMPLATE, values).strip()
    return f"{text}\n\n{FINGERPRINT.format(value=remark.fingerprint)}"
