"""What a review may offer to commit with a click, and what of a model's words it repeats."""

import pytest

from worker.answer_text import answered
from worker.outcomes import PullFinding, Severity
from worker.pages import Pages
from worker.records import AnswerRecord, BaseRecord, RemarkRecord
from worker.remarks import hold
from worker.submission import REMARK_TEMPLATE

TOKEN = "ghp_" + "Zk3vQ9XbT7mRwL2nHsD8" + "yJfCgA4eUoPiKx0V"


def held(replacement: str, *, may_change: bool = True, text: str = "x = 1") -> RemarkRecord:
    finding = PullFinding(
        path="a.py", line=1, severity=Severity.ERROR, message="Mend it.", replacement=replacement
    )
    ((remark,), dropped) = hold([finding], lambda path: [text], lambda path: may_change)
    assert dropped == []
    return remark


def shown(remark: RemarkRecord) -> str:
    return Pages().render(REMARK_TEMPLATE, {"remark": remark, "is_on_lines": True})


def test_hold__m04_what_no_change_may_touch_is_shown_and_not_offered() -> None:
    assert "```suggestion\nx = 2\n```" in shown(held("x = 2"))
    guarded = shown(held("x = 2", may_change=False))
    assert "suggestion" not in guarded
    assert "Suggested instead:\n\n```\nx = 2\n```" in guarded


def test_hold__p04_a_replacement_with_signs_that_nobody_sees_is_not_offered() -> None:
    told = shown(held("x = 2  # ad\u202emin"))
    assert "suggestion" not in told
    assert "u{202e}" in told


@pytest.mark.parametrize(("text", "expected"), [("x = 1", None), (f"y = '{TOKEN}'", TOKEN)])
def test_hold__m11_a_replacement_brings_no_secret(text: str, expected: str | None) -> None:
    remark = held(f"x = '{TOKEN}'", text=text)
    assert remark.replacement == (expected and f"x = '{TOKEN}'")


def test_words__m11_of_a_model_are_repeated_without_secrets() -> None:
    remark = held("x = 2").model_copy(update={"message": f"The key {TOKEN} is committed."})
    assert "The key *** is committed." in shown(remark)
    answer = AnswerRecord(text=f"It is {TOKEN}.", citations=[], dropped=0, blob_url="")
    assert answered(answer) == "It is ***."


def test_base__the_settings_that_hold_are_those_of_the_pull_requests_base() -> None:
    own = BaseRecord(ref="topic", sha="h")
    assert own.settled == "h"
    assert own.model_copy(update={"pull_base": "b"}).settled == "b"
    assert own.model_copy(update={"against": "a"}).settled == "a"
