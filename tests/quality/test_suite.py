import json
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from p2a.sandbox.choose import choose_sandbox
from p2a.sandbox.interface import Ending, Limits, SandboxCommand, SandboxResult
from p2a.sandbox.toolbox import PythonEnvironment, python_environment
from quality.canary import Asked
from quality.lull import Lull
from quality.suite import run_suite
from quality.suite_command import AFTER_SECONDS
from quality.suite_result import (
    FileCoverage,
    SuiteResult,
    TestCounts,
    loading_trouble,
    why_no_coverage,
)
from tests.fakes.report_sandbox import ReportSandbox

WriteTree = Callable[[Mapping[str, str | bytes]], Path]

ENVIRONMENT = PythonEnvironment("/usr/bin/python3", (), {"PYTHONPATH": "/opt/tools"})
PASSED = b'<testsuite><testcase classname="t" name="a"/></testsuite>'
FAILED = b'<testsuite><testcase classname="t" name="a"><failure/></testcase></testsuite>'
SKIPPED = b'<testsuite><testcase classname="t" name="a"><skipped/></testcase></testsuite>'
BROKEN = (
    b'<testsuite><testcase classname="t" name="a"/><testcase classname="pytest" name="internal">'
    b'<error message="internal error">no</error></testcase></testsuite>'
)
EMPTY = b"<testsuite/>"
COVERED = json.dumps(
    {
        "files": {
            "a.py": {"executed_lines": [1, 2, 3], "missing_lines": [4]},
            "test_a.py": {"executed_lines": [1], "missing_lines": []},
        }
    }
).encode()


def absent(module: str) -> bytes:
    """Return the report of a collection that could not import a module."""
    text = f"E   ModuleNotFoundError: No module named '{module}'"
    return (
        '<testsuite><testcase name="t"><error message="collection failure">'
        f"{text}</error></testcase></testsuite>"
    ).encode()


def run(
    tree: Path,
    work: Path,
    sandbox: ReportSandbox | None,
    command: str | None = None,
    *,
    asked: Asked | Lull = Asked.AFTERWARDS,
) -> SuiteResult:
    """Run a suite with a fake sandbox."""
    return run_suite(
        tree,
        sandbox=sandbox,
        environment=ENVIRONMENT,
        command=command,
        limits=Limits(),
        work=work,
        asked=asked,
    )


def test_run_suite__counts_and_coverage(write_tree: WriteTree, tmp_path: Path) -> None:
    sandbox = ReportSandbox({"junit.xml": PASSED, "coverage.json": COVERED})
    result = run(write_tree({"a.py": ""}), tmp_path / "work", sandbox)
    assert result.is_measured
    assert not result.has_failed
    assert result.counts == TestCounts(passed=1)
    assert result.coverage == {"a.py": FileCoverage((1, 2, 3), (4,))}
    assert result.coverage_percent == 75.0
    assert result.command.startswith("python -P -m coverage run --rcfile=")


@pytest.mark.parametrize(
    ("sandbox", "reason"),
    [
        (None, "no sandbox"),
        (ReportSandbox(is_broken=True), "it broke"),
        (ReportSandbox(exit_code=5), "no tests were found"),
        (ReportSandbox({"junit.xml": EMPTY}), "no tests ran"),
        (ReportSandbox({"junit.xml": SKIPPED}), "all 1 tests were skipped"),
        (ReportSandbox({"junit.xml": absent("trio.abc")}, exit_code=2), "not installed here: trio"),
        (
            ReportSandbox(exit_code=4, output="E   ImportError: No module named 'attr'\n"),
            "not installed here: attr",
        ),
        (ReportSandbox(exit_code=3, output="boom\n\n"), "broke off with exit code 3: boom"),
        (
            ReportSandbox(
                exit_code=4,
                output="ImportError while loading conftest '/project/conftest.py'.\nE   KeyError: 1",
            ),
            "conftest.py could not be loaded: KeyError: 1",
        ),
        (ReportSandbox({"junit.xml": BROKEN}, exit_code=3, output="boom"), "broke down: boom"),
        (ReportSandbox(ending=Ending.TIMED_OUT, exit_code=None), "timed out"),
        (ReportSandbox({"junit.xml": b"<!DOCTYPE a>"}), "no tests ran"),
        (ReportSandbox({"junit.xml": b"<!DOCTYPE a>"}, exit_code=1), "cannot be read"),
    ],
)
def test_run_suite__not_measured_is_never_a_pass(
    write_tree: WriteTree, tmp_path: Path, sandbox: ReportSandbox | None, reason: str
) -> None:
    result = run(write_tree({"a.py": ""}), tmp_path / "work", sandbox)
    assert reason in (result.reason_not_measured or "")
    assert not result.is_measured
    assert not result.has_failed
    assert result.coverage is None


