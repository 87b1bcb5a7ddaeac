"""An answer to a question as Markdown that is safe to publish; no I/O."""

from p2a import inert
from p2a.secret_forms import redact
from worker.citations import with_links
from worker.evidence import Evidence, backed
from worker.records import AnswerRecord

MAX_SHOWN = 40_000
"""Characters of an answer in a comment, before its links are put in."""


def answered(answer: AnswerRecord) -> str:
    """Return an answer whose links to lines are ours, without a claim of any run and without secrets."""
    told = redact(backed(answer.text, Evidence()))
    return with_links(inert.prose(told, limit=MAX_SHOWN), answer)
