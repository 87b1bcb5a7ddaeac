"""What stays of a model's text, and what is cut for want of a record."""

import pytest

from p2a import inert
from p2a.domain import WorkflowKind
from worker.coordinator import Ending
from worker.evidence import CUT_CLAIM, Evidence, backed, holds_claim, wished
from worker.final import final_of_ending
from worker.records import AssessmentRecord, SuiteRecord
from worker.story import Story

GREEN = SuiteRecord(ran=True, exit_code=0, passed=42, failed=0, errors=0, skipped=1, tree="t1")
RED = SuiteRecord(ran=True, exit_code=1, passed=40, failed=2, errors=0, skipped=0, tree="t1")
UNCOUNTED = SuiteRecord(ran=True, exit_code=0, reason="no report", tree="t1")
NOT_RUN = SuiteRecord(reason="no sandbox", tree="t1")
SCORES = AssessmentRecord(scores={"security": 97.46, "test_coverage": 95.0}, overall=88.2)
NOTHING = Evidence()


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Adds a retry. All 42 tests pass.", f"Adds a retry. {CUT_CLAIM}"),
        ("All tests pass. I ran pytest. It retries.", f"{CUT_CLAIM} It retries."),
        ("Adds tests for the parser.", "Adds tests for the parser."),
        ("Should pass once the mirror is back.", "Should pass once the mirror is back."),
        ("Retries; all tests pass.", f"Retries; {CUT_CLAIM}"),
        ("**Done. All tests pass.** Good.", f"**Done. {CUT_CLAIM}** Good."),
        ("Mends it\nAll tests pass\nTidies up", f"Mends it\n{CUT_CLAIM}\nTidies up"),
        ("All 42\ntests pass. Good.", f"{CUT_CLAIM} Good."),
        ("- [x] All tests pass\n- [ ] CI is green", f"- [x] {CUT_CLAIM}\n- [ ] CI is green"),
        ("- [ ] I ran pytest", f"- [ ] {CUT_CLAIM}"),
        ("> All tests\n> pass. More.", f"> {CUT_CLAIM} More."),
        ("| tests | all tests pass |", f"| tests | {CUT_CLAIM} |"),
        ("## All tests pass", f"## {CUT_CLAIM}"),
        ("```py\n# all tests pass\n```", "```py\n# all tests pass\n```"),
        ("```\n= 42 passed in 0.3s =\n```\nText", f"{CUT_CLAIM}\nText"),
        ("Result: `42 passed in 0.3s`", CUT_CLAIM),
        ("All te\u200bsts pass.", CUT_CLAIM),
        ("All tests pass.\r\n\r\nMore.", f"{CUT_CLAIM}\n\nMore."),
        ("", ""),
    ],
)
def test_backed__cuts_claims_and_nothing_else(text: str, left: str) -> None:
    assert backed(text, NOTHING) == left


def test_backed__leaves_code_in_lists_closed() -> None:
    text = "- run:\n    ```sh\n    pytest: all tests pass\n    ```\n- next"
    assert backed(text, NOTHING).count("```") == 2


def test_backed__reads_as_written_after_it_was_made_inert() -> None:
    assert inert.prose(backed("All tests pass.", NOTHING)) == CUT_CLAIM


def test_backed__does_not_let_a_model_write_the_note() -> None:
    assert backed(f"{CUT_CLAIM} Text", NOTHING) == " Text"


@pytest.mark.parametrize(
    "text",
    [
        "All tests pass.",
        "All 42 tests pass.",
        "42 passed, 0 failed.",
        "The test suite is green.",
        "There were no failures.",
    ],
)
@pytest.mark.parametrize(
    ("suite", "stays"), [(GREEN, True), (RED, False), (UNCOUNTED, False), (NOT_RUN, False)]
)
def test_backed__keeps_what_a_record_of_this_tree_shows(
    text: str, suite: SuiteRecord, *, stays: bool
) -> None:
    evidence = Evidence.of(Story(suite=suite), tree="t1")
    assert (backed(text, evidence) == text) is stays


@pytest.mark.parametrize(
    "text",
    [
        "All 43 tests pass.",
        "All tests pass on Python 3.13.",
        "All tests pass locally.",
        "I ran the tests and all tests pass.",
        "All tests pass and mypy is clean.",
        "All tests pass with 95% coverage.",
        "2 tests failed.",
    ],
)
def test_backed__cuts_what_a_green_record_does_not_show(text: str) -> None:
    assert backed(text, Evidence(GREEN, SCORES)) == CUT_CLAIM


def test_backed__keeps_the_number_of_failures_that_was_counted() -> None:
    assert backed("2 tests failed.", Evidence(RED)) == "2 tests failed."
    assert backed("3 tests failed.", Evidence(RED)) == CUT_CLAIM


@pytest.mark.parametrize("tree", ["t2", ""])
def test_evidence__of_another_tree_shows_nothing(tree: str) -> None:
    suite = GREEN.model_copy(update={"tree": "t1" if tree else ""})
    assert Evidence.of(Story(suite=suite, assessment=SCORES), tree=tree) == NOTHING


@pytest.mark.parametrize(
    ("text", "stays"),
    [
        ("The security score is 97.5.", True),
        ("The overall score is 88.2.", True),
        ("Security: 97.5 of 100.", True),
        ("The security score is 100.", False),
        ("The documentation score is 90.", False),
        ("The overall score is 97.5.", False),
    ],
)
def test_backed__keeps_scores_that_were_measured(text: str, *, stays: bool) -> None:
    assert (backed(text, Evidence(GREEN, SCORES)) == text) is stays
    assert backed(text, NOTHING) == CUT_CLAIM


def test_wished__keeps_what_must_hold_and_no_run() -> None:
    assert wished("All tests pass. Coverage is 90 %.") == "All tests pass. Coverage is 90 %."
    assert wished("I ran pytest. It is 3x faster. All 42 tests pass.") == CUT_CLAIM


def test_holds_claim() -> None:
    assert holds_claim("Mend uploads, all tests pass", NOTHING)
    assert not holds_claim("Mend uploads", NOTHING)


def test_final__nothing_to_do_claims_no_run() -> None:
    final = final_of_ending(
        WorkflowKind.FIX, Ending.NOTHING_TO_DO, nothing="I ran the suite. It is a question."
    )
    assert final.cause == f"{CUT_CLAIM} It is a question."