def test_run_suite__g20_exit_code_0_without_a_report(write_tree: WriteTree, tmp_path: Path) -> None:
    result = run(write_tree({}), tmp_path / "work", ReportSandbox())
    assert result.reason_not_measured == "no tests ran"


@pytest.mark.parametrize(
    ("report", "code"), [(FAILED, 1), (FAILED, 0), (PASSED, 1), (absent("own"), 2)]
)
def test_run_suite__failure(
    write_tree: WriteTree, tmp_path: Path, report: bytes, code: int
) -> None:
    sandbox = ReportSandbox({"junit.xml": report}, exit_code=code)
    result = run(write_tree({"src/own/__init__.py": ""}), tmp_path / "work", sandbox)
    assert result.has_failed


def test_run_suite__where_no_test_could_be_loaded_nothing_is_covered(
    write_tree: WriteTree, tmp_path: Path
) -> None:
    sandbox = ReportSandbox({"junit.xml": absent("own"), "coverage.json": COVERED}, exit_code=2)
    result = run(write_tree({"a.py": "", "own.py": ""}), tmp_path / "work", sandbox)
    assert [failed.is_load_error for failed in result.not_loaded] == [True]
    assert result.coverage is None
    assert why_no_coverage(result) == loading_trouble(result) != ""


def test_g24__report_that_is_a_link_or_a_pipe(write_tree: WriteTree, tmp_path: Path) -> None:
    class Linking(ReportSandbox):
        """Leaves a link to a file outside as its report."""

        def run(self, command: SandboxCommand) -> SandboxResult:
            """Make the link, answer as told."""
            folder = next(m.source for m in command.mounts if m.target == "/p2a-output")
            (folder / "junit.xml").symlink_to(tmp_path / "outside.xml")
            return super().run(command)

    (tmp_path / "outside.xml").write_bytes(PASSED)
    result = run(write_tree({}), tmp_path / "work", Linking(exit_code=1))
    assert "left no report" in (result.reason_not_measured or "")


def test_run_suite__copies_without_following_links(write_tree: WriteTree, tmp_path: Path) -> None:
    root = write_tree({"a.py": "", ".git/config": "", "keep/.hidden": ""})
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "secret").write_text("s", encoding="ascii")
    (root / "link").symlink_to(tmp_path / "out")
    work = tmp_path / "work"
    run_suite(
        root,
        sandbox=ReportSandbox(),
        environment=ENVIRONMENT,
        command=None,
        limits=Limits(),
        work=work,
        paths=["a.py", "keep/.hidden", "link", "link/secret", "absent"],
    )
    copied = {path.relative_to(work / "tree").as_posix() for path in (work / "tree").rglob("*")}
    assert copied == {"a.py", "keep", "keep/.hidden", "link"}
    assert (work / "tree" / "link").is_symlink()


