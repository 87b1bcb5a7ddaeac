"""The reviewer of a pull request by somebody: asks for findings and reads the answer; no I/O."""

from collections.abc import Sequence

from worker.brief import Brief
from worker.outcomes import PullReview
from worker.prompt import Prompts, Request
from worker.reply import read_outcome

TEMPLATE = "pull_reviewer.j2"


def ask(
    brief: Brief, prompts: Prompts, *, is_whole: bool, left_out: Sequence[str], said: Sequence[str]
) -> Request:
    """Return the question.

    Args:
        brief: what is known; its diff has the line numbers of the head.
        prompts: the templates.
        is_whole: whether the diff is all of the pull request, and not what is new since a review.
        left_out: files that the diff leaves out.
        said: what earlier reviews of ours said.
    """
    values = {**brief.values(), "is_whole": is_whole, "left_out": left_out, "said": said}
    return prompts.request(TEMPLATE, values)


def read(text: str) -> PullReview:
    """Read the answer.

    Raises:
        ModelOutputInvalid: it is not of the asked form.
    """
    return read_outcome(PullReview, text)
