"""Secrets in the files of a change: found, weighed by where they stand, and never repeated."""

from collections.abc import Callable, Mapping
from pathlib import Path

from p2a.domain import Dimension
from quality.analysers.secrets import SecretAnalyser
from quality.examine import assess
from quality.finding import Confidence, Finding, Severity
from tests.quality.subjects import subject_of

WriteTree = Callable[[Mapping[str, str | bytes]], Path]

TOKEN = "ghp_" + "Zq7Rt2Kp9Xw4Lm8Vb3Nc6Hd1Jf5Gs0TyUeWi"
EXAMPLE = "AKIA" + "IOSFODNN7EXAMPLE"
WORD = "Zq7Rt2Kp9Xw4Lm8Vb3Nc"
KEY = "-----BEGIN " + "PRIVATE KEY-----\n" + "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEA\n"


def analyse(root: Path) -> tuple[Finding, ...]:
    return SecretAnalyser().analyse(subject_of(root)).findings


def test_secrets__m11_are_weighed_by_form_and_place(write_tree: WriteTree) -> None:
    files: dict[str, str | bytes] = {
        "app.py": f"TOKEN = '{TOKEN}'\n",
        "config/app.toml": f'password = "{WORD}"\n',
        "deploy/key": KEY,
        "docs/use.md": f"Set `AWS_KEY` to {EXAMPLE}.\n",
        "tests/data/server.key": KEY,
        "tests/test_app.py": f"TOKEN = '{TOKEN}'\npassword = '{WORD}'\n",
        "readme.md": "No secret.\n",
        "image.png": b"\x89PNG\0" + TOKEN.encode(),
        "large.txt": TOKEN + " " * 1024 * 1024,
    }
    found = {
        (item.path, item.start_line, item.severity, item.confidence)
        for item in analyse(write_tree(files))
    }
    assert found == {
        ("app.py", 1, Severity.HIGH, Confidence.HIGH),
        ("config/app.toml", 1, Severity.HIGH, Confidence.MEDIUM),
        ("deploy/key", 1, Severity.HIGH, Confidence.HIGH),
        ("docs/use.md", 1, Severity.LOW, Confidence.LOW),
        ("tests/data/server.key", 1, Severity.LOW, Confidence.LOW),
        ("tests/test_app.py", 1, Severity.HIGH, Confidence.LOW),
        ("tests/test_app.py", 2, Severity.LOW, Confidence.LOW),
    }


def test_secrets__m11_no_report_repeats_one(write_tree: WriteTree) -> None:
    text = (
        f"import subprocess\npassword = 'hunter2'\nsubprocess.call('{TOKEN}', shell=True)  # noqa\n"
    )
    report = assess(write_tree({"app.py": text}), suite=None)
    rules = {item.rule for item in report.findings}
    assert {"secret-in-code", "B105", "B602", "lint-suppressed"} <= rules
    assert TOKEN not in report.to_json()
    assert "hunter2" not in report.to_json()
    [finding] = [item for item in report.findings if item.rule == "secret-in-code"]
    assert finding.dimension is Dimension.SECURITY
    assert finding.message == "a GitHub token stands in the file"


def test_secrets__m11_another_secret_at_the_same_place_is_another_finding(
    write_tree: WriteTree,
) -> None:
    [one] = analyse(write_tree({"app.py": f"TOKEN = '{TOKEN}'\n"}))
    [moved] = analyse(write_tree({"app.py": f"\n\nTOKEN = '{TOKEN}'\nAGAIN = '{TOKEN}'\n"}))
    [other] = analyse(write_tree({"app.py": f"TOKEN = '{TOKEN[:-1]}x'\n"}))
    assert one.fingerprint == moved.fingerprint != other.fingerprint


def test_secrets__follow_no_link(write_tree: WriteTree, tmp_path: Path) -> None:
    (tmp_path / "outside").write_text(TOKEN, encoding="ascii")
    root = write_tree({"readme.md": ""})
    (root / "link").symlink_to(tmp_path / "outside")
    assert analyse(root) == ()
