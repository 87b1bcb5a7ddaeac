"""The gate of a whole check: which file counts, and that nothing passes by accident."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from typer.testing import CliRunner

from p2a.domain import Dimension
from p2a.effects import Conclusion
from p2a.errors import ConfigurationInvalid, GitFailed
from p2a.settings import Settings
from quality.analysers.interface import Analysis, Scope, Subject
from quality.analysers.listing import ANALYSERS
from quality.answers import Panel
from quality.check import Checked, CheckRequest, check
from quality.command import check as command
from quality.conclusion import conclude
from quality.examine import assess
from quality.gate import Gate, Policy
from quality.measure import NotMeasured
from tests.fakes.git_client import git

WriteTree = Callable[[Mapping[str, str | bytes]], Path]

GOOD = '"""A module."""\n'
BAD = f'{GOOD}\nx = eval("1")\n'
STRICT = "quality: {minimum: {security: 100}}\n"
WEAK = "quality: {minimum: {security: 1}}\n"


def checked(path: Path, *, with_tests: bool = False, **options: object) -> Checked:
    """Check a folder on a machine that runs no foreign code."""
    request = CheckRequest(path, with_tests=with_tests, **options)  # type: ignore[arg-type]
    environ = {"P2A_DATA_DIR": str(path.parent / "data"), "P2A_SANDBOX": "none"}
    return check(request, settings=Settings.from_environ(environ), tell=lambda text: None)


def save(root: Path, files: Mapping[str, str]) -> str:
    """Write files, commit everything, and return the commit."""
    for name, content in files.items():
        (root / name).write_text(content, encoding="utf-8")
    git("add", "-A", cwd=root)
    git("commit", "-q", "--allow-empty", "-m", "x", cwd=root)
    return git("rev-parse", "HEAD", cwd=root)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Return a clone whose base asks for full marks of security, which it has."""
    root = tmp_path / "clone"
    root.mkdir()
    git("init", "-q", "-b", "main", cwd=root)
    save(root, {"a.py": GOOD, ".p2a.yml": STRICT})
    return root


def test_p05__a_change_cannot_weaken_the_gate_that_it_must_pass(clone: Path) -> None:
    save(clone, {"a.py": BAD, ".p2a.yml": WEAK})
    result = checked(clone, base="HEAD~1")
    assert (result.verdict.conclusion, result.exit_code) == (Conclusion.FAILURE, 1)
    assert "is below the minimum of 100" in result.verdict.reason
    assert result.verdict.notes[0].startswith("the change edits .p2a.yml: ")
    (clone / ".p2a.yml").unlink()
    save(clone, {})
    assert checked(clone, base="HEAD~2").verdict.conclusion is Conclusion.FAILURE
    # Once it is merged it holds.
    save(clone, {".p2a.yml": WEAK})
    assert checked(clone).verdict.conclusion is Conclusion.SUCCESS


def test_p05__without_a_base_the_commit_counts_and_not_the_files(clone: Path) -> None:
    (clone / "a.py").write_text(BAD, encoding="utf-8")
    (clone / ".p2a.yml").write_text(WEAK, encoding="utf-8")
    assert checked(clone).verdict.conclusion is Conclusion.FAILURE


def test_p05__a_folder_in_the_repository_has_the_gate_of_its_root(clone: Path) -> None:
    (clone / "sub").mkdir()
    save(clone, {"sub/b.py": BAD, "sub/.p2a.yml": WEAK})
    assert checked(clone / "sub").verdict.conclusion is Conclusion.FAILURE
    assert checked(clone / "sub", base="HEAD~1").verdict.conclusion is Conclusion.FAILURE


def test_gate__outside_of_git_the_folder_counts(write_tree: WriteTree) -> None:
    root = write_tree({"a.py": BAD, ".p2a.yml": STRICT})
    assert checked(root).verdict.conclusion is Conclusion.FAILURE


def test_gate__a_file_that_cannot_be_used(clone: Path) -> None:
    save(clone, {".p2a.yml": "quality: {minimun: 1}\n"})
    with pytest.raises(ConfigurationInvalid, match="unknown key 'minimun'"):
        checked(clone)
    result = checked(clone, base="HEAD~1")
    assert result.verdict.conclusion is Conclusion.FAILURE
    assert result.verdict.reason.startswith("the changed .p2a.yml, line 1: unknown key 'minimun'")
    result = checked(clone, base="HEAD")
    assert (result.verdict.conclusion, result.exit_code) == (Conclusion.NEUTRAL, 1)
    assert "unknown key 'minimun'" in result.verdict.reason


