import json
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from radon.metrics import h_visit
from radon.raw import analyze
from typer.testing import CliRunner

from p2a.effects import Conclusion
from p2a.errors import ConfigurationInvalid, GitFailed
from p2a.settings import Settings
from p2a.tree import SYMLINK, Entry
from quality.check import Checked, CheckRequest, check
from quality.command import check as command
from quality.kept_suites import FILE_NAME
from quality.tree import make_links
from tests.fakes.git_client import git

WriteTree = Callable[[Mapping[str, str | bytes]], Path]

OLD = "def old(x):\n    return eval(x)\n"


@pytest.fixture
def repository(write_tree: WriteTree) -> Path:
    """Return a clone with one commit of two files."""
    root = write_tree({"a.py": OLD, "b.py": OLD, "sub/c.py": OLD})
    git("init", "-q", "-b", "main", cwd=root)
    git("add", "-A", cwd=root)
    git("commit", "-qm", "one", cwd=root)
    return root


def static(path: Path, tmp_path: Path, **options: object) -> Checked:
    """Check a folder without its tests."""
    request = CheckRequest(path, with_tests=False, **options)  # type: ignore[arg-type]
    return check(request, settings=settings(tmp_path), tell=lambda text: None)


def settings(tmp_path: Path, *, sandbox: str = "none") -> Settings:
    """Return settings of a machine that runs no foreign code."""
    return Settings.from_environ({"P2A_DATA_DIR": str(tmp_path / "data"), "P2A_SANDBOX": sandbox})


def test_check__what_git_tracks_or_would_add_counts(repository: Path, tmp_path: Path) -> None:
    (repository / "untracked.py").write_text("eval('1')\n", encoding="ascii")
    (repository / "ignored.py").write_text("eval('1')\n", encoding="ascii")
    (repository / ".gitignore").write_text("ignored.py\n", encoding="ascii")
    (repository / "b.py").unlink()
    report = static(repository, tmp_path).report
    assert {finding.path for finding in report.findings} == {"a.py", "sub/c.py", "untracked.py"}
    assert report.not_analysed == ()


def test_check__folder_within_a_repository(repository: Path, tmp_path: Path) -> None:
    report = static(repository / "sub", tmp_path, base="HEAD").report
    assert report.files_analysed == 1
    assert report.findings == ()


def test_check__a_pipe_in_the_place_of_ignore_rules(repository: Path, tmp_path: Path) -> None:
    (repository / "sub" / "link").symlink_to(repository)
    os.mkfifo(repository / "sub" / ".gitignore")
    with pytest.raises(GitFailed, match=r"sub/\.gitignore is not a file"):
        static(repository, tmp_path)


def test_check__without_git(write_tree: WriteTree, tmp_path: Path) -> None:
    root = write_tree({"a.py": OLD})
    assert static(root, tmp_path).report.files_analysed == 1
    with pytest.raises(ConfigurationInvalid, match="not in a git work tree"):
        static(root, tmp_path, base="HEAD")
    with pytest.raises(ConfigurationInvalid, match="not a folder"):
        static(root / "a.py", tmp_path)


