"""Sentences as models write them: which claim a run or a measurement, and which do not."""

import pytest

from worker.claims import PATTERNS, ClaimKind, ClaimPattern, claims_in, plain, transcript_in

NO_CLAIMS = (
    "Adds tests for the parser.",
    "This should pass once the fixture is updated.",
    "All tests should pass.",
    "The tests must pass before this is merged.",
    "Run `pytest` to verify.",
    "Run the tests with `make test`.",
    "Please run the full suite before merging.",
    "I did not run the tests.",
    "The tests were not run, because there is no sandbox.",
    "No tests were run.",
    "Not verified locally.",
    "The change has not been tested.",
    "I could not verify this on Windows.",
    "CI fails unless all tests pass.",
    "Merge it when all tests pass.",
    "Make sure that all tests pass.",
    "The new test passes `None` to the parser.",
    "The test passes a broken header and expects an error.",
    "The fixture passes the list of tests to pytest.",
    "The value is passed to the test runner.",
    "Adds coverage for the retry path.",
    "Improves the test coverage of the uploader.",
    "Fails when coverage is below 80 %.",
    "The coverage threshold is 80 %.",
    "Raises the required coverage to 80 %.",
    "Raises the timeout from 100 ms to 500 ms.",
    "The first retry waits 3 seconds.",
    "It retries three times.",
    "Adds a benchmark for the parser.",
    "Benchmarks are in `benchmarks/`.",
    "Lookups should be faster now.",
    "The cache makes repeated lookups cheaper.",
    "Uses a set, so membership tests are O(1).",
    "Verified users can upload larger files.",
    "The signature is verified before the body is read.",
    "The signature was verified twice before.",
    "The test verifies that the header is kept.",
    "The behaviour is verified by the new tests.",
    "It is tested by `test_upload`.",
    "The new tests check that a value passes through the parser.",
    "The script prints `All tests passed` at the end.",
    'The command logs "42 passed" when it is done.',
    "Do all tests pass on Windows?",
    "The check passes the header on to the next handler.",
    "The build script now copies the templates.",
    "Checks that the file exists before it is opened.",
    "Confirms the upload with a dialog.",
    "I checked the documentation for other uses of this name.",
    "We run into an error when the list is empty.",
    "The error was reproduced by the reporter.",
    "The linter ignores generated files.",
    "Adds mypy to the pre-commit hooks.",
    "The type checker needs the annotation.",
    "The function returns no errors for an empty list.",
    "Returns 100 when the score is missing.",
    "The score is computed from five dimensions.",
    "Handles 3 failed attempts before it gives up.",
    "The tests for the parser are in `tests/test_parser.py`.",
    "The tests now cover empty input.",
    "Test data is read from a file.",
    "So that all tests pass on slow machines, the timeout is longer.",
    "To make the tests pass on Windows, paths are normalised.",
    "If the tests fail, the command exits with 1.",
    "The suite runs in a sandbox without a network.",
    "Tests run in parallel now.",
    "The retry is covered by two tests.",
    "The pipeline passes the artifact to the next stage.",
    "The request succeeds after the second try.",
    "The upload completes successfully even if the first piece is lost.",
    "I will run the tests once there is a sandbox.",
    "The tests that failed before the change are listed in the issue.",
    "This might be 2 times slower for empty lists.",
)
CLAIMS = (
    "All 42 tests pass.",
    "All tests pass.",
    "All tests pass now",
    "All existing tests still pass.",
    "The full test suite passes.",
    "The suite is green.",
    "Every test is green.",
    "Tests pass locally.",
    "The new tests pass.",
    "Both tests pass with this change.",
    "I ran pytest and everything works.",
    "I ran the full test suite.",
    "I've run `pytest -q` twice.",
    "We have also run the linters.",
    "Ran `pytest -q`: 42 passed.",
    "42 passed in 0.31 s.",
    "42/42 tests passing.",
    "All of the 13 unit tests passed.",
    "Verified locally.",
    "Verified that the upload is retried.",
    "Tested manually with a 2 GB file.",
    "I verified that the fix works.",
    "I have tested this on Python 3.12.",
    "This was tested on my machine.",
    "The fix has been verified.",
    "Everything was thoroughly tested.",
    "It works locally.",
    "I manually checked the result in a browser.",
    "Coverage is 95 %.",
    "Test coverage is now at 95%.",
    "Coverage increased from 80 % to 95 %.",
    "The module has 100% coverage.",
    "Every new line is covered.",
    "Benchmarks show a 20 % gain.",
    "The benchmark shows that lookups are faster.",
    "Lookups are 3x faster.",
    "This is twice as fast.",
    "A speedup of 2.5x.",
    "The runtime drops from 120 ms to 8 ms.",
    "Reduces the memory usage by 30 %.",
    "Ruff and mypy pass.",
    "mypy --strict is clean.",
    "CI is green.",
    "The build succeeds.",
    "All checks pass.",
    "Bandit reports no issues.",
    "There are no lint errors.",
    "Ruff, mypy and pytest all pass.",
    "No regressions were found.",
    "There were no failures.",
    "Running the suite shows no failures.",
    "After running pytest, all tests succeed.",
    "The tests have been executed.",
    "Test results: 42 passed, 0 failed.",
    "Tests: \u2705",
    "\u2705 All tests",
    "Tests \u2014 passing",
    "**All tests pass.**",
    "_All_ `tests` **pass**.",
    "All te\u200bsts pass.",
    "[All tests](https://example.org) pass.",
    "All <b>tests</b> pass.",
    "The test suite completes without errors.",
    "The tests for the parser pass.",
    "Tests in tests/test_parser.py pass.",
    "The tests I added pass.",
    "I added a retry and all tests pass.",
    "No doubt all tests pass.",
    "When I run the suite, all tests pass.",
    "This makes the tests pass.",
    "The tests confirm that the fix works.",
    "I confirmed that it works.",
    "The overall score is 100.",
    "Security: 100/100.",
    "The quality score is 98.5.",
    "2 tests failed before the change.",
    "Overall: 100 of 100",
    "pytest exits with status 0.",
)


