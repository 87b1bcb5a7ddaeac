import subprocess
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from p2a.errors import ConfigurationInvalid
from p2a.sandbox.choose import choose_sandbox
from p2a.settings import Settings
from quality.check import CheckRequest, check
from quality.environment import find_environment
from quality.needs.detect import Needs
from quality.suite_result import SuiteResult, TestCounts
from tests.fakes.package_index import PackageIndex, source, wheel

WriteTree = Callable[[Mapping[str, str | bytes]], Path]

ADDER = wheel("adder", {"adder.py": "def add(a, b):\n    return a + b\n"})
PROJECT = {
    "pyproject.toml": "[project]\nname = 'shop'\ndependencies = ['adder>=1']\n",
    "shop.py": "import adder\n\n\ndef total(a, b):\n    return adder.add(a, b)\n",
    "test_shop.py": "import shop\n\n\ndef test_total():\n    assert shop.total(1, 2) == 3\n",
}
TRAP = "import pathlib\npathlib.Path({path!r}).write_text('ran')\n"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.from_environ({"P2A_DATA_DIR": str(tmp_path / "data")})


def suite_of(tree: Path, settings: Settings, *, base: str | None = None) -> SuiteResult:
    """Check a folder and return what came of its tests."""
    checked = check(CheckRequest(tree, base=base), settings=settings, tell=lambda _: None)
    assert checked.report.suite is not None
    return checked.report.suite


def commit(tree: Path) -> str:
    """Make a commit of everything and return its id."""
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    for arguments in (["init", "-q"], ["add", "-A"], [*identity, "commit", "-qm", "a"]):
        subprocess.run(["git", *arguments], cwd=tree, check=True)
    ran = subprocess.run(["git", "rev-parse", "HEAD"], cwd=tree, check=True, capture_output=True)
    return ran.stdout.decode().strip()


def test_check__installs_what_the_tests_need_and_keeps_it(
    write_tree: WriteTree, settings: Settings
) -> None:
    tree = write_tree(PROJECT)
    with PackageIndex(ADDER) as index:
        given = replace(settings, package_index=index.url)
        first = suite_of(tree, given)
    assert first.counts == TestCounts(passed=1), first
    assert first.coverage_percent == 100.0
    second = suite_of(tree, given)  # the index is gone
    assert second.counts == TestCounts(passed=1), second


def test_check__without_an_index_it_says_so(write_tree: WriteTree, settings: Settings) -> None:
    reason = suite_of(write_tree(PROJECT), settings).reason_not_measured
    assert reason == (
        "the tests need modules that are not installed here: adder (dependencies not installed: "
        "P2A_PACKAGE_INDEX=https://pypi.org/simple or a virtual environment in P2A_TEST_ENV gives them)"
    )


def test_check__what_a_change_adds_is_not_installed(
    write_tree: WriteTree, settings: Settings
) -> None:
    base = commit(write_tree({**PROJECT, ".p2a.yml": "setup: {requirements: [adder]}\n"}))
    edited = {
        ".p2a.yml": "setup: {requirements: [adder, other]}\n",
        "test_shop.py": "import other\n\n\ndef test_it():\n    pass\n",
    }
    tree = write_tree(edited)
    with PackageIndex(ADDER, wheel("other", {"other.py": ""})) as index:
        reason = suite_of(
            tree, replace(settings, package_index=index.url), base=base
        ).reason_not_measured
        assert not any("other" in path for path in index.asked)
    assert reason == (
        "the tests need modules that are not installed here: other "
        "(those that the base requires are installed)"
    )


def test_g23__what_would_run_code_is_not_installed(
    write_tree: WriteTree, settings: Settings, tmp_path: Path
) -> None:
    trap = tmp_path / "trap"
    code = TRAP.format(path=str(trap))
    backend = "[build-system]\nrequires = []\nbuild-backend = 'backend'\nbackend-path = ['.']\n"
    tree = write_tree(
        {
            "pyproject.toml": backend + "[project]\nname = 'shop'\n",
            "setup.py": code,
            "backend.py": code,
            "lib/setup.py": code,
            "requirements-dev.txt": "--index-url http://127.0.0.1:9/simple\n-e .\n./lib\n../lib\n"
            "git+ssh://git@127.0.0.1/x.git\nbuilder\nadder\n",
            "test_a.py": "import builder\n\n\ndef test_a():\n    pass\n",
        }
    )
    with PackageIndex(ADDER, source("builder", code)) as index:
        reason = suite_of(tree, replace(settings, package_index=index.url)).reason_not_measured
    assert not trap.exists()
    assert reason == (
        "the tests need modules that are not installed here: builder (dependencies not installed: "
        "builder has no wheel that fits; '../lib' is a path; './lib' is a path; "
        "'git+ssh://git@127.0.0.1/x.git' has an address of its own; "
        "a package index that the repository names is not used)"
    )


@pytest.mark.parametrize(
    ("request_of", "why"),
    [
        (lambda tree: CheckRequest(tree, with_setup=False), "somebody else's repository"),
        (
            lambda tree: CheckRequest(tree, base="0" * 40, is_base_needed=False),
            "the base that says what to install is not here",
        ),
    ],
)
def test_check__installs_only_for_what_may_be_trusted(
    write_tree: WriteTree,
    settings: Settings,
    request_of: Callable[[Path], CheckRequest],
    why: str,
) -> None:
    tree = write_tree(PROJECT)
    commit(tree)
    with PackageIndex(ADDER) as index:
        given = replace(settings, package_index=index.url)
        checked = check(request_of(tree), settings=given, tell=lambda _: None)
        assert index.asked == []
    assert checked.report.suite is not None
    assert why in (checked.report.suite.reason_not_measured or "")


def test_find_environment__makes_the_data_directory_for_its_user_alone(
    settings: Settings, tmp_path: Path
) -> None:
    given = replace(settings, data_dir=tmp_path / "share" / "p2a")
    find_environment(given, Needs(), sandbox=choose_sandbox("auto"))
    assert given.data_dir.stat().st_mode & 0o777 == 0o700
    (tmp_path / "file").touch()
    given = replace(settings, data_dir=tmp_path / "file" / "p2a")
    with pytest.raises(ConfigurationInvalid, match="cannot be made") as caught:
        find_environment(given, Needs(), sandbox=choose_sandbox("auto"))
    assert "P2A_DATA_DIR" in caught.value.next_step


def test_find_environment__the_operators_own_comes_first(
    settings: Settings, tmp_path: Path
) -> None:
    python = tmp_path / "env" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to("/usr/bin/python3")
    given = replace(settings, test_env=tmp_path / "env", package_index="http://127.0.0.1:9")
    found = find_environment(given, Needs(("adder",)), sandbox=choose_sandbox("auto"))
    assert (found.python, found.absences) == (str(python), "")


@pytest.mark.parametrize(
    ("needs", "why"),
    [
        (Needs(), "the repository's files name none; `setup` in .p2a.yml can"),
        (Needs(("adder",)), "the package index 127.0.0.1:9 was not reached"),
        (Needs(refused=tuple("abcdefg")), "a; b; c; d; e; and 2 more"),
    ],
)
def test_find_environment__says_why_nothing_is_installed(
    settings: Settings, needs: Needs, why: str
) -> None:
    given = replace(settings, package_index="http://ann:secret@127.0.0.1:9/secret/simple")
    found = find_environment(given, needs, sandbox=choose_sandbox("auto"))
    assert found.absences == f"dependencies not installed: {why}"
