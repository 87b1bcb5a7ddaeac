"""What the tests that a change brings prove: they fail without its code and pass with it; no I/O."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import Enum

from quality.node_ids import without_parameters
from quality.suite_result import SuiteResult
from worker.records import ProofRecord


class _Outcome(Enum):
    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Outcomes:
    """How the tests of a run ended, by their ids without parameters."""

    passed: frozenset[str]
    failed: frozenset[str]
    """Failed tests, errors, and the modules that could not be loaded."""

    @classmethod
    def of(cls, *results: SuiteResult) -> "Outcomes":
        """Return the outcomes of one or more runs of the same tree."""
        return cls(
            frozenset(without_parameters(one) for result in results for one in result.passed_tests),
            frozenset(without_parameters(one) for result in results for one in result.failed_tests),
        )

    def of_test(self, test: str) -> _Outcome:
        """Return how a test ended; one of which some parameters failed has failed."""
        if test in self.failed or self._is_unloaded(test):
            return _Outcome.FAILED
        return _Outcome.PASSED if test in self.passed else _Outcome.UNKNOWN

    def _is_unloaded(self, test: str) -> bool:
        """Tell whether the file of a test could not be loaded: pytest reports the module alone."""
        parts = test.partition("::")[0].split(".")
        return any(".".join(parts[:count]) in self.failed for count in range(1, len(parts) + 1))


def judge(
    brought: Sequence[str], *, before: Outcomes, after: Outcomes, flaky: Collection[str] = ()
) -> ProofRecord:
    """Return what each test of a change is worth; only one that fails before and passes after proves.

    Args:
        brought: the ids of the change's tests.
        before: of the base with the change's tests and nothing else of it.
        after: of the tree with the whole change.
        flaky: ids of tests that failed and passed on the same tree.
    """
    unsteady = {without_parameters(one) for one in flaky}
    found: dict[str, list[str]] = {
        name: [] for name in ("proving", "passing_before", "failing", "flaky", "not_seen")
    }
    for test in brought:
        name = "flaky" if test in unsteady else _worth(before.of_test(test), after.of_test(test))
        found[name].append(test)
    return ProofRecord.model_validate(found)


def _worth(before: _Outcome, after: _Outcome) -> str:
    if after is _Outcome.FAILED:
        return "failing"
    if _Outcome.UNKNOWN in {before, after}:
        return "not_seen"
    return "proving" if before is _Outcome.FAILED else "passing_before"
