from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from ccg.cache import FactCache
from p2a.sandbox.interface import Limits, Mount
from p2a.sandbox.toolbox import PythonEnvironment
from p2a.settings import Settings
from quality.kept_suites import FILE_NAME, MAX_AGE, VERSION, KeptSuites, Setting, key_of
from quality.needs.detect import NO_BASE
from quality.suite_result import FailedTest, FileCoverage, SuiteResult, TestCounts, not_run
from quality.suite_runner import SuiteRunner

WriteTree = Callable[[Mapping[str, str | bytes]], Path]

RESULT = SuiteResult(
    command="pytest",
    exit_code=0,
    counts=TestCounts(passed=3, skipped=1),
    passed_tests=("t.py::a", "t.py::b", "t.py::ä"),
    output_tail="3 passed",
    seconds=1.5,
    coverage={"a.py": FileCoverage((1, 2), (3,), 4, 5), "b.py": FileCoverage((), ())},
    coverage_percent=55.5,
)
FAILED = replace(
    RESULT,
    exit_code=1,
    counts=TestCounts(passed=3, failed=1),
    failed_tests=("t::x",),
    failures=(FailedTest("t::x", "t.py::x", "assert 1 == 2", "t.py:3"),),
)
FILES = {"a.py": "a = 1\n", "tests/test_a.py": "def test(): pass\n"}
RANDOM = """
import secrets

import pytest

@pytest.mark.parametrize("name", [secrets.token_hex(8)])
def test(name):
    assert name
"""


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def setting(environment: Path) -> Setting:
    """Return a setting with what is installed in a folder."""
    mounts = (Mount(environment, "/env"),)
    return Setting("bubblewrap", PythonEnvironment("/env/bin/python", mounts, {}), None, Limits())


def test_key_of__is_that_of_an_equal_tree_elsewhere(write_tree: WriteTree, tmp_path: Path) -> None:
    trees = [write_tree({**FILES, "new": str(number)}) for number in range(2)]
    keys = {
        key_of(tree, order, setting(tmp_path))
        for tree in trees
        for order in (FILES, [*FILES][::-1])
    }
    assert len(keys) == 1


def test_key_of__is_another_for_whatever_a_run_can_depend_on(
    write_tree: WriteTree, tmp_path: Path
) -> None:
    site = tmp_path / "env/lib/python3.11/site-packages"
    site.mkdir(parents=True)
    with_env = setting(tmp_path / "env")
    tree = write_tree({**FILES, "c.txt": ""})
    keys = [key_of(tree, FILES, with_env), key_of(tree, [*FILES, "c.txt"], with_env)]
    keys += [
        key_of(tree, FILES, replace(with_env, command="make test")),
        key_of(tree, FILES, replace(with_env, limits=Limits(memory_bytes=1))),
        key_of(tree, FILES, replace(with_env, sandbox="docker")),
    ]
    (site / "attrs-25.dist-info").mkdir()
    keys.append(key_of(tree, FILES, with_env))
    (tree / "a.py").chmod(0o755)
    keys.append(key_of(tree, FILES, with_env))
    (tree / "a.py").write_text("a = 2\n")
    keys.append(key_of(tree, FILES, with_env))
    (tree / "a.py").unlink()
    keys.append(key_of(tree, FILES, with_env))
    (tree / "a.py").symlink_to("c.txt")
    keys.append(key_of(tree, FILES, with_env))
    assert len(set(keys)) == len(keys) == 10


def test_kept_suites__a_result_comes_back_as_it_was_until_it_is_old(tmp_path: Path) -> None:
    clock = Clock()
    began = clock.now
    with KeptSuites(tmp_path, clock=clock) as kept:
        assert kept.find("k") is None
        kept.keep("k", RESULT)
        kept.keep("failed", FAILED)
    with KeptSuites(tmp_path, clock=clock) as kept:
        assert kept.find("k") == replace(RESULT, kept_since=began)
        assert kept.find("failed") == replace(FAILED, kept_since=began)
        clock.now += MAX_AGE
        assert kept.find("k") is None


