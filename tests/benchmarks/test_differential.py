"""The tools by hand and `p2a check` agree, on a small project and on a real one that is given.

DIFFERENTIAL_FOLDER=path/to/clone DIFFERENTIAL_BASE=HEAD^ pytest tests/benchmarks/test_differential.py
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.quality.differential import compare, main

BRANCHES = "\n".join(f"    if x == {number}:\n        return {number}" for number in range(12))
FILES = {
    "app/__init__.py": '"""An app."""\n\nfrom app.core import tangled\n',
    "app/compat.py": "from collections import OrderedDict\n\nOLD = 1\n",
    "app/core.py": f'''\
"""The core."""

import hashlib
import json
import os  # noqa: F401

from app.compat import OrderedDict


def tangled(x):
    """Answer."""
{BRANCHES}
    return eval("1")  # nosec


class Tangled:
    """A class."""

    def one(self, x, seen=[]):
        """Answer."""
    {BRANCHES.replace(chr(10), chr(10) + "    ")}
        return hashlib.md5(OrderedDict())


def two():  # pragma: no cover
    """Answer."""
    return undefined
''',
    "app/broken.py": "def f(x, x):\n    return x\n\n\ndef g(y, y):\n    return y\n",
    "tests/test_core.py": """\
import app


def test_tangled():
    assert app.tangled(3) == 3
    assert eval("1")
""",
    "pyproject.toml": "[tool.ruff]\nexclude = ['*']\n[tool.bandit]\nskips = ['B307']\n",
    "setup.cfg": "[radon]\nexclude = *.py\n[coverage:run]\nomit = *\n",
}


def git(folder: Path, *words: str) -> None:
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
    command = ["git", *identity, "-c", "commit.gpgsign=false", "-C", str(folder), *words]
    subprocess.run(command, check=True, capture_output=True)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a repository with a change of one file."""
    root = tmp_path / "project"
    for path, content in FILES.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
    git(tmp_path, "init", "--quiet", "--initial-branch=main", str(root))
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "Start")
    core = FILES["app/core.py"] + "\n\ndef more():\n    return more_undefined\n"
    (root / "app/core.py").write_text(core, encoding="utf-8")
    git(root, "commit", "--quiet", "--all", "--message", "Change")
    return root


def test_differential__p2a_and_the_tools_by_hand_agree(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main([str(project), "--base", "HEAD^"])
    printed = capsys.readouterr().out
    assert "UNEXPLAINED" not in printed, printed
    assert code == 0, printed
    table = printed.partition("\n\n")[0].splitlines()
    rows = {line.split(" | ")[0][2:]: line.split(" | ")[1:] for line in table}
    assert rows["radon cc"] == ["2", "classes 1", "0 |"]
    assert rows["bandit"] == ["1", "nosec 1, tests and scripts 3", "0 |"]
    assert rows["ruff"][1] == "re-exports 2, one syntax error 1, noqa 1"
    assert re.fullmatch(r"left out 4, pragma \d+, tests and scripts \d+", rows["coverage"][1])
    assert "| ratio | " in printed


def test_compare__what_no_reason_explains_is_left() -> None:
    hand = {("a.py", "F821", 1), ("a.py", "F401", 2), ("a.py", "E722", 3)}
    ours = {("a.py", "E722", 3), ("a.py", "E722", 4)}
    result = compare("ruff", hand, ours, {"re-exports": {("a.py", "F401", 2)}})
    assert result.same == 1
    assert result.explained == {"re-exports": [("a.py", "F401", 2)]}
    assert result.unexplained == [
        ("p2a", ("a.py", "E722", 4)),
        ("by hand", ("a.py", "F821", 1)),
    ]


@pytest.mark.skipif("DIFFERENTIAL_FOLDER" not in os.environ, reason="no real project is given")
@pytest.mark.timeout(1800)
def test_differential__a_real_project(capsys: pytest.CaptureFixture[str]) -> None:
    python = os.environ.get("DIFFERENTIAL_PYTHON", sys.executable)
    base = os.environ.get("DIFFERENTIAL_BASE", "HEAD^")
    code = main([os.environ["DIFFERENTIAL_FOLDER"], "--base", base, "--python", python])
    assert code == 0, capsys.readouterr().out
