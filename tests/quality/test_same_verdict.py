"""The same commit gets the same report, whoever asks, where and when, and whatever it configures."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.quality.corpus import FILES
from tests.fakes.git_client import git

BAD = """

def compute(text: str) -> int:
    return int(eval(text))


def hard(code: int) -> int:
""" + "".join(f"    if code == {n}:\n        return {n}\n" for n in range(25))
CHANGED = {**FILES, "src/shop/money.py": FILES["src/shop/money.py"] + BAD}

ONE = {"LC_ALL": "C", "TZ": "UTC", "PYTHONHASHSEED": "1", "USER": "one", "LOGNAME": "one"}
OTHER = {
    "LC_ALL": "C.UTF-8",
    "TZ": "Asia/Kathmandu",
    "PYTHONHASHSEED": "4242",
    "USER": "other",
    "LOGNAME": "other",
    "COLUMNS": "40",
    "PYTHONOPTIMIZE": "1",
}


def make_clone(place: Path, *, backwards: bool = False) -> Path:
    """Write the project and a bad change of it, each a commit of a fixed time, and return it."""
    root = place / "shop"
    root.mkdir(parents=True)
    git("init", "-q", "-b", "main", cwd=root)
    for files in (FILES, CHANGED):
        for path in sorted(files, reverse=backwards):
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(files[path], encoding="utf-8")
        git("add", "-A", cwd=root)
        git("commit", "-qm", "more", cwd=root, date="2026-01-01T00:00:00Z")
    return root


def check(root: Path, env: Mapping[str, str], *options: str, cwd: Path) -> dict[str, Any]:
    """Run `p2a check` as a process of its own and return its report."""
    home = cwd / "home"
    home.mkdir(exist_ok=True)
    program = Path(sys.executable).parent / "p2a"
    given = {"PATH": os.environ["PATH"], "HOME": str(home), "TMPDIR": str(home), **env}
    command = [str(program), "check", str(root), "--base", "HEAD~1", "--format", "json", *options]
    ran = subprocess.run(command, cwd=cwd, env=given, capture_output=True, check=False)
    assert ran.returncode == 0, ran.stderr.decode()
    report: dict[str, Any] = json.loads(ran.stdout)
    return report


def as_text(report: dict[str, Any]) -> str:
    """Return the report without how long its tests took."""
    suite = {name: value for name, value in report["suite"].items() if name != "seconds"}
    return json.dumps({**report, "suite": suite}, sort_keys=True, indent=1)


def test_check__the_same_report_on_two_machines(tmp_path: Path) -> None:
    """Other folder, user, locale, time zone, hash seed, order of files; the tests run as well."""
    texts = []
    for name, env in (("one", ONE), ("a longer name of another", OTHER)):
        place = tmp_path / name
        root = make_clone(place, backwards=env is OTHER)
        report = check(root, env, cwd=place if env is ONE else root)
        assert report["suite"]["reason_not_measured"] is None, report["suite"]
        assert report["scores"]["security"]["delta"] < 0
        texts.append(as_text(report))
    assert texts[0] == texts[1]


MARK = "executed"
HOSTILE = {
    ".coveragerc": "[run]\nomit = *\nplugins = evil\n",
    "setup.cfg": "[bandit]\nskips = B307\nexclude = /\n[tool:pytest]\naddopts = -p evil\n[coverage:run]\nomit = *\n",
    "tox.ini": "[bandit]\nskips = B307\n[radon]\nexclude = *\n[pytest]\naddopts = -p evil\n",
    ".bandit": "[bandit]\nskips: B307\nexclude: /\n",
    "radon.cfg": "[radon]\nexclude = *.py\ncc_min = F\n",
    "ruff.toml": 'exclude = ["*"]\n[lint]\nignore = ["ALL"]\n',
    ".ruff.toml": 'exclude = ["*"]\n[lint]\nignore = ["ALL"]\n',
    "bandit.yaml": "skips: [B307]\n",
    ".pre-commit-config.yaml": "repos: []\n",
    "evil.pth": "import evil\n",
    "evil-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: evil\nVersion: 1.0\n",
    "evil-1.0.dist-info/entry_points.txt": "[pytest11]\nevil = evil\n[bandit.plugins]\nevil = evil\n"
    "[p2a.commands]\nevil = evil:main\n[flake8.extension]\nE = evil\n",
}
CODE = (
    "evil.py",
    "conftest.py",
    "sitecustomize.py",
    "usercustomize.py",
    "radon.py",
    "bandit.py",
    "ruff.py",
    "coverage.py",
    "pytest.py",
    "yaml.py",
    "ast.py",
    "json.py",
    "tomllib.py",
)


def add_hostile(root: Path, mark: Path) -> None:
    """Write configuration and code that must not be obeyed, where git does not track it."""
    code = f"open({str(mark)!r}, 'w').close()\nraise SystemExit(0)\n"
    for path, text in {**HOSTILE, **dict.fromkeys(CODE, code)}.items():
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    names = "".join(f"/{path}\n" for path in (*HOSTILE, *CODE))
    (root / ".git" / "info" / "exclude").write_text(names, encoding="utf-8")


def test_g17_g18__configuration_and_code_in_the_tree_are_not_obeyed(tmp_path: Path) -> None:
    root = make_clone(tmp_path)
    mark = tmp_path / MARK
    plain = check(root, ONE, "--no-tests", cwd=tmp_path)
    add_hostile(root, mark)
    hostile = check(root, ONE, "--no-tests", cwd=root)
    assert hostile["scores"] == plain["scores"]
    assert hostile["findings"] == plain["findings"]
    assert not mark.exists()
    # The test can fail: the code does what it says when it is run.
    subprocess.run([sys.executable, root / "evil.py"], check=True)
    assert mark.exists()
