from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NoReturn

import pytest

from p2a.domain import Dimension
from quality.analysers.interface import Analysis, Subject
from quality.analysers.lint import LintAnalyser
from quality.analysers.lint_rules import RULES
from quality.finding import Confidence, Finding, Severity, digest
from quality.suite_result import not_run
from quality.tree import read_tree

WriteTree = Callable[[Mapping[str, str | bytes]], Path]
Lint = Callable[[Mapping[str, str | bytes]], Analysis]

CODE = """\
import os


def save(name, seen=[]):
    try:
        seen.append(name)
    except:
        return stroe(name)
    squares = []
    for number in seen:
        squares.append(number * number)
    return squares
"""


@pytest.fixture
def lint(write_tree: WriteTree, tmp_path: Path) -> Lint:
    """Return a function that lints a tree of these files."""

    def run(files: Mapping[str, str | bytes]) -> Analysis:
        tree = read_tree(write_tree(files))
        work = tmp_path / f"work-{len(list(tmp_path.iterdir()))}"
        return LintAnalyser().analyse(Subject(tree, not_run("not asked for"), work, _no_graph))

    return run


def _no_graph() -> NoReturn:
    raise AssertionError("ruff needs no graph")


def rules(analysis: Analysis) -> list[str]:
    return sorted(finding.rule for finding in analysis.findings)


def one(analysis: Analysis, rule: str) -> Finding:
    (found,) = [finding for finding in analysis.findings if finding.rule == rule]
    return found


def test_lint__finds_bugs_and_costs_in_the_product(lint: Lint) -> None:
    analysis = lint({"app/core.py": CODE, "tests/test_core.py": CODE, "setup.py": CODE})
    assert analysis.measure is None
    assert analysis.not_analysed == ()
    assert rules(analysis) == ["B006", "E722", "F401", "F821", "PERF401"]
    assert {finding.path for finding in analysis.findings} == {"app/core.py"}
    found = one(analysis, "F821")
    assert found == Finding(
        path="app/core.py",
        start_line=8,
        end_line=8,
        rule="F821",
        severity=Severity.HIGH,
        confidence=Confidence.HIGH,
        message="undefined name `stroe`",
        hint="Define or import the name, or correct its spelling.",
        dimension=Dimension.CODE_QUALITY,
        analyser="lint",
        anchor=found.anchor,
    )
    assert one(analysis, "F401").hint == "Remove unused import: `os`."
    assert one(analysis, "PERF401").dimension is Dimension.PERFORMANCE


def test_lint__p16_no_comment_hides_a_finding(lint: Lint) -> None:
    plain = {finding.fingerprint for finding in lint({"a.py": "x = undefined\n"}).findings}
    assert len(plain) == 1
    for above in ("# ruff: noqa\n", "# flake8: noqa\n", "# ruff: file-ignore[F821]\n"):
        assert rules(lint({"a.py": above + "x = undefined\n"})) == ["F821"]
    for behind in ("# noqa", "# noqa: F821", "# ruff: ignore[F821]", "# type: ignore"):
        assert rules(lint({"a.py": f"x = undefined  {behind}\n"})) == ["F821"]
    block = "# ruff: disable[F821]\nx = undefined\n# ruff: enable[F821]\n"
    assert rules(lint({"a.py": block})) == ["F821"]


def test_lint__g18_settings_of_the_repository_change_nothing(lint: Lint) -> None:
    plain = lint({"app/core.py": CODE})
    settings = '[lint]\nignore = ["ALL"]\n'
    hostile = {
        "ruff.toml": "exclude = ['*']\n" + settings,
        ".ruff.toml": settings,
        "pyproject.toml": "[tool.ruff]\nexclude = ['*']\nextend = '/etc/hostname'\n",
        "app/ruff.toml": settings,
        ".gitignore": "*\n",
        "ruff/__main__.py": "raise SystemExit(0)\n",
    }
    assert lint({"app/core.py": CODE, **hostile}) == plain


def test_lint__a_file_that_python_does_not_compile(lint: Lint) -> None:
    analysis = lint({"a.py": "def f(x, x, y, y):\n    return undefined\n"})
    found = one(analysis, "invalid-syntax")
    assert (found.severity, found.message) == (Severity.HIGH, 'duplicate parameter "x"')
    assert one(analysis, "F821").start_line == 2


BROKEN = "import os\n\n\ndef x(:\n    return (\n"


