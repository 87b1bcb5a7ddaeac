"""When the answer about planted tests counts that was given while the tests ran, and when it is asked again."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

import pytest

from p2a.errors import SandboxUnavailable
from p2a.sandbox.choose import choose_sandbox
from p2a.sandbox.interface import Limits, Sandbox, SandboxCommand, SandboxResult
from p2a.sandbox.toolbox import PythonEnvironment, python_environment
from quality.lull import Lull
from quality.suite import run_suite
from quality.suite_command import PROJECT
from quality.suite_result import SuiteResult, TestCounts
from tests.fakes.report_sandbox import ReportSandbox, is_canary

WriteTree = Callable[[Mapping[str, str | bytes]], Path]

ENVIRONMENT = PythonEnvironment("/usr/bin/python3", (), {})
PASSED = b'<testsuite><testcase classname="test_a" name="a"/></testsuite>'
FILES = {"a.py": "x = 1\n", "test_a.py": "def test_a():\n    pass\n"}


@dataclass
class Interfering(ReportSandbox):
    """Does something before the lull begins, and in the folder of the tests' run while they run."""

    prepare: Callable[[], None] = lambda: None
    meddle: Callable[[Path], None] = lambda _: None
    lull: Lull = field(default_factory=Lull)
    is_early_broken: bool = False

    def run(self, command: SandboxCommand) -> SandboxResult:
        """Answer as `ReportSandbox`; the lull begins with the tests."""
        work = work_of(command)
        if work.name == "early" and self.is_early_broken:
            raise SandboxUnavailable("it broke", why="a test said so")
        if work.name != "early" and not is_canary(command) and not self.commands:
            result = super().run(command)
            self.prepare()
            self.lull.begin()
            self.meddle(work)
            return result
        return super().run(command)


def work_of(command: SandboxCommand) -> Path:
    """Return the folder that holds the copy on which a command works."""
    return next(mount.source.parent for mount in command.mounts if mount.target == PROJECT)


def run(tree: Path, sandbox: Interfering, work: Path) -> SuiteResult:
    """Run a suite with the fake sandbox."""
    return run_suite(
        tree,
        sandbox=sandbox,
        environment=ENVIRONMENT,
        command=None,
        limits=Limits(),
        work=work,
        asked=sandbox.lull,
    )


def after(sandbox: Interfering) -> list[SandboxCommand]:
    """Return what was run on the tests' own copy, after them."""
    return [one for one in sandbox.commands if work_of(one).name != "early"][1:]


def test_early_canary__what_it_says_of_an_untouched_tree_counts(
    write_tree: WriteTree, tmp_path: Path
) -> None:
    sandbox = Interfering({"junit.xml": PASSED})
    result = run(write_tree(FILES), sandbox, tmp_path / "work")
    assert result.counts == TestCounts(passed=1)
    [asked] = [one for one in sandbox.commands if is_canary(one)]
    assert work_of(asked) == tmp_path / "work/early"
    [report] = after(sandbox)
    assert report.argv[-3:-1] == ("json", "-q")
    assert not work_of(asked).exists()
    names = {path.name for path in (tmp_path / "work/tree").iterdir()}
    assert names == FILES.keys()


def unnoticed(work: Path) -> None:
    """Change a file in a way that its size and its time do not tell."""
    file = work / "tree/a.py"
    facts = file.stat()
    file.write_text("x = 2\n", encoding="ascii")
    os.utime(file, ns=(facts.st_atime_ns, facts.st_mtime_ns))


MEDDLING: dict[str, Callable[[Path], object]] = {
    "a new file": lambda work: (work / "tree/flag").touch(),
    "a file gone": lambda work: (work / "tree/a.py").unlink(),
    "another mode": lambda work: (work / "tree/a.py").chmod(0o755),
    "the same time": unnoticed,
    "a file beside the tree": lambda work: (work / "output/flag").touch(),
    "a closed folder": lambda work: (work / "tree/pkg").chmod(0),
    "a folder with no way in": lambda work: (work / "tree/pkg").chmod(0o444),
    "a link": lambda work: (work / "tree/link").symlink_to("/"),
}


