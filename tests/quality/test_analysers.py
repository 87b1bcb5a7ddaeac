from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from quality.change import Change
from quality.examine import assess
from quality.finding import Finding, Severity
from quality.measure import NotMeasured
from quality.report import Report
from quality.suite_result import FileCoverage, SuiteResult, TestCounts

WriteTree = Callable[[Mapping[str, str | bytes]], Path]

BRANCHES = "\n".join(f"    if x == {i}:\n        return {i}" for i in range(24))
CODE = {
    "app/__init__.py": '"""An app."""\n',
    "app/core.py": f'''\
"""The core."""

import hashlib


def tangled(x):
    """Answer."""
{BRANCHES}


class Public:
    def undocumented(self):
        return eval("1")  # nosec

    @property
    def size(self):
        """Size."""
        return hashlib.md5(b"x")

    @size.setter
    def size(self, value):
        pass

    def _private(self):
        pass
''',
    "tests/test_core.py": "def test_a():\n    assert eval('1')\n",
    "setup.py": "eval('1')\n",
}


def by_rule(report: Report) -> dict[str, Finding]:
    """Return the last finding of each rule."""
    return {finding.rule: finding for finding in report.findings}


def test_assess__finds_what_each_analyser_looks_for(write_tree: WriteTree) -> None:
    report = assess(write_tree(CODE), suite=None)
    found = by_rule(report)
    assert found.keys() >= {"complex-function", "no-docstring", "B307", "B324", "unused-private"}
    assert "security-suppressed" in found
    assert found["complex-function"].severity is Severity.MEDIUM
    assert found["complex-function"].message.startswith("tangled has a cyclomatic complexity of 25")
    assert {f.message for f in report.findings if f.rule == "no-docstring"} == {
        "the public class Public has no docstring",
        "the public function Public.undocumented has no docstring",
    }
    assert {finding.path for finding in report.findings} == {"app/core.py"}
    assert report.files_analysed == 2


def test_assess__coverage_finds_functions_that_no_test_runs(write_tree: WriteTree) -> None:
    suite = SuiteResult(
        exit_code=0,
        counts=TestCounts(passed=1),
        coverage={"app/core.py": FileCoverage((1, 3, 6, 57, 58), tuple(range(8, 56)))},
    )
    report = assess(write_tree(CODE), suite=suite)
    finding = by_rule(report)["untested-function"]
    assert (finding.path, finding.start_line, finding.anchor) == ("app/core.py", 6, "tangled")
    assert report.scores.by_dimension["test_coverage"] == round(100 * 5 / 53, 1)  # type: ignore[index]


HOSTILE_CONFIGURATION = {
    ".bandit": "[bandit]\nskips = B307,B324\nexclude = /\n",
    "setup.cfg": "[bandit]\nskips = B307\n[radon]\nexclude = *.py\n[flake8]\nignore = B\n",
    "tox.ini": "[radon]\nexclude = *.py\n",
    "pyproject.toml": "[tool.bandit]\nskips = ['B307']\nexclude_dirs = ['app']\n",
    "bandit.yaml": "skips: [B307, B324]\n",
    "radon.cfg": "[radon]\nexclude = *.py\ncc_min = F\n",
    "app/.bandit": "[bandit]\nskips = B307\n",
    ".coveragerc": "[run]\nomit = *\n",
    "radon.py": "raise SystemExit(0)\n",
    "bandit.py": "raise SystemExit(0)\n",
    "yaml.py": "raise SystemExit(0)\n",
    "ast.py": "raise SystemExit(0)\n",
    "sitecustomize.py": "raise SystemExit(0)\n",
    "evil.pth": "import sys; sys.exit(0)\n",
    "conftest.py": "raise SystemExit(0)\n",
}