@pytest.mark.parametrize(
    ("sizes", "reason"),
    [
        ({"big": 4 << 30}, "big has 4096 MiB, and files up to 512 MiB are copied"),
        ({f"part{n}": 512 << 20 for n in range(5)}, "the files have 2560 MiB together"),
    ],
)
def test_b05__a_sparse_giant_is_not_copied(
    write_tree: WriteTree, tmp_path: Path, sizes: Mapping[str, int], reason: str
) -> None:
    root = write_tree({"a.py": ""})
    for name, size in sizes.items():
        with (root / name).open("wb") as file:
            file.truncate(size)
    sandbox = ReportSandbox({"junit.xml": PASSED})
    result = run(root, tmp_path / "work", sandbox)
    assert reason in (result.reason_not_measured or "")
    assert ".gitignore" in (result.reason_not_measured or "")
    assert sandbox.commands == []
    assert list((tmp_path / "work" / "tree").iterdir()) == []


def test_run_suite__our_options_and_path(write_tree: WriteTree, tmp_path: Path) -> None:
    sandbox = ReportSandbox({"junit.xml": PASSED})
    run(write_tree({"src/p/__init__.py": ""}), tmp_path / "work", sandbox)
    command = sandbox.commands[0]
    assert command.env["PYTHONPATH"] == "/project/src:/opt/tools:/project"
    assert "addopts=" in command.argv
    assert [mount.target for mount in command.mounts if mount.writable] == [
        "/project",
        "/p2a-output",
    ]


@pytest.mark.parametrize("command", ["pytest -k one", "python -m pytest -k one"])
def test_run_suite__given_pytest_keeps_its_arguments(
    write_tree: WriteTree, tmp_path: Path, command: str
) -> None:
    sandbox = ReportSandbox({"junit.xml": PASSED})
    run(write_tree({}), tmp_path / "work", sandbox, command)
    assert sandbox.commands[0].argv[-2:] == ("-k", "one")  # the planted test's call comes last
    assert "coverage" in sandbox.commands[0].argv


def test_run_suite__a_plain_run_is_the_tests_alone(write_tree: WriteTree, tmp_path: Path) -> None:
    sandbox = ReportSandbox({"junit.xml": PASSED})
    result = run(write_tree({}), tmp_path / "work", sandbox, "pytest -k one", asked=Asked.NEVER)
    [command] = sandbox.commands
    assert command.argv[-2:] == ("-k", "one")
    assert "coverage" not in command.argv
    assert result.command.startswith("python -P -m pytest ")
    assert result.is_measured
    assert result.coverage is None


@pytest.mark.parametrize("command", ["make test", "pytest; true", "pytest 'x"])
def test_run_suite__another_command_runs_as_it_is(
    write_tree: WriteTree, tmp_path: Path, command: str
) -> None:
    sandbox = ReportSandbox({"junit.xml": PASSED})
    result = run(write_tree({}), tmp_path / "work", sandbox, command)
    assert sandbox.commands[0].argv == ("/bin/sh", "-c", command)
    assert len(sandbox.commands) == 1
    assert result.is_measured
    assert result.coverage is None