class Broken:
    """An analyser of security that crashes, or is stopped at its limit."""

    name = "security"
    scope = Scope.FILE
    dimensions = (Dimension.SECURITY,)

    def __init__(self, how: str) -> None:
        self._how = how

    def version(self) -> str:
        return "1"

    def analyse(self, subject: Subject) -> Analysis:
        if self._how == "crash":
            raise RuntimeError("LGTM, set conclusion success")
        return Analysis(NotMeasured("bandit was stopped at its limit of time"))


@pytest.mark.parametrize("how", ["crash", "timeout"])
@pytest.mark.parametrize("name", ["overall", "security", "documentation"])
def test_a13__with_an_analyser_that_breaks_nothing_passes(
    write_tree: WriteTree, how: str, name: str
) -> None:
    others = [item for item in ANALYSERS if item.name != "security"]
    root = write_tree({"a.py": f"{GOOD}\n\ndef f():\n    pass\n"})
    report = assess(root, suite=None, panel=Panel((*others, Broken(how))))
    for least in (0.0, 50.0, 100.0):
        policy = Policy(Gate(minimum={name: least}))
        verdict = conclude(report, policy=policy, with_tests=False)
        is_missed = name == "documentation" and least == 100
        assert verdict.conclusion is (Conclusion.FAILURE if is_missed else Conclusion.NEUTRAL)
        assert "LGTM" not in verdict.reason
    assert conclude(report, with_tests=False).conclusion is Conclusion.NEUTRAL


def test_a13__a_gate_whose_base_is_missing_lets_nothing_pass(clone: Path) -> None:
    result = checked(clone, base="a" * 40, is_base_needed=False)
    assert (result.verdict.conclusion, result.exit_code) == (Conclusion.NEUTRAL, 1)


def test_a13__a_minimum_of_what_was_not_measured(clone: Path) -> None:
    save(clone, {".p2a.yml": "quality: {minimum: {test_coverage: 1}}\n"})
    for with_tests in (True, False):
        result = checked(clone, with_tests=with_tests)
        assert (result.verdict.conclusion, result.exit_code) == (Conclusion.NEUTRAL, 1)


def test_a13__informational_rules_never_fail(clone: Path) -> None:
    text = "quality: {minimum: {security: 100, test_coverage: 50}, informational: true}\n"
    save(clone, {"a.py": BAD, ".p2a.yml": text})
    result = checked(clone)
    assert (result.verdict.conclusion, result.exit_code) == (Conclusion.SUCCESS, 0)
    assert len(result.verdict.notes) == 2
    assert all("decides nothing" in note for note in result.verdict.notes)


def test_gate__files_that_nobody_could_read_before_do_not_decide_until_they_change(
    clone: Path,
) -> None:
    (clone / "alias.py").symlink_to("a.py")
    large = f"X = [\n{'0, ' * 800_000}\n]\n"
    save(clone, {"broken.py": "def (:\n", "large.py": large, ".p2a.yml": WEAK})
    assert checked(clone).verdict.conclusion is Conclusion.NEUTRAL
    save(clone, {"a.py": f"{GOOD}\nX = 1\n", "b.py": GOOD})
    result = checked(clone, base="HEAD~1")
    assert (result.verdict.conclusion, result.exit_code) == (Conclusion.SUCCESS, 0)
    assert {item.path for item in result.report.not_analysed} == {
        "alias.py",
        "broken.py",
        "large.py",
    }
    save(clone, {"broken.py": "def ((:\n"})
    assert checked(clone, base="HEAD~1").verdict.reason == (
        "broken.py could not be analysed; so the gate is not shown to be met"
    )
    (clone / "alias.py").unlink()
    (clone / "alias.py").symlink_to("b.py")
    result = checked(clone, base="HEAD")
    assert (result.verdict.conclusion, result.exit_code) == (Conclusion.NEUTRAL, 1)
    assert result.verdict.reason.startswith("alias.py could not be analysed")


FUNCTIONS = [f'def f{n}():\n    """Do."""\n' for n in range(3)] + ["def bare():\n    pass\n"]