def test_check__a_bare_repository_has_no_work_tree(tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    git("init", "-q", "--bare", str(bare))
    with pytest.raises(ConfigurationInvalid, match="bare is a bare repository"):
        static(bare, tmp_path)


def test_check__a_link_that_stayed_is_no_changed_file(repository: Path, tmp_path: Path) -> None:
    for name in ("kept.py", "moved.py", "made.py"):
        (repository / name).symlink_to("a.py")
    (repository / "made.py").unlink()
    (repository / "made.py").write_text(OLD, encoding="ascii")
    git("add", "-A", cwd=repository)
    git("commit", "-qm", "links", cwd=repository)
    (repository / "moved.py").unlink()
    (repository / "moved.py").symlink_to("b.py")
    (repository / "made.py").unlink()
    (repository / "made.py").symlink_to("a.py")
    comparison = static(repository, tmp_path, base="HEAD").report.comparison
    assert comparison is not None
    assert comparison.changed_files == ("made.py", "moved.py")


def test_check__base_tells_new_from_existing(repository: Path, tmp_path: Path) -> None:
    git("checkout", "-qb", "topic", cwd=repository)
    changed = f"# more\n{OLD}\n\ndef new(y):\n    return eval(y)\n"
    (repository / "a.py").write_text(changed, encoding="ascii")
    git("commit", "-qam", "two", cwd=repository)
    git("checkout", "-q", "main", cwd=repository)
    (repository / "b.py").write_text("x = 1\n", encoding="ascii")
    git("commit", "-qam", "three", cwd=repository)
    git("checkout", "-q", "topic", cwd=repository)
    (repository / "d.py").write_text("assert 1\n", encoding="ascii")
    git("add", "d.py", cwd=repository)
    report = static(repository, tmp_path, base="main").report
    assert report.comparison is not None
    assert report.comparison.base_sha == git("rev-parse", "HEAD~1", cwd=repository)
    assert report.comparison.changed_files == ("a.py", "d.py")
    security = [item for item in report.findings if item.dimension == "security"]
    assert [(item.path, item.start_line, report.is_new(item)) for item in security] == [
        ("a.py", 3, False),
        ("a.py", 7, True),
        ("d.py", 1, True),
    ]


def test_check__a_cache_that_a_change_could_write_is_not_used(
    repository: Path, tmp_path: Path
) -> None:
    (repository / "sub" / "test_it.py").write_text(GOOD_TEST, encoding="ascii")
    git("add", "-A", cwd=repository)
    git("commit", "-qm", "two", cwd=repository)
    inside, outside = repository / "cache", tmp_path / "cache"
    for cache in (inside, outside):
        request = CheckRequest(repository / "sub", base="HEAD", cache=cache)
        check(request, settings=settings(tmp_path, sandbox="auto"), tell=lambda text: None)
    assert not inside.exists()
    assert (outside / FILE_NAME).is_file()


def test_check__a_renamed_file_brings_no_copies(repository: Path, tmp_path: Path) -> None:
    step = "    x = x * {0} + fee(x, item)\n    if x > {0}:\n        log(item)\n"
    body = "".join(step.format(number) for number in range(6))
    for name in "ab":
        text = f"def f_{name}(x, item, fee, log):\n{body}    return x\n"
        (repository / f"{name}.py").write_text(text)
    git("add", "-A", cwd=repository)
    git("commit", "-qm", "two", cwd=repository)
    git("mv", "a.py", "z.py", cwd=repository)
    git("commit", "-qm", "three", cwd=repository)
    report = static(repository, tmp_path, base="HEAD~1").report
    assert "duplicated-code" in {finding.rule for finding in report.findings}
    assert report.comparison is not None
    assert not report.comparison.new
    assert not report.comparison.fixed
    assert report.size == report.comparison.size


def test_check__size_is_radons_of_the_product(repository: Path, tmp_path: Path) -> None:
    texts = {"a.py": "def f(x):\n    return x * 2  # noqa: E501\n", "b.py": "y = 1 + 2\n# twice\n"}
    for name, text in texts.items():
        (repository / name).write_text(text)
    git("add", "-A", cwd=repository)
    git("commit", "-qm", "two", cwd=repository)
    (repository / "b.py").write_text("y = 1 + 2\nz = y - 3\n")
    report = static(repository, tmp_path, base="HEAD").report
    product = [path.read_text() for path in repository.rglob("*.py")]
    raw = [analyze(text) for text in product]
    volumes = [h_visit(text).total.volume for text in product]
    assert report.size["sloc"] == sum(item.sloc for item in raw)
    assert report.size["comments"] == sum(item.comments for item in raw)
    assert report.size["halstead_volume"] == sum(round(volume) for volume in volumes)
    assert report.comparison is not None
    assert report.size["sloc"] - report.comparison.size["sloc"] == 1
    assert report.size["comments"] - report.comparison.size["comments"] == -1


def test_a09__base_that_is_not_in_the_clone(repository: Path, tmp_path: Path) -> None:
    with pytest.raises(GitFailed, match="fetch-depth"):
        static(repository, tmp_path, base="a" * 40)
    checked = static(repository, tmp_path, base="a" * 40, is_base_needed=False)
    assert checked.verdict.conclusion is Conclusion.NEUTRAL
    assert "base" in checked.verdict.reason


def test_check__no_sandbox_is_neutral(repository: Path, tmp_path: Path) -> None:
    checked = check(CheckRequest(repository), settings=settings(tmp_path), tell=lambda text: None)
    assert checked.verdict.conclusion is Conclusion.NEUTRAL
    assert "P2A_SANDBOX is none" in (checked.report.suite.reason_not_measured or "")


def test_check__an_environment_that_is_none_is_refused_at_once(
    repository: Path, tmp_path: Path
) -> None:
    nowhere = replace(settings(tmp_path), test_env=tmp_path / "nowhere")
    with pytest.raises(ConfigurationInvalid, match=r"P2A_TEST_ENV is .*nowhere") as caught:
        check(CheckRequest(repository), settings=nowhere, tell=lambda text: None)
    assert caught.value.next_step.startswith("correct P2A_TEST_ENV")
    request = CheckRequest(repository, with_tests=False)  # then nobody needs it
    assert check(request, settings=nowhere, tell=lambda text: None).exit_code == 0


def test_check__a_data_directory_that_a_change_could_write_is_refused(repository: Path) -> None:
    request, own = CheckRequest(repository / "sub"), settings(repository)
    (repository / ".gitignore").write_text("data\n", encoding="ascii")
    assert check(request, settings=own, tell=lambda text: None).exit_code == 0
    (repository / "data").mkdir(exist_ok=True)
    (repository / "data/tool.py").write_text("", encoding="ascii")
    assert check(request, settings=own, tell=lambda text: None).exit_code == 0
    git("add", "-f", "data/tool.py", cwd=repository)
    with pytest.raises(ConfigurationInvalid, match="where files of the repository lie"):
        check(request, settings=own, tell=lambda text: None)


def test_check__what_moves_into_the_product_is_new(repository: Path, tmp_path: Path) -> None:
    (repository / "examples").mkdir()
    (repository / "examples/engine.py").write_text("def f():\n    return 1\n", encoding="ascii")
    git("add", "-A", cwd=repository)
    git("commit", "-qm", "two", cwd=repository)
    git("mv", "examples/engine.py", "engine.py", cwd=repository)
    git("commit", "-qm", "three", cwd=repository)
    comparison = static(repository, tmp_path, base="HEAD~1").report.comparison
    assert comparison is not None
    assert comparison.touched["engine.py"].lines == {1, 2}
    assert comparison.removed_files == ("examples/engine.py",)


def test_check__minimum(repository: Path, tmp_path: Path) -> None:
    assert static(repository, tmp_path, minimum=100).verdict.conclusion is Conclusion.FAILURE


def run(*arguments: str) -> tuple[int, str]:
    """Run `p2a check` in this process."""
    result = CliRunner().invoke(command, arguments, standalone_mode=False)
    return result.return_value or result.exit_code, result.stdout


def test_command__formats_and_exit_codes(repository: Path, tmp_path: Path) -> None:
    root = str(repository)
    code, text = run(root, "--no-tests", "--format", "json")
    assert code == 0
    assert json.loads(text)["scores"]["overall"]["value"] > 0
    output = tmp_path / "report.md"
    code, text = run(root, "--no-tests", "--format", "markdown", "--output", str(output))
    assert (code, text) == (0, "")
    assert output.read_text(encoding="utf-8").startswith("### ")
    code, text = run(root, "--no-tests", "--minimum", "100")
    assert code == 1
    assert text.splitlines()[-1].startswith("Failure: overall ")


def test_command__minimum_that_could_not_be_measured_fails(write_tree: WriteTree) -> None:
    root = str(write_tree({"README": ""}))
    assert run(root, "--no-tests", "--minimum", "1")[0] == 1
    assert run(root, "--no-tests")[0] == 0


def test_check__a_file_that_cannot_be_read_is_no_success(
    write_tree: WriteTree, tmp_path: Path
) -> None:
    root = write_tree({"a.py": OLD, "shop/bad.py": "def broken(:\n"})
    checked = static(root, tmp_path)
    assert checked.verdict.conclusion is Conclusion.NEUTRAL
    assert "shop/bad.py could not be analysed" in checked.verdict.reason
    assert checked.exit_code == 0
    assert static(root, tmp_path, minimum=1.0).exit_code == 1


def test_check__a_gate_stays_shut_when_the_tests_cannot_be_measured(
    write_tree: WriteTree, tmp_path: Path
) -> None:
    root = write_tree({"a.py": '"""A."""\n'})
    request = CheckRequest(root, minimum=1.0)
    checked = check(request, settings=settings(tmp_path), tell=lambda text: None)
    assert checked.verdict.conclusion is Conclusion.NEUTRAL
    assert checked.verdict.reason.endswith("the minimum of 1 is not shown to be met")
    assert checked.exit_code == 1


GOOD_TEST = "def test_good():\n    pass\n"
BAD_TEST = "def test_bad():\n    assert False\n"
BOTH = GOOD_TEST + BAD_TEST
NEW_BAD_TEST = "def test_newly_bad():\n    assert False\n"
SKIPPED_TEST = f"import pytest\n\n\n@pytest.mark.skip\n{BAD_TEST}"


@pytest.mark.parametrize(
    ("base", "head", "minimum", "conclusion", "reason"),
    [
        (BOTH, GOOD_TEST, 1, Conclusion.NEUTRAL, "only 1 test ran, 2 before"),
        (BOTH, SKIPPED_TEST + GOOD_TEST, None, Conclusion.NEUTRAL, "only 1 test ran"),
        (BOTH, BAD_TEST + GOOD_TEST + "# x\n", None, Conclusion.NEUTRAL, "failed before"),
        (BOTH, BAD_TEST + GOOD_TEST + "# x\n", 1, Conclusion.SUCCESS, "failed before"),
        (BOTH, GOOD_TEST + NEW_BAD_TEST, 1, Conclusion.FAILURE, "1 of 2 tests"),
        (GOOD_TEST, GOOD_TEST + "# x\n", None, Conclusion.SUCCESS, "overall"),
    ],
    ids=["deleted", "skipped", "old", "old with a gate", "new", "same"],
)
@pytest.mark.parametrize("folder", ["", "sub"])
def test_m13__the_tests_are_compared_with_those_of_the_base(
    tmp_path: Path,
    base: str,
    head: str,
    minimum: float | None,
    conclusion: Conclusion,
    reason: str,
    folder: str,
) -> None:
    place = tmp_path / "clone" / folder
    place.mkdir(parents=True)
    root = tmp_path / "clone"
    git("init", "-q", "-b", "main", cwd=root)
    (place / "a.py").write_text('"""A."""\n', encoding="ascii")
    (place / "tests.txt").write_text(base, encoding="ascii")
    # The tests of the base lie behind a link, which must be one again when they are run.
    (place / "test_it.py").symlink_to("tests.txt")
    git("add", "-A", cwd=root)
    git("commit", "-qm", "one", cwd=root)
    (place / "tests.txt").write_text(head, encoding="ascii")
    told: list[str] = []
    checked = check(
        CheckRequest(place, base="HEAD", minimum=minimum),
        settings=settings(tmp_path, sandbox="auto"),
        tell=told.append,
    )
    assert checked.report.suite.is_measured, checked.report.suite
    assert checked.verdict.conclusion is conclusion, checked.verdict
    assert reason in checked.verdict.reason
    assert told == [
        "reading the files while the tests run, the base's too",
        "waiting for the tests in the sandbox",
    ]


CONFTEST = """\
import pytest


def pytest_collection_modifyitems(items):
    for item in items:
        if item.name == "test_total":
            item.add_marker(pytest.mark.xfail)
"""
SETTINGS = "[pytest]\naddopts = -k 'not total'\n"
TOTAL_TEST = "from a import total\n\n\ndef test_total():\n    assert total() == 3\n"


@pytest.mark.parametrize(("name", "text"), [("conftest.py", CONFTEST), ("pytest.ini", SETTINGS)])
def test_check__m13_a_test_that_is_hidden_is_missed_although_another_ran(
    tmp_path: Path, name: str, text: str
) -> None:
    root = tmp_path / "clone"
    (root / "tests").mkdir(parents=True)
    git("init", "-q", "-b", "main", cwd=root)
    product = '"""A."""\n\n\ndef total():\n    """Return the total."""\n    return 3\n'
    (root / "a.py").write_text(product, encoding="ascii")
    (root / "tests" / "test_cart.py").write_text(TOTAL_TEST, encoding="ascii")
    git("add", "-A", cwd=root)
    git("commit", "-qm", "one", cwd=root)
    (root / "a.py").write_text(product.replace("return 3", "return 4"), encoding="ascii")
    (root / name).write_text(text, encoding="ascii")
    (root / "tests" / "test_new.py").write_text(GOOD_TEST, encoding="ascii")
    checked = check(
        CheckRequest(root, base="HEAD"),
        settings=settings(tmp_path, sandbox="auto"),
        tell=lambda text: None,
    )
    assert checked.report.suite.is_measured, checked.report.suite
    assert checked.verdict.conclusion is Conclusion.NEUTRAL
    lost = "tests/test_cart.py::test_total passed before and does not run any more"
    assert checked.verdict.reason == lost


def test_make_links__nothing_behind_a_link_is_touched(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "b").write_text("precious", encoding="ascii")
    root = tmp_path / "tree"
    root.mkdir()
    (root / "a").write_text(str(outside), encoding="ascii")
    (root / "nul").write_bytes(b"a\0b")
    names = ("a", "a/b", "nul", "gone")
    make_links(root, {name: Entry(SYMLINK, "0" * 40, 1) for name in names})
    assert (root / "a").readlink() == outside
    assert (outside / "b").read_text(encoding="ascii") == "precious"
    assert (root / "nul").read_bytes() == b"a\0b"


def test_check__timing_runs_head_and_base_in_turn(tmp_path: Path) -> None:
    root = tmp_path / "clone"
    (root / "shop").mkdir(parents=True)
    (root / "shop" / "__init__.py").write_text('"""A shop."""\n', encoding="ascii")
    (root / "test_it.py").write_text(GOOD_TEST, encoding="ascii")
    git("init", "-q", "-b", "main", cwd=root)
    git("add", "-A", cwd=root)
    git("commit", "-qm", "one", cwd=root)
    checked = check(
        CheckRequest(root, base="HEAD", with_timing=True),
        settings=settings(tmp_path, sandbox="auto"),
        tell=lambda text: None,
    )
    timings = checked.report.timings
    assert [timing.what for timing in timings] == ["Tests", "Import of shop"]
    assert {len(times) for timing in timings for times in (timing.head, timing.base)} == {3}
    assert all(seconds > 0 for timing in timings for seconds in timing.head + timing.base)