REAL = {
    "src/calc/__init__.py": "def add(a, b):\n    return a + b\n\n\ndef unused():  # pragma: no cover\n    return 1\n",
    "src/calc/never.py": "x = 1\n",
    "plain/never.py": "def f():\n    return 1\n",
    # names that coverage passes over, and one that it cannot write down
    "plain/a+b.py": '"""Says."""\nx = 1\n',
    "plain/no\udcff.py": "x = 1\n",
    "plain/not.py": "x = 1\n",
    # files that a test writes anew, and one that it adds
    "src/calc/rewritten.py": "def f():\n    return 1\n",
    # no product: nothing of them is recorded
    "src/calc/tests/data.py": "x = 1\n",
    "docs/conf.py": "x = 1\n",
    "setup.py": "x = 1\n",
    "tests/conftest.py": "x = 1\n",
    "tests/test_calc.py": """\
import calc
import os
import pytest
import socket


def test_add():
    assert calc.add(1, 2) == 3


def test_writes():
    for name in ("rewritten", "added"):
        with open(f"src/calc/{name}.py", "w") as file:
            file.write("x = 1\\n" * 9)
    from calc import added, rewritten


def test_isolated():
    assert os.getcwd() == "/project"
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", 9), timeout=1)


def test_fails():
    assert calc.add(1, 1) == 3


@pytest.mark.unheard
@pytest.mark.skip(reason="x")
def test_skipped():
    pass
""",
    # G22: none of these may change where the report goes or what is counted
    "pytest.ini": "[pytest]\naddopts = -p evil --junitxml=/project/x.xml --cov=x\n"
    "unknown_option = 1\nfilterwarnings = error\n",
    ".coveragerc": "[run]\nomit = *\nplugins = evil\n",
    "coverage.py": "raise SystemExit(0)\n",
    "pytest.py": "raise SystemExit(0)\n",
}
PRODUCT = (
    "src/calc/__init__.py",
    "src/calc/never.py",
    "src/calc/rewritten.py",
    "src/calc/added.py",
    "plain/never.py",
    "plain/not.py",
)


@pytest.fixture(scope="session")
def python(tmp_path_factory: pytest.TempPathFactory) -> PythonEnvironment:
    """Return the Python for the sandbox; its tools are copied once."""
    return python_environment(data_dir=tmp_path_factory.mktemp("data"), test_env=None)


def real_run(tree: Path, tmp_path: Path, python: PythonEnvironment) -> SuiteResult:
    """Run a suite in the machine's own sandbox."""
    return run_suite(
        tree,
        sandbox=choose_sandbox("auto"),
        environment=python,
        command=None,
        limits=Limits(wall_seconds=120),
        work=tmp_path / "work",
    )


def test_g22__real_run_under_hostile_configuration(
    write_tree: WriteTree, tmp_path: Path, python: PythonEnvironment
) -> None:
    result = real_run(write_tree(REAL), tmp_path, python)
    assert result.reason_not_measured is None, result.output_tail
    assert result.counts == TestCounts(passed=3, failed=1, skipped=1)
    assert result.failed_tests == ("tests.test_calc::test_fails",)
    (failed,) = result.failures
    assert (failed.node_id, failed.message) == (
        "tests/test_calc.py::test_fails",
        "assert 2 == 3",
    )
    assert failed.place.startswith("tests/test_calc.py:")
    assert result.exit_code == 1
    assert result.coverage is not None
    assert result.coverage["src/calc/__init__.py"] == FileCoverage((1, 2, 5), (6,))
    assert result.output_tail.rstrip().endswith("1 failed, 3 passed, 1 skipped in some seconds")
    assert result.coverage["src/calc/never.py"] == FileCoverage((), (1,))
    assert result.coverage["plain/never.py"] == FileCoverage((), (1, 2))
    assert result.coverage["plain/not.py"] == FileCoverage((), (1,))
    assert result.coverage["src/calc/rewritten.py"] == FileCoverage((), (1, 2))
    assert "src/calc/added.py" not in result.coverage
    assert result.coverage["plain/a+b.py"] == FileCoverage((), (2,))
    assert result.coverage["plain/no\udcff.py"] == FileCoverage((), (1,))
    recorded = json.loads((tmp_path / "work/output/coverage.json").read_bytes())["files"]
    assert recorded.keys() == {*PRODUCT, "coverage.py", "pytest.py"}


LIARS = {
    "drops what it collected": "def pytest_collection_modifyitems(items):\n"
    "    items[:] = [item for item in items if item.name == 'test_a']\n",
    "turns failures into passes": """\
import pytest


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    outcome.get_result().outcome = "passed"
""",
    "sets the exit code": "def pytest_sessionfinish(session):\n    session.exitstatus = 0\n",
}