def test_g17_g18__configuration_of_the_repository_changes_nothing(
    write_tree: WriteTree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [path for path in CODE if path.endswith(".py")]
    root = write_tree(CODE)
    plain = assess(root, suite=None, paths=paths)
    write_tree(HOSTILE_CONFIGURATION)
    monkeypatch.chdir(root)
    monkeypatch.setenv("PYTHONPATH", str(root))
    assert assess(root, suite=None, paths=paths).to_json() == plain.to_json()


def test_g14__hostile_files_become_records(write_tree: WriteTree) -> None:
    files: dict[str, str | bytes] = {
        "good.py": '"""Good."""\n',
        "deep.py": "x = " + "-" * 3000 + "1\n",
        "chain.py": "x = " + " + ".join("a" * 2000) + "\n",
        "nul.py": b"\0",
        "latin.py": b"# \xe9\n",
        "dict.py": "x = {" + ",".join(f"{i}: {i}" for i in range(20_000)) + "}\n",
        "return.py": "a = 1\rb = 2\r",
        "form.py": "x = 1\n\x0c\ny = '''\n'''\n",
        "empty.py": "",
        "end.py": "x = 1\\\n",
    }
    report = assess(write_tree(files), suite=None)
    reasons = {item.path for item in report.not_analysed}
    assert {"deep.py", "nul.py", "latin.py"} <= reasons
    assert "good.py" not in reasons
    assert isinstance(report.scores.overall, float)


def test_assess__declared_encoding_is_applied_once(write_tree: WriteTree) -> None:
    source = "#!/usr/bin/python\n# -*- coding: cp1252 -*-\nx = 'Á' + eval('1')\n"
    report = assess(write_tree({"a.py": source.encode("cp1252", "replace")}), suite=None)
    assert report.not_analysed == ()
    plain = assess(write_tree({"a.py": "x = 'Á' + eval('1')\n"}), suite=None)
    assert by_rule(report)["B307"].fingerprint == by_rule(plain)["B307"].fingerprint


def test_assess__lines_as_python_counts_them(write_tree: WriteTree) -> None:
    report = assess(write_tree({"a.py": "x = 1\n\x0c\ny = '\u2028'\neval(y)\n"}), suite=None)
    finding = by_rule(report)["B307"]
    alone = by_rule(assess(write_tree({"a.py": "eval(y)\n"}), suite=None))["B307"]
    assert (finding.start_line, finding.fingerprint) == (4, alone.fingerprint)


def test_g30__nothing_to_analyse(write_tree: WriteTree) -> None:
    report = assess(write_tree({"README.md": "x"}), suite=None)
    assert report.files_analysed == 0
    assert all(isinstance(value, NotMeasured) for value in report.scores.by_dimension.values())
    assert isinstance(report.scores.overall, NotMeasured)


def test_fingerprint__survives_moved_lines_and_tells_twins_apart(write_tree: WriteTree) -> None:
    one = assess(write_tree({"a.py": "eval(x)\neval(x)\n"}), suite=None)
    prints = [f.fingerprint for f in one.findings if f.rule == "B307"]
    assert len(set(prints)) == 2
    moved = assess(write_tree({"a.py": "\n\n\neval(x)\n# more\n    \neval(x)\n"}), suite=None)
    assert [f.fingerprint for f in moved.findings if f.rule == "B307"] == prints


def test_report__equal_bytes_on_repeat(write_tree: WriteTree) -> None:
    root = write_tree(CODE)
    assert assess(root, suite=None).to_json() == assess(root, suite=None).to_json()


def test_assess__untested_functions_are_new_where_the_change_touches_them(
    write_tree: WriteTree, tmp_path: Path
) -> None:
    before = "def one():\n    return 1\n\n\ndef two():\n    return 2\n"
    root = write_tree({"a.py": "# moved\n" + before.replace("return 2", "return 3")})
    base = tmp_path / "base"
    base.mkdir()
    (base / "a.py").write_text(before, encoding="ascii")
    suite = SuiteResult(
        exit_code=0, counts=TestCounts(passed=1), coverage={"a.py": FileCoverage((2, 6), (3, 7))}
    )
    report = assess(root, suite=suite, change=Change("0" * 40, ("a.py",), base, ("a.py",)))
    untested = [item for item in report.findings if item.rule == "untested-function"]
    assert [(item.anchor, report.is_new(item)) for item in untested] == [
        ("one", False),
        ("two", True),
    ]