def test_lint__a_product_file_that_does_not_parse_is_a_finding_at_its_first_error(
    lint: Lint,
) -> None:
    files = {"a.py": "x = undefined\n", "app/b.py": BROKEN, "tests/test_b.py": BROKEN}
    analysis = lint({**files, "end.py": "x = (\n", "docs/conf.py": BROKEN})
    assert [(item.path, item.start_line, item.rule) for item in analysis.findings] == [
        ("a.py", 1, "F821"),
        ("app/b.py", 4, "syntax-error"),
        ("end.py", 1, "syntax-error"),
    ]
    found = analysis.findings[1]
    assert (found.severity, found.confidence) == (Severity.HIGH, Confidence.HIGH)
    assert found.dimension is Dimension.CODE_QUALITY
    assert found.message.startswith("Python cannot read the file: expected a parameter")
    assert found.anchor == digest("def x(:")


def test_lint__a_product_of_one_file_that_does_not_parse(lint: Lint) -> None:
    assert rules(lint({"app/b.py": BROKEN})) == ["syntax-error"]


def test_lint__newer_syntax_than_that_of_this_python_is_no_syntax_error(lint: Lint) -> None:
    newer = "lazy import os\n\n\nclass A[T = int]:\n    x = t'{os}'\n"  # 3.15, 3.13, 3.14
    assert lint({"a.py": newer, "latin.py": b"x = '\xff'\n"}).findings == ()


@pytest.mark.parametrize("hostile", ["y = (:\nx = " + "-" * 100_000 + "1\n", "def x(:\n" * 200_000])
def test_lint__a_file_made_to_stop_ruff_hides_no_finding(lint: Lint, hostile: str) -> None:
    analysis = lint({"a.py": "x = undefined\n", "b.py": hostile, "c.py": BROKEN})
    assert analysis.measure is None
    assert [(item.path, item.start_line, item.rule) for item in analysis.findings] == [
        ("a.py", 1, "F821"),
        ("b.py", 1, "syntax-error"),
        ("c.py", 4, "syntax-error"),
    ]
    assert analysis.findings[1].message == "neither Python nor ruff can read the file"


REEXPORTS = {
    "app/__init__.py": "from app.core import save\n",
    "app/compat.py": "from collections import OrderedDict, defaultdict\n\nx = 1\n",
    "app/events.py": '"""Names from elsewhere."""\n\nfrom app.compat import *\nimport json\n',
    "app/core.py": "from .compat import OrderedDict\n\nsave = OrderedDict()\n",
    "app/asks.py": "try:\n    import yaml\nexcept ImportError:\n    raise SystemExit(1)\n",
}


def test_lint__an_import_that_others_use_is_not_unused(lint: Lint) -> None:
    analysis = lint(REEXPORTS)
    messages = {(item.path, item.message) for item in analysis.findings}
    assert messages == {("app/compat.py", "`collections.defaultdict` imported but unused")}
    used = "import app.compat\n\ny = app.compat.defaultdict()\n"
    assert lint({**REEXPORTS, "app/more.py": used}).findings == ()


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import time\n\n\ndef f(at=time.time()):\n    return at\n", ["B008"]),
        ("def f(kind=type(None)):\n    return kind\n", []),
        ("from fastapi import Depends\n\n\ndef f(x=Depends(id)):\n    return x\n", []),
        ('__all__ = ["late"]\n\n\ndef __getattr__(name):\n    return name\n', []),
        ('__all__ = ["late"]\n', ["F822"]),
        ("shell = get_ipython()\nprint(_('text'))\n", []),
        ("try:\n    unicode\nexcept NameError:\n    unicode = str\n", []),
        ("def f(x):\n    match x:\n        case {'a': y}:\n            return y\n", []),
    ],
)
def test_lint__knows_what_is_meant(lint: Lint, code: str, expected: list[str]) -> None:
    assert rules(lint({"a.py": code})) == expected


def test_lint__nothing_to_read(lint: Lint) -> None:
    assert lint({"README.md": "x"}) == Analysis(None)


def test_rules__name_a_hint_that_is_a_sentence() -> None:
    hints = {rule.hint for rule in RULES.values() if rule.hint}
    assert {hint for hint in hints if hint[-1] != "." or not hint[0].isupper()} == set()
    assert not [code for code in RULES if code.startswith("S1")]