@pytest.mark.parametrize("lie", LIARS)
@pytest.mark.parametrize("folder", ["", "tests/"])
def test_g20__a_runner_that_hides_failures_is_not_believed(
    write_tree: WriteTree, tmp_path: Path, python: PythonEnvironment, lie: str, folder: str
) -> None:
    test = "def test_a():\n    pass\n"
    files = {f"{folder}conftest.py": LIARS[lie], f"{folder}test_a.py": test}
    result = real_run(write_tree(files), tmp_path, python)
    assert "planted failing test" in (result.reason_not_measured or ""), result
    assert result.coverage is None


def test_run_suite__examples_with_other_needs_have_no_say(
    write_tree: WriteTree, tmp_path: Path, python: PythonEnvironment
) -> None:
    files = {
        "pytest.ini": "[pytest]\ntestpaths = tests\n",
        "tests/conftest.py": "",
        "tests/test_a.py": "def test_a():\n    pass\n",
        "examples/shop/tests/conftest.py": "import a_package_that_is_not_here\n",
        "examples/shop/tests/test_b.py": "def test_b():\n    pass\n",
    }
    result = real_run(write_tree(files), tmp_path, python)
    assert result.reason_not_measured is None, result
    assert result.counts == TestCounts(passed=1)


DAEMON = """\
import os
import signal
import time


def test_daemon():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
                signal.signal(number, signal.SIG_IGN)
            for number in range(3):
                os.close(number)
            os.execv("/bin/sleep", ["sleep", "{seconds}"])
        os._exit(0)
    os.wait()
    time.sleep(0.2)
"""


def test_g25__what_the_tests_left_running_is_gone(
    write_tree: WriteTree, tmp_path: Path, python: PythonEnvironment
) -> None:
    seconds = f"86{os.getpid():07}"
    result = real_run(write_tree({"test_a.py": DAEMON.format(seconds=seconds)}), tmp_path, python)
    assert result.counts == TestCounts(passed=1), result
    lines = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            lines.append(place.read_bytes())
    assert lines
    assert not [line for line in lines if seconds.encode() in line]


def test_g20__real_run_that_leaves_at_once(
    write_tree: WriteTree, tmp_path: Path, python: PythonEnvironment
) -> None:
    files = {"conftest.py": "import os\nos._exit(0)\n", "test_a.py": "def test_a():\n    pass\n"}
    result = real_run(write_tree(files), tmp_path, python)
    assert result.reason_not_measured == "no tests ran"


def test_g26__real_run_leaves_the_tree_alone(
    write_tree: WriteTree, tmp_path: Path, python: PythonEnvironment
) -> None:
    source = "import pathlib\n\n\ndef test_a():\n    pathlib.Path('a.py').write_text('')\n"
    root = write_tree({"a.py": "x = 1\n", "test_a.py": source})
    assert real_run(root, tmp_path, python).is_measured
    assert (root / "a.py").read_text(encoding="utf-8") == "x = 1\n"
    assert sorted(path.name for path in root.iterdir()) == ["a.py", "test_a.py"]


def test_run_suite__a_reason_names_a_few_of_what_is_missing(
    write_tree: WriteTree, tmp_path: Path
) -> None:
    output = "".join(f"ModuleNotFoundError: No module named 'm{number}'\n" for number in range(90))
    sandbox = ReportSandbox(exit_code=2, output=output)
    reason = run(write_tree({}), tmp_path / "work", sandbox).reason_not_measured or ""
    assert "m0, m1, m10" in reason
    assert "and 80 more (" in reason
    assert len(reason) < 300


def test_run_suite__what_follows_the_tests_has_less_time(
    write_tree: WriteTree, tmp_path: Path
) -> None:
    sandbox = ReportSandbox({"junit.xml": PASSED})
    run(write_tree({}), tmp_path / "work", sandbox)
    tests, after = sandbox.commands
    assert tests.limits == Limits()
    assert after.limits == replace(Limits(), wall_seconds=AFTER_SECONDS)
