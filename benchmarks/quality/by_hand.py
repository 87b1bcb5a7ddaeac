"""Runs radon, bandit, ruff and pytest under coverage by hand, each with neutral settings."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from quality.analysers.complexity import HARD
from quality.analysers.lint import ruff_arguments
from quality.analysers.lint_rules import INVALID_SYNTAX
from quality.analysers.maintainability import FAIR
from quality.suite_command import HASH_SEED

Finding = tuple[str, str, int]
"""Path, rule (or whether a line ran), line."""
COVERAGE = """\
[run]
branch = true
source = {source}
data_file = {work}/coverage.data
[json]
output = {work}/coverage.json
"""
NO_NETWORK = ["bwrap", "--dev-bind", "/", "/", "--unshare-net"]
NO_EXCLUSIONS = "[report]\nexclude_lines =\n    (?!)\n"


@dataclass(frozen=True)
class Place:
    """The project, a folder of ours, and the Python that its tests run with."""

    folder: Path
    work: Path
    python: Path


@dataclass
class Results:
    """What the tools found, as path, rule and line, and the seconds that each took."""

    complexity: set[Finding] = field(default_factory=set)
    classes: dict[str, set[Finding]] = field(default_factory=dict)
    maintainability: set[Finding] = field(default_factory=set)
    bandit: set[Finding] = field(default_factory=set)
    bandit_hidden: set[Finding] = field(default_factory=set)
    """Hidden by a comment."""
    ruff: set[Finding] = field(default_factory=set)
    ruff_hidden: set[Finding] = field(default_factory=set)
    ruff_messages: dict[Finding, str] = field(default_factory=dict)
    ruff_errors: set[Finding] = field(default_factory=set)
    """Syntax errors that are not the first of their file."""
    coverage: set[Finding] = field(default_factory=set)
    pragma: set[Finding] = field(default_factory=set)
    by_chance: set[Finding] = field(default_factory=set)
    seconds: dict[str, float] = field(default_factory=dict)


def read_json(
    program: Sequence[str],
    *,
    env: dict[str, str] | None = None,
    cwd: Path | None = None,
    codes: set[int] | None = None,
) -> tuple[Any, float]:
    """Return what a program prints as JSON, and its seconds; `codes` None is any exit code."""
    start = time.perf_counter()
    done = subprocess.run(program, env=env, cwd=cwd, capture_output=True, check=False)
    seconds = time.perf_counter() - start
    if codes is not None and done.returncode not in codes:
        raise SystemExit(f"{program}: {done.returncode}\n{done.stderr.decode()[-3000:]}")
    return (json.loads(done.stdout) if done.stdout.strip() else None), seconds


class Hand:
    """Runs one tool after the other, each in a process of its own, from a neutral folder.

    Args:
        place: what to run them on.
    """

    def __init__(self, place: Place) -> None:
        self._place = place
        self._results = Results()
        self._runs = 0
        self._neutral = place.work / "neutral"
        self._neutral.mkdir()
        (self._neutral / "bandit.ini").write_text("[bandit]\n", encoding="ascii")

    def run_again(self) -> None:
        """Run the tests once more, without a network, and note the lines that differ from the first run."""
        self._runs += 1
        again, _ = self._run_tests(f"again {self._runs}")
        self._note_chance(again)

    def run(self, *, with_tests: bool) -> Results:
        """Run them all."""
        self._radon_cc()
        self._radon_mi()
        self._bandit()
        self._ruff()
        if with_tests:
            self._coverage()
        return self._results

    def _tool(self, name: str, *words: str, timed: bool = True) -> Any:
        program = [sys.executable, "-I", "-m", *words]
        answer, seconds = read_json(program, cwd=self._neutral, codes={0, 1})
        if timed:
            self._results.seconds[name] = seconds
        return answer

    def _relative(self, path: str) -> str:
        return Path(path).relative_to(self._place.folder).as_posix()

    def _radon_cc(self) -> None:
        folder = str(self._place.folder)
        answer = self._tool("radon cc", "radon", "cc", "-j", "--show-closures", folder)
        classes: set[Finding] = set()
        for path, blocks in answer.items():
            for block in blocks if isinstance(blocks, list) else []:
                if block["complexity"] > HARD:
                    finding = (self._relative(path), "complex-function", block["lineno"])
                    self._results.complexity.add(finding)
                    if block["type"] == "class":
                        classes.add(finding)
        self._results.classes = {"classes": classes}

    def _radon_mi(self) -> None:
        answer = self._tool("radon mi", "radon", "mi", "-j", str(self._place.folder))
        self._results.maintainability = {
            (self._relative(path), "hard-to-maintain", 1)
            for path, item in answer.items()
            if "mi" in item and item["mi"] < FAIR
        }

    def _bandit(self) -> None:
        words = ["bandit", "-r", str(self._place.folder), "--ini", "bandit.ini", "-q", "-f", "json"]
        found = self._bandit_findings(self._tool("bandit", *words))
        every = self._bandit_findings(self._tool("bandit", *words, "--ignore-nosec", timed=False))
        self._results.bandit, self._results.bandit_hidden = found, every - found

    def _bandit_findings(self, answer: Any) -> set[Finding]:
        return {
            (self._relative(item["filename"]), item["test_id"], item["line_number"])
            for item in answer["results"]
        }

    def _ruff(self) -> None:
        words = ["ruff", *ruff_arguments()[:-1], str(self._place.folder)]
        plain = [word for word in words if word != "--ignore-noqa"]
        found = self._ruff_findings(self._tool("ruff", *plain))
        every = self._ruff_findings(self._tool("ruff", *words, timed=False))
        self._results.ruff, self._results.ruff_hidden = set(found), every.keys() - found.keys()
        self._results.ruff_messages = every
        errors = sorted(item for item in every if item[1] == INVALID_SYNTAX)
        first = {item[0]: item for item in reversed(errors)}
        self._results.ruff_errors = set(errors) - set(first.values())

    def _ruff_findings(self, answer: Any) -> dict[Finding, str]:
        return {
            (self._relative(item["filename"]), item["code"], item["location"]["row"]): item[
                "message"
            ]
            for item in answer
        }

    def _coverage(self) -> None:
        """Run the tests twice, the second time without a network, as p2a does."""
        first, everything = self._run_tests("tests")
        self._results.coverage = first
        self._results.pragma = {item for item in everything - first if _other(item) not in first}
        self.run_again()

    def _note_chance(self, again: set[Finding]) -> None:
        lines = self._results.coverage ^ again
        self._results.by_chance |= lines | {_other(item) for item in lines}

    def _run_tests(self, name: str) -> tuple[set[Finding], set[Finding]]:
        """Return the covered lines as the tools count them, and with nothing excluded."""
        work = self._place.work / name
        copy = work / "project"
        shutil.copytree(self._place.folder, copy, symlinks=True)
        src = f"{copy / 'src'}:" if (copy / "src").is_dir() else ""
        # Files that nothing imports are looked for in `src` only where it is named.
        sources = f"\n    {copy}\n    {copy / 'src'}" if src else str(copy)
        rules = work / "coverage.ini"
        rules.write_text(COVERAGE.format(source=sources, work=work), encoding="utf-8")
        env = {
            "PATH": os.environ["PATH"],
            "HOME": str(work),
            "PYTHONPATH": f"{src}{copy}",
            "PYTHONHASHSEED": HASH_SEED,
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        coverage = [str(self._place.python), "-P", "-m", "coverage"]
        pytest = ["-m", "pytest", "-q", "-o", "addopts=", "-p", "no:cacheprovider"]
        is_first = name == "tests"
        start = time.perf_counter()
        alone = NO_NETWORK if not is_first and shutil.which(NO_NETWORK[0]) else []
        run = [*alone, *coverage, "run", f"--rcfile={rules}", *pytest]
        subprocess.run(run, cwd=copy, env=env, capture_output=True, check=False)
        ran = time.perf_counter() - start
        report = [*coverage, "json", "-q", "-i", f"--rcfile={rules}"]
        _, seconds = read_json(report, cwd=copy, env=env)
        if is_first:
            self._results.seconds |= {"coverage run": ran, "coverage json": seconds}
        plain = _covered(work / "coverage.json")
        text = rules.read_text(encoding="utf-8") + NO_EXCLUSIONS
        rules.write_text(text, encoding="utf-8")
        read_json(report, cwd=copy, env=env)
        return plain, _covered(work / "coverage.json")


def _covered(report: Path) -> set[Finding]:
    files = json.loads(report.read_bytes())["files"]
    return {
        (path, kind, line)
        for path, item in files.items()
        for kind in ("executed", "missing")
        for line in item[f"{kind}_lines"]
    }


def _other(finding: Finding) -> Finding:
    """Return the same line with the other outcome."""
    path, kind, line = finding
    return (path, "missing" if kind == "executed" else "executed", line)
