"""How the repository's own tests are called inside of the sandbox; no I/O."""

import shlex
import string
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

from p2a.sandbox.interface import Limits, Mount, SandboxCommand
from p2a.sandbox.toolbox import PythonEnvironment
from quality import canary, product

PROJECT = "/project"
HASH_SEED = "0"
"""PYTHONHASHSEED of the tests: with the same files they see the same order of sets."""
AFTER_SECONDS = 120.0
"""What follows the tests takes seconds: it may take this, or twice as long as they did."""
OUTPUT = "/p2a-output"
RULES = "/p2a-rules"
JUNIT = "junit.xml"
COVERAGE = "coverage.json"
COVERAGE_DATA = "coverage.data"
COVERAGE_RULES = "coverage.ini"

# The repository's own settings leave lines out of the count; these leave out none.
COVERAGE_CONFIGURATION = """\
[run]
branch = true
data_file = {output}/{data}
source =
    {sources}
omit =
    {omitted}
disable_warnings =
    no-data-collected
    module-not-measured
    module-not-imported
    already-imported
    couldnt-parse
[report]
exclude_lines =
    (?!)
partial_branches =
    (?!)
partial_branches_always =
    ^[ \\t]*(?:while|if) (?:True|1|False|0):
ignore_errors = true
# A folder without an `__init__.py` is a package too: what no test imports of it counts as well.
include_namespace_packages = true
[json]
output = {output}/{report}
"""

COVERAGE_REPORTER = "report.py"
# Without the numbers of each function and class: nine tenths of a report's bytes, a fifth of its time.
COVERAGE_REPORT = """\
import gc
import sys

gc.disable()  # the process ends in a moment

from coverage import cmdline, python

python.PythonFileReporter.code_region_kinds = lambda self: []
python.PythonFileReporter.code_regions = lambda self: []
sys.exit(cmdline.main(sys.argv[1:]))
"""

# Options of the repository may need plugins that are not here; a setting of a missing plugin is
# no reason to fail. The rest of its pytest settings is left alone: its tests need them.
PYTEST_OPTIONS = (
    "-o",
    "addopts=",
    "-o",
    "strict_config=false",
    "-o",
    "junit_family=xunit2",
    "-W",
    "ignore::pytest.PytestConfigWarning",
    "-W",
    "ignore::pytest.PytestUnknownMarkWarning",
    "-p",
    "no:cacheprovider",
    f"--rootdir={PROJECT}",
    f"--junitxml={OUTPUT}/{JUNIT}",
    "--color=no",
    "--tb=short",
    "-q",
)
_PLAIN = frozenset(f"{string.ascii_letters}{string.digits}_./-")
_PYTEST_CALLS = (("pytest",), ("py.test",), ("python", "-m", "pytest"), ("python3", "-m", "pytest"))


@dataclass(frozen=True, slots=True)
class Calls:
    """The tests' run, what follows it (None where the command is not pytest's), and how to say it."""

    tests: SandboxCommand
    shown: str
    after: SandboxCommand | None = None
    """Writes coverage's report, and at the same time asks the same runner about planted tests, whose
    names are added to its arguments; its exit code is the runner's."""
    report: SandboxCommand | None = None
    """Writes coverage's report alone, where the runner was asked before."""
    planted: SandboxCommand | None = None
    """Asks the same runner about planted tests alone, whose names are added to its arguments."""
    alone: SandboxCommand | None = None
    """The runner without coverage, for tests whose ids are added to its arguments."""
    plain: SandboxCommand | None = None
    """The tests' run without coverage."""

    def without_coverage(self) -> "Calls":
        """Return the tests' run alone, with nothing after it."""
        if self.plain is None:
            return self
        shown = shlex.join(["python", *self.plain.argv[1:]])
        return replace(self, tests=self.plain, shown=shown, after=None)


def coverage_configuration(*, has_src: bool, unrecorded: Iterable[str] = ()) -> str:
    """Return our settings for coverage, over the tree and its `src` folder.

    Args:
        has_src: whether there is such a folder.
        unrecorded: paths with names that coverage cannot write down: it would fail, and the tests' run with it.
    """
    sources = [PROJECT, f"{PROJECT}/src"] if has_src else [PROJECT]
    return COVERAGE_CONFIGURATION.format(
        output=OUTPUT,
        data=COVERAGE_DATA,
        sources="\n    ".join(sources),
        omitted="\n    ".join([*_omitted(), *map(_pattern, unrecorded)]),
        report=COVERAGE,
    )