@pytest.mark.parametrize("sentence", NO_CLAIMS)
def test_claims__are_not_found_in_plans_wishes_and_descriptions(sentence: str) -> None:
    assert claims_in(sentence) == ()


@pytest.mark.parametrize("sentence", CLAIMS)
def test_claims__are_found_in_statements_of_fact(sentence: str) -> None:
    assert claims_in(sentence) != ()


@pytest.mark.parametrize("row", PATTERNS, ids=lambda row: row.example)
def test_patterns__each_finds_its_example(row: ClaimPattern) -> None:
    assert row.pattern.search(plain(row.example))
    assert row.kind in {claim.kind for claim in claims_in(row.example)}


@pytest.mark.parametrize("kind", ClaimKind)
def test_patterns__there_is_one_of_each_kind(kind: ClaimKind) -> None:
    assert kind in {row.kind for row in PATTERNS}


def test_claims__hold_their_numbers() -> None:
    (claim,) = claims_in("All 1,042 tests pass.")
    assert (claim.kind, claim.numbers) == (ClaimKind.TESTS, (1042.0,))


def test_claims__are_found_beyond_the_first_part_of_a_huge_sentence() -> None:
    assert claims_in("word " * 1_000 + "and all tests pass") != ()


@pytest.mark.parametrize(
    "code",
    [
        "$ pytest\n===== 42 passed in 0.31s =====",
        "1 failed, 41 passed in 0.31s",
        "tests/test_a.py::test_b PASSED [ 50%]",
        "Ran 12 tests in 0.003s\n\nOK",
        "TOTAL      120     6    95%",
        "Success: no issues found in 12 source files",
        "All checks passed!",
    ],
)
def test_transcript__of_a_run_is_known(code: str) -> None:
    assert transcript_in(code)


@pytest.mark.parametrize(
    "code", ["pytest -q", "def test_b():\n    assert passed == 42", "total = 95"]
)
def test_transcript__is_not_any_code(code: str) -> None:
    assert not transcript_in(code)
