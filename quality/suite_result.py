"""What came of running the repository's own tests; no I/O."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TestCounts:
    """How many test cases ended in which way."""

    passed: int = 0
    failed: int = 0
    errors: int = 0
    skipped: int = 0

    __test__ = False  # for pytest: not a class of tests

    @property
    def total(self) -> int:
        """Return how many test cases were reported."""
        return self.executed + self.skipped

    @property
    def executed(self) -> int:
        """Return how many test cases were run and not skipped."""
        return self.passed + self.failed + self.errors


@dataclass(frozen=True, slots=True)
class FailedTest:
    """A test that did not pass, or a file whose tests could not be loaded, and why."""

    test: str
    """Its id in the JUnit report, by which tests of two runs are compared."""
    node_id: str | None = None
    """What pytest takes on its command line, the path of a file that could not be loaded; None where
    it cannot be told."""
    message: str = ""
    """The first line of what went wrong, in foreign words; empty where nothing was said."""
    place: str = ""
    """The path and line in the tree where it went wrong, as `tests/test_a.py:3`; empty if unknown."""
    is_load_error: bool = False
    """Whether its tests could not even be loaded, so that none of them ran."""

    @property
    def name(self) -> str:
        """Return the id that people are shown."""
        return self.node_id or self.test


@dataclass(frozen=True, slots=True)
class FileCoverage:
    """The lines of a file's statements that ran and that did not, both sorted, and its branches."""

    executed: tuple[int, ...]
    missing: tuple[int, ...]
    branches_taken: int = 0
    """Ways from one line to another that were taken, of lines that have more than one."""
    branches_missing: int = 0

    @property
    def done(self) -> int:
        """Return the statements that ran and the branches that were taken."""
        return len(self.executed) + self.branches_taken

    @property
    def total(self) -> int:
        """Return all statements and branches."""
        return self.done + len(self.missing) + self.branches_missing


@dataclass(frozen=True, slots=True)
class SuiteResult:
    """The tests' outcome; where they were not measured, `reason_not_measured` says why."""

    command: str = ""
    exit_code: int | None = None
    counts: TestCounts | None = None
    failed_tests: tuple[str, ...] = ()
    """Ids of failed tests and of errors, at most `quality.junit.MAX_FAILED` of them."""
    lacking_tests: tuple[str, ...] = ()
    """Those of `failed_tests` that ask for a fixture or module that is not installed; no report lists them."""
    failures: tuple[FailedTest, ...] = ()
    """The same tests in the same order, with what went wrong."""
    passed_tests: tuple[str, ...] = ()
    """Ids of passed tests, at most `quality.junit.MAX_PASSED` of them; no report lists them."""
    output_tail: str = ""
    seconds: float = 0.0
    coverage: Mapping[str, FileCoverage] | None = None
    """Of the product's files: what tests run of themselves says nothing of them."""
    coverage_percent: float | None = None
    """Of the statements and branches of these files."""
    reason_not_measured: str | None = None
    kept_since: float | None = None
    """Seconds since 1970 at which it was kept, of what an earlier run left; None of a run just now."""

    @property
    def is_measured(self) -> bool:
        """Whether test cases ran and were counted."""
        return self.reason_not_measured is None and self.counts is not None

    @property
    def not_loaded(self) -> tuple[FailedTest, ...]:
        """Return what could not be loaded, where no test ran because of it; else nothing."""
        counts = self.counts or TestCounts()
        if not self.is_measured or counts.passed or counts.failed:
            return ()
        return self.failures if all(item.is_load_error for item in self.failures) else ()

    @property
    def is_listed(self) -> bool:
        """Whether it is measured, and every test that passed or did not is named."""
        counts = self.counts
        return (
            self.is_measured
            and counts is not None
            and len(self.passed_tests) == counts.passed
            and len(self.failed_tests) == counts.failed + counts.errors
        )

    @property
    def has_failed(self) -> bool:
        """Whether tests ran and some of them did not pass."""
        return self.is_measured and (
            self.exit_code != 0
            or (self.counts is not None and self.counts.failed + self.counts.errors > 0)
        )


@dataclass(frozen=True, slots=True)
class Suites:
    """The tests of a tree and of its base, each None where they were not run."""

    now: SuiteResult | None = None
    before: SuiteResult | None = None

    @property
    def known_failures(self) -> tuple[str, ...]:
        """Return the ids of tests that failed before the change."""
        return self.before.failed_tests if self.before and self.before.is_measured else ()

    @property
    def tests_before(self) -> int | None:
        """Return how many tests ran before the change, None where that is not known."""
        if self.before is None or self.before.counts is None or not self.before.is_measured:
            return None
        return self.before.counts.executed


def loading_trouble(suite: SuiteResult) -> str:
    """Say that no test ran because files could not be loaded; empty where this is not so."""
    if not suite.not_loaded:
        return ""
    first, more = suite.not_loaded[0], len(suite.not_loaded) - 1
    also = f" and {more} more" if more else ""
    return f"no test ran, because {first.name}{also} could not be loaded"


def why_no_coverage(suite: SuiteResult) -> str:
    """Return why no statement was counted: where no test ran, what ran is no coverage by tests."""
    return suite.reason_not_measured or loading_trouble(suite) or "it was not recorded"


def not_run(reason: str) -> SuiteResult:
    """Return the result of tests that were not run."""
    return SuiteResult(reason_not_measured=reason)
