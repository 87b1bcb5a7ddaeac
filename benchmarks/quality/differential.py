"""Compares what `p2a check` says with what the tools say that are run by hand, and how long each takes.

    python -m benchmarks.quality.differential FOLDER --base REVISION [--python ENVIRONMENT/bin/python]

FOLDER is a clean clone of a project. radon, bandit, ruff, pytest under coverage are run on it one after
the other, with no settings of the project's; then `p2a check FOLDER --base REVISION`. Each finding and
each line of coverage is compared, and a difference is accepted where one of `REASONS` is shown to hold
for it. Exits with 1 when a difference is left. The times that are compared are those of one run each.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.quality.by_hand import Finding, Hand, Place, Results, read_json
from quality.analysers.lint_exceptions import is_meant
from quality.product import is_product
from quality.tree import SourceTree, read_tree

COVERAGE = "coverage"
MOST_AGAIN = 3
"""Runs of the tests by hand that may show a line to run by chance, after the two of every time."""
REASONS = {
    "tests and scripts": "p2a judges the product: tests, docs, examples and build scripts are read only",
    "nosec": "p2a lets no comment hide a finding: bandit --ignore-nosec has it too",
    "noqa": "p2a lets no comment hide a finding: ruff --ignore-noqa has it too",
    "classes": "radon gives a class the mean of its methods, which p2a judges themselves",
    "re-exports": "another file uses the import, or the file shows that it is meant so",
    "one syntax error": "p2a names the first error of a file, those after it follow from it",
    "pragma": "p2a lets no comment leave lines out of the coverage: without exclusions the line is there",
    "left out": "coverage does not report what no test imports in a folder without `__init__.py`, or what Python cannot "
    "compile: p2a counts it as not run",
    "another run": "runs by hand, all but the first without a network, differ about the line too",
}


@dataclass
class Difference:
    """What one side has and the other has not, by the reason that explains it."""

    tool: str
    same: int
    explained: dict[str, list[Finding]] = field(default_factory=dict)
    unexplained: list[tuple[str, Finding]] = field(default_factory=list)
    """With the side that has it."""


def compare(
    tool: str,
    hand: Iterable[Finding],
    ours: Iterable[Finding],
    reasons: dict[str, set[Finding]],
) -> Difference:
    """Return how two sets differ.

    Args:
        tool: whose findings they are.
        hand: found by the tool alone.
        ours: found by p2a.
        reasons: by reason, for which findings it was shown to hold.
    """
    by_hand, by_us = set(hand), set(ours)
    result = Difference(tool, len(by_hand & by_us))
    for finding in sorted(by_hand ^ by_us):
        reason = next((name for name, holds in reasons.items() if finding in holds), None)
        if reason is None:
            side = "by hand" if finding in by_hand else "p2a"
            result.unexplained.append((side, finding))
        else:
            result.explained.setdefault(reason, []).append(finding)
    return result


def differences(
    hand: Results, report: dict[str, Any], tree: SourceTree, *, suite: dict[str, Any] | None
) -> list[Difference]:
    """Return the comparison of each tool's findings.

    Args:
        hand: what the tools said.
        report: p2a's, of the whole tree.
        tree: the files.
        suite: the tests of a report, None when they were not run.
    """
    every = {*hand.complexity, *hand.maintainability, *hand.bandit, *hand.ruff}
    side = {"tests and scripts": {item for item in every if not is_product(item[0])}}
    found: list[dict[str, Any]] = report["findings"]
    ruff = {
        **side,
        "noqa": hand.ruff_hidden,
        "re-exports": _meant(hand, tree),
        "one syntax error": hand.ruff_errors,
    }
    result = [
        compare("radon cc", hand.complexity, _of(found, "complexity"), {**side, **hand.classes}),
        compare("radon mi", hand.maintainability, _of(found, "maintainability"), side),
        compare(
            "bandit", hand.bandit, _of(found, "security"), {**side, "nosec": hand.bandit_hidden}
        ),
        compare("ruff", hand.ruff, _of(found, "lint"), ruff),
    ]
    if suite is not None and suite["coverage"] is not None:
        ours = set(covered_lines(suite["coverage"]))
        beside = {item for item in hand.coverage if not is_product(item[0])}
        reported = {item[0] for item in hand.coverage | hand.pragma}
        reasons = {
            "tests and scripts": beside,
            "pragma": hand.pragma,
            "left out": {i for i in ours if i[0] not in reported and i[1] == "missing"},
            "another run": hand.by_chance,
        }
        result.append(compare(COVERAGE, hand.coverage, ours, reasons))
    return result


def covered_lines(files: dict[str, Any]) -> Iterable[Finding]:
    """Return each statement's line of each file, told whether it ran."""
    for path, item in files.items():
        for kind in ("executed", "missing"):
            lines = item.get(kind, item.get(f"{kind}_lines"))
            yield from ((path, kind, line) for line in lines)