def _omitted() -> Iterator[str]:
    """Say in coverage's patterns what is no product, as far as they can say it surely.

    Tests by their names are read and left out later: in old versions `*` goes over folders.
    """
    for folder in sorted(product.TEST_FOLDERS):
        yield f"*/{folder}/*"
    for folder in sorted(product.SIDE_FOLDERS):
        yield f"{PROJECT}/{folder}/*"
    for script in sorted(product.ROOT_SCRIPTS):
        yield f"{PROJECT}/{script}"


def _pattern(path: str) -> str:
    """Return a pattern of plain characters that a path matches, and no path of plain characters does."""
    characters = (c if c in _PLAIN else "?" if c.isascii() else "[^ -~]" for c in path)
    return f"{PROJECT}/{''.join(characters)}"


def build_calls(
    command: str | None,
    *,
    environment: PythonEnvironment,
    mounts: tuple[Mount, ...],
    has_src: bool,
    limits: Limits,
    selection: tuple[str, ...] = (),
) -> Calls:
    """Return what is to be run: pytest under coverage, or the given command as it is.

    A given call of pytest keeps its arguments and gets ours; of any other command pytest is asked
    through its environment to write its report. `selection` are pytest's options that choose tests.
    """
    arguments = _pytest_arguments(command)
    env = _environment(environment, has_src=has_src)
    every = (*environment.mounts, *mounts)
    if arguments is None:
        env |= {"PYTEST_ADDOPTS": f"--junitxml={OUTPUT}/{JUNIT}"}
        tests = SandboxCommand(("/bin/sh", "-c", command or ""), PROJECT, every, env, limits)
        return Calls(tests, command or "")
    rules, reporter = f"--rcfile={RULES}/{COVERAGE_RULES}", f"{RULES}/{COVERAGE_REPORTER}"
    called = partial(SandboxCommand, cwd=PROJECT, mounts=every, env=env, limits=limits)
    # -P: a `pytest.py` of the repository does not take the place of pytest.
    coverage = (environment.python, "-P", "-m", "coverage")
    run = (*coverage, "run", rules, "-m", "pytest", *PYTEST_OPTIONS, *selection, *arguments)
    report = (*coverage[:2], reporter, "json", "-q", rules)
    planted = _canary(environment.python)
    return Calls(
        tests=called(run),
        shown=shlex.join(["python", *run[1:]]),
        after=called(_both(report, planted)),
        report=called(report),
        planted=called(planted),
        alone=called((*coverage[:3], "pytest", *PYTEST_OPTIONS)),
        plain=called((*coverage[:3], *run[run.index("pytest") :])),
    )


def _both(aside: tuple[str, ...], call: tuple[str, ...]) -> tuple[str, ...]:
    """Return a call of the shell that runs two at once, and ends with the exit code of the second.

    Arguments that are added to it are those of the second.
    """
    script = f'{shlex.join(aside)} & "$@"; code=$?; wait; exit $code'
    return ("/bin/sh", "-c", script, "sh", *call)


def _canary(python: str) -> tuple[str, ...]:
    """Return the runner's call without coverage: for our files, whatever names the tests have.

    Files that are named are collected in any case. A pattern that all files match would have pytest
    rewrite the assertions of every module that is imported, installed ones too.
    """
    options = [
        word.replace(f"/{JUNIT}", f"/{canary.REPORT}") if JUNIT in word else word
        for word in PYTEST_OPTIONS
    ]
    return (python, "-P", "-m", "pytest", *options, "-o", "python_functions=test_")


def _pytest_arguments(command: str | None) -> list[str] | None:
    """Return what follows `pytest`, nothing for no command, None for another command."""
    if not command:
        return []
    try:
        words = shlex.split(command)
    except ValueError:
        return None
    if any(mark in command for mark in ";&|<>$`\n"):
        return None
    calls = (call for call in _PYTEST_CALLS if tuple(words[: len(call)]) == call)
    return next((words[len(call) :] for call in calls), None)


def _environment(environment: PythonEnvironment, *, has_src: bool) -> dict[str, str]:
    """Put the tree's packages on the path, so that they need not be installed.

    `src` holds nothing but packages and comes first; the root may hold anything and comes last.
    """
    given: Mapping[str, str] = environment.env
    first = [f"{PROJECT}/src"] if has_src else []
    parts = [*first, *filter(None, [given.get("PYTHONPATH", "")]), PROJECT]
    return {**given, "PYTHONPATH": ":".join(parts), "PYTHONHASHSEED": HASH_SEED}