@pytest.mark.parametrize("how", MEDDLING)
def test_early_canary__where_the_tests_changed_something_it_is_asked_again(
    write_tree: WriteTree, tmp_path: Path, how: str
) -> None:
    def meddle(work: Path) -> None:
        MEDDLING[how](work)

    sandbox = Interfering({"junit.xml": PASSED}, meddle=meddle)
    result = run(write_tree({**FILES, "pkg/__init__.py": ""}), sandbox, tmp_path / "work")
    (tmp_path / "work/tree/pkg").chmod(0o700)
    assert result.counts == TestCounts(passed=1)
    assert [is_canary(one) for one in after(sandbox)] == [True]


def test_early_canary__where_somebody_edits_the_project_meanwhile_it_is_asked_again(
    write_tree: WriteTree, tmp_path: Path
) -> None:
    tree = write_tree(FILES)
    sandbox = Interfering({"junit.xml": PASSED}, prepare=(tree / "a.py").touch)
    assert run(tree, sandbox, tmp_path / "work").is_measured
    assert not [one for one in sandbox.commands if work_of(one).name == "early"]
    assert [is_canary(one) for one in after(sandbox)] == [True]


def test_early_canary__where_it_broke_it_is_asked_again(
    write_tree: WriteTree, tmp_path: Path
) -> None:
    sandbox = Interfering({"junit.xml": PASSED}, is_early_broken=True)
    assert run(write_tree(FILES), sandbox, tmp_path / "work").is_measured
    assert [is_canary(one) for one in after(sandbox)] == [True]


def test_early_canary__of_other_folders_it_is_asked_again(
    write_tree: WriteTree, tmp_path: Path
) -> None:
    tree = write_tree({**FILES, "more/conftest.py": "", "more/test_b.py": ""})
    sandbox = Interfering({"junit.xml": PASSED})  # only the tests of the root ran
    assert run(tree, sandbox, tmp_path / "work").is_measured
    [both] = after(sandbox)
    assert is_canary(both)
    assert not [word for word in both.argv if word.startswith("more/")]


def test_early_canary__without_a_lull_it_is_asked_afterwards(
    write_tree: WriteTree, tmp_path: Path
) -> None:
    sandbox = ReportSandbox({"junit.xml": PASSED})
    result = run_suite(
        write_tree(FILES),
        sandbox=sandbox,
        environment=ENVIRONMENT,
        command=None,
        limits=Limits(),
        work=tmp_path / "work",
        asked=Lull(),
    )
    assert result.is_measured
    assert [is_canary(one) for one in sandbox.commands] == [False, True]
    assert not (tmp_path / "work/early").exists()


LIAR = """\
import pathlib

import pytest


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    if {condition}:
        outcome.get_result().outcome = "passed"
"""
FLAG = 'pathlib.Path("flag")'
TEST = f"import pathlib\n\n\ndef test_a():\n    {FLAG}.touch()\n    assert 0\n"


@dataclass
class Listening:
    """The machine's sandbox; tells whether each command was about planted tests, and what came of it.

    The tests begin when the early question has been answered.
    """

    sandbox: Sandbox
    name: str = "real"
    heard: list[tuple[str, bool, int | None]] = field(default_factory=list)
    is_answered: Event = field(default_factory=Event)

    def run(self, command: SandboxCommand) -> SandboxResult:
        """Run a command."""
        place = work_of(command).name
        if place == "work":
            assert self.is_answered.wait(60)
        result = self.sandbox.run(command)
        self.heard.append((place, is_canary(command), result.exit_code))
        if place == "early":
            self.is_answered.set()
        return result


@pytest.mark.parametrize(("condition", "early"), [("True", 0), (f"{FLAG}.exists()", 1)])
def test_g20__a_runner_that_hides_failures_is_not_believed_in_a_lull_either(
    write_tree: WriteTree, tmp_path: Path, condition: str, early: int
) -> None:
    lull = Lull()
    lull.begin()
    sandbox = Listening(choose_sandbox("auto"))
    result = run_suite(
        write_tree({"conftest.py": LIAR.format(condition=condition), "test_a.py": TEST}),
        sandbox=sandbox,
        environment=python_environment(data_dir=tmp_path / "data", test_env=None),
        command=None,
        limits=Limits(wall_seconds=120),
        work=tmp_path / "work",
        asked=lull,
    )
    assert ("early", True, early) in sandbox.heard
    assert sandbox.heard[-1] == ("work", True, 0)
    assert "planted failing test" in (result.reason_not_measured or ""), result
    assert result.coverage is None