def _of(findings: Sequence[dict[str, Any]], analyser: str) -> set[Finding]:
    return {
        (item["path"], item["rule"], item["start_line"])
        for item in findings
        if item["analyser"] == analyser
    }


def _meant(hand: Results, tree: SourceTree) -> set[Finding]:
    sources = {source.path: source for source in tree.sources}
    return {
        finding
        for finding, message in hand.ruff_messages.items()
        if finding[0] in sources
        and is_meant(finding[1], message, source=sources[finding[0]], sources=tree.sources)
    }


def run_p2a(folder: Path, *arguments: str, environment: Path | None) -> tuple[Any, float]:
    """Return the report of `p2a check` and the seconds it took."""
    env = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
    if environment is not None:
        env["P2A_TEST_ENV"] = str(environment)
    program = [str(Path(sys.executable).with_name("p2a")), "check", str(folder), *arguments]
    return read_json(program, env=env, codes={0, 1})


def show(results: Sequence[Difference]) -> list[str]:
    """Return a Markdown table of the comparison, and what is left unexplained."""
    lines = ["| tool | same | explained differences | unexplained |", "|---|---|---|---|"]
    for item in results:
        explained = ", ".join(f"{name} {len(found)}" for name, found in item.explained.items())
        lines.append(f"| {item.tool} | {item.same} | {explained} | {len(item.unexplained)} |")
    used = {name for item in results for name in item.explained}
    lines += ["", *(f"- {name}: {REASONS[name]}." for name in REASONS if name in used)]
    for item in results:
        for side, (path, rule, line) in item.unexplained[:50]:
            lines.append(f"- UNEXPLAINED {item.tool}: only {side}: {path}:{line} {rule}")
    return lines


def show_times(hand: Results, seconds: float) -> list[str]:
    """Return the seconds of each tool, their sum, and p2a's."""
    total = sum(hand.seconds.values())
    return [
        "",
        "| run | seconds |",
        "|---|---|",
        *(f"| {name} | {value:.1f} |" for name, value in hand.seconds.items()),
        f"| sum by hand | {total:.1f} |",
        f"| p2a check --base (the base's tests too) | {seconds:.1f} |",
        f"| ratio | {seconds / total:.2f} |",
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare, print, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--base", required=True)
    parser.add_argument("--python", type=Path, default=Path(sys.executable))
    parser.add_argument("--no-tests", action="store_true")
    options = parser.parse_args(arguments)
    folder = options.folder.resolve()
    is_own = options.python == Path(sys.executable)
    environment = None if is_own else options.python.absolute().parents[1]
    tests = ["--no-tests"] if options.no_tests else []
    with tempfile.TemporaryDirectory() as work:
        tree = read_tree(folder)
        place = Place(folder, Path(work), options.python.absolute())
        by_hand = Hand(place)
        hand = by_hand.run(with_tests=not options.no_tests)
        compared, seconds = run_p2a(
            folder, "--base", options.base, "--format", "json", *tests, environment=environment
        )
        whole, _ = run_p2a(folder, "--no-tests", "--format", "json", environment=None)
        suite = None if options.no_tests else compared["suite"]
        results = differences(hand, whole, tree, suite=suite)
        for _ in range(MOST_AGAIN):
            if not any(item.unexplained for item in results if item.tool == COVERAGE):
                break
            by_hand.run_again()
            results = differences(hand, whole, tree, suite=suite)
    lines = [*show(results), *show_times(hand, seconds)]
    is_lost = suite is not None and suite["coverage"] is None
    if suite is not None and is_lost:
        lines += ["", f"The tests were not measured: {suite['reason_not_measured']}"]
    sys.stdout.write("\n".join([*lines, ""]))
    return int(is_lost or any(item.unexplained for item in results))


if __name__ == "__main__":
    raise SystemExit(main())
