"""A claim may stand in two pieces: a question with its answer, a name with its result in a table."""

from dataclasses import replace

import pytest

from p2a.effects import OpenPull
from tests.worker.test_pull_text import publication, story
from worker.evidence import CUT_CLAIM, Evidence, backed, wished
from worker.outcomes import ChangeKind, Route
from worker.pages import Pages
from worker.publish import NO_TITLE, plan_change
from worker.records import SuiteRecord

GREEN = Evidence(SuiteRecord(ran=True, exit_code=0, passed=13, failed=0, errors=0, skipped=0))


@pytest.mark.parametrize(
    "text",
    [
        "Do all tests pass? {}",
        "Tests? {}",
        "Are the tests green? {}",
        "Did the suite run? {}",
        "Does CI pass? {}",
        "Is it tested? {}",
    ],
)
@pytest.mark.parametrize("answer", ["Yes.", "Passing!", "Yes, all of them.", "\u2705"])
def test_backed__a_yes_to_a_question_about_tests_is_a_claim(text: str, answer: str) -> None:
    assert CUT_CLAIM in backed(text.format(answer), Evidence())


@pytest.mark.parametrize(
    "row",
    [
        "| tests | passed |",
        "| mypy --strict | 0 errors |",
        "| 1 | `pytest -q` | \u2705 |",
        "| Unit tests | src | OK |",
    ],
)
def test_backed__a_row_of_a_name_and_a_result_is_a_claim(row: str) -> None:
    table = f"| What | Result |\n|:--|:--|\n{row}\n"
    kept = backed(table, Evidence())
    assert CUT_CLAIM in kept
    assert kept.count("|") == table.count("|")


@pytest.mark.parametrize(
    "text",
    [
        "Does this need tests? Yes.",
        "Did you add tests? Yes.",
        "Should the tests pass without a network? Yes.",
        "Is an empty list allowed? Yes.",
        "| Input | Result |\n|--|--|\n| an empty list | passed on |\n",
        "| Tests | 2 added |\n|--|--|\n| exit code | 0 |\n",
        "| Signal | OK |\n",
    ],
)
def test_backed__other_answers_and_rows_stay(text: str) -> None:
    assert backed(text, Evidence()) == text


def test_wished__a_table_of_what_must_hold_stays() -> None:
    assert wished("| tests | passed |") == "| tests | passed |"


def test_backed__a_yes_to_a_question_about_elsewhere_is_cut() -> None:
    assert CUT_CLAIM in backed("Do all tests pass on Windows? Yes.", GREEN)


def test_backed__keeps_what_a_record_says() -> None:
    text = "Do all tests pass? Yes.\n\n| tests | passed |\n\npytest exits 0. 13 tests OK."
    assert backed(text, GREEN) == text


@pytest.mark.parametrize(
    "title", ["Add a retry, 13 tests OK", "Retry uploads (confirmed working)", "Tests? Passing!"]
)
def test_plan_change__a_title_that_claims_a_run_is_none(title: str) -> None:
    route = Route(kind=ChangeKind.FEATURE, title=title, summary="A retry.")
    _, pull = plan_change(publication(replace(story(), route=route)), Pages())
    assert isinstance(pull, OpenPull)
    assert pull.title == NO_TITLE