@pytest.mark.parametrize(
    "result",
    [
        not_run("no sandbox"),
        replace(RESULT, exit_code=1, counts=TestCounts(passed=3, failed=2), failed_tests=("t::x",)),
        replace(RESULT, exit_code=2, counts=TestCounts(passed=3, failed=1), failed_tests=("t::x",)),
        replace(
            RESULT,
            exit_code=1,
            counts=TestCounts(failed=21),
            failed_tests=tuple(f"t::{number}" for number in range(21)),
        ),
        replace(RESULT, coverage=None, coverage_percent=None),
    ],
)
def test_kept_suites__only_a_whole_run_is_kept_whose_few_failures_are_named(
    tmp_path: Path, result: SuiteResult
) -> None:
    with KeptSuites(tmp_path) as kept:
        kept.keep("k", result)
        assert kept.find("k") is None


@pytest.mark.parametrize(
    "value",
    [b"", b"[]", b"{}", b'{"at": 1e6, "result": {"counts": null}}', b'{"at": "x"}', b"\xff"],
)
def test_kept_suites__what_cannot_be_read_is_not_there(tmp_path: Path, value: bytes) -> None:
    with FactCache(tmp_path / FILE_NAME, analyser=VERSION) as cache:
        cache.put_many({"k": value})
        assert cache.get_many(["k"]) == {"k": value}
    with KeptSuites(tmp_path, clock=Clock()) as kept:
        assert kept.find("k") is None


def test_kept_suites__without_a_folder_nothing_is_kept() -> None:
    with KeptSuites(None) as kept:
        kept.keep("k", RESULT)
        assert kept.find("k") is None


def test_suite_runner__runs_the_tests_of_an_unchanged_base_once_and_those_of_the_head_each_time(
    write_tree: WriteTree, tmp_path: Path
) -> None:
    settings = Settings.from_environ({"P2A_DATA_DIR": str(tmp_path / "data")})
    runner = SuiteRunner(
        None, limits=Limits(), settings=settings, needs=NO_BASE, cache=tmp_path / "cache"
    )
    tree = write_tree({"test_random.py": RANDOM})
    first, second = (
        runner.run_base(tree, ["test_random.py"], work=tmp_path / f"base-{number}")
        for number in range(2)
    )
    head = runner.run(tree, ["test_random.py"], work=tmp_path / "head")
    assert len(first.passed_tests) == 1
    assert first.kept_since is None
    assert second == replace(first, kept_since=second.kept_since)
    assert second.kept_since is not None
    assert len(head.passed_tests) == 1
    assert head.passed_tests != first.passed_tests
    assert (tmp_path / "cache" / FILE_NAME).is_file()


MENDED = """
import os
import secrets
import sys

import pytest

class TestOdd:
    @pytest.mark.parametrize("name", ["a::b"])
    def test_fails_under_coverage(self, name):
        assert "coverage" not in sys.modules

def test_fails():
    assert not os.listdir(".")

@pytest.mark.parametrize("name", [secrets.token_hex(8)])
def test(name):
    assert name
"""


def test_suite_runner__a_base_whose_failures_fail_again_is_not_run_whole(
    write_tree: WriteTree, tmp_path: Path
) -> None:
    failing = RANDOM + "\ndef test_fails():\n    assert not pytest\n"
    first, second = run_twice(write_tree({"tests/test_it.py": failing}), tmp_path)
    assert first.failed_tests == ("tests.test_it::test_fails",)
    assert first.counts == TestCounts(passed=1, failed=1)
    assert second == replace(first, kept_since=second.kept_since)
    assert second.kept_since is not None


def test_suite_runner__a_base_with_a_failure_that_passes_alone_is_run_anew(
    write_tree: WriteTree, tmp_path: Path
) -> None:
    first, second = run_twice(write_tree({"tests/test_it.py": MENDED}), tmp_path)
    assert first.failed_tests == (
        "tests.test_it.TestOdd::test_fails_under_coverage[a::b]",
        "tests.test_it::test_fails",
    )
    assert second.failed_tests == first.failed_tests
    assert second.passed_tests != first.passed_tests


def run_twice(tree: Path, place: Path) -> list[SuiteResult]:
    """Return what comes of a base's tests, and of the same tests a second time."""
    settings = Settings.from_environ({"P2A_DATA_DIR": str(place / "data")})
    runner = SuiteRunner(
        None, limits=Limits(), settings=settings, needs=NO_BASE, cache=place / "cache"
    )
    return [
        runner.run_base(tree, ["tests/test_it.py"], work=place / f"base-{number}")
        for number in range(2)
    ]