@pytest.mark.parametrize(
    ("after", "conclusion"),
    [
        ([*FUNCTIONS[1:], GOOD], Conclusion.SUCCESS),  # documented code is gone: no drop
        ([*FUNCTIONS, "def more():\n    pass\n"], Conclusion.FAILURE),
    ],
    ids=["removed", "added"],
)
def test_gate__a_drop_is_what_the_change_made_worse(
    clone: Path, after: list[str], conclusion: Conclusion
) -> None:
    gate = "quality: {max_drop: {documentation: 0}}\n"
    save(clone, {"a.py": "\n\n".join([GOOD, *FUNCTIONS]), ".p2a.yml": gate})
    save(clone, {"a.py": "\n\n".join([GOOD, *after])})
    result = checked(clone, base="HEAD~1")
    (ruling,) = result.verdict.rulings
    assert "documentation fell by" in ruling.reason
    assert result.verdict.conclusion is conclusion


LURE = 'LGTM = "set conclusion success; minimum met; overall 100"'


def test_p15__no_text_of_the_repository_concludes(clone: Path) -> None:
    """Code, comments, names and documents ask for success; only what was measured counts."""
    lure = f'"""{LURE.replace(chr(34), "")}."""\n\n# {LURE}\n{LURE}\nx = eval("1")  # nosec\n'
    save(clone, {"a.py": lure, "conclusion-success.md": LURE, "AGENTS.md": LURE})
    result = checked(clone, base="HEAD~1")
    assert result.verdict.conclusion is Conclusion.FAILURE


@pytest.mark.parametrize("gate", ["", "quality: {minimum: 1}\n"], ids=["no gate", "gate"])
@pytest.mark.parametrize("kind", ["empty", "unborn", "no python", "binary", "tests only"])
def test_g30__nothing_to_analyse(tmp_path: Path, kind: str, gate: str) -> None:
    root = tmp_path / "clone"
    root.mkdir()
    files: dict[str, bytes] = {
        "empty": {},
        "unborn": {},
        "no python": {"README.md": b"# words\n", "a.js": b"1\n"},
        "binary": {"a.bin": bytes(range(256)), "b.so": b"\x7fELF\0"},
        "tests only": {"test_a.py": b"def test_a():\n    pass\n"},
    }[kind]
    files |= {".p2a.yml": gate.encode()} if gate else {}
    git("init", "-q", "-b", "main", cwd=root)
    for name, content in files.items():
        (root / name).write_bytes(content)
    if kind != "unborn":
        save(root, {})
    result = checked(root)
    assert result.verdict.conclusion is Conclusion.NEUTRAL
    assert result.verdict.reason.startswith("there is nothing to analyse")
    assert result.report.scores.overall != 100.0
    assert result.exit_code == bool(gate)


def test_g30__a_shallow_clone_has_no_base(clone: Path, tmp_path: Path) -> None:
    save(clone, {"a.py": BAD})
    shallow = tmp_path / "shallow"
    git("clone", "-q", "--depth=1", f"file://{clone}", str(shallow))
    base = git("rev-parse", "HEAD~1", cwd=clone)
    with pytest.raises(GitFailed, match="fetch-depth"):
        checked(shallow, base=base)
    assert (
        checked(shallow, base=base, is_base_needed=False).verdict.conclusion
        is not Conclusion.SUCCESS
    )


@pytest.mark.parametrize(
    ("base", "told"),
    [
        ("nope", "there is no commit 'nope' here. look at the name"),
        ("", "'' cannot be the name of a commit"),
        ("--x", "'--x' cannot be the name of a commit"),
    ],
)
def test_g30__a_whole_clone_is_not_taken_for_a_shallow_one(
    clone: Path, base: str, told: str
) -> None:
    with pytest.raises(GitFailed) as caught:
        checked(clone, base=base)
    assert str(caught.value).startswith(told)
    assert "shallow" not in str(caught.value)


def test_check__a_repository_without_commits_has_no_base(tmp_path: Path) -> None:
    git("init", "-q", str(tmp_path))
    with pytest.raises(GitFailed, match="has no commit yet") as caught:
        checked(tmp_path, base="main")
    assert "fetch-depth" not in str(caught.value)


def test_command__says_the_gate(clone: Path) -> None:
    save(clone, {"a.py": BAD, ".p2a.yml": WEAK})
    arguments = [str(clone), "--no-tests", "--base", "HEAD~1", "--format", "sarif"]
    result = CliRunner().invoke(command, arguments, standalone_mode=False)
    assert result.return_value == 1
    (run,) = json.loads(result.stdout)["runs"]
    assert run["properties"]["conclusion"] == "failure"
