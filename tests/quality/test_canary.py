"""What is said of a runner that does not report planted failures, or reports others."""

from pathlib import Path

import pytest

from quality.canary import REPORT, silence

FAILED = '<testcase classname="a" name="b"><failure/></testcase>'


@pytest.mark.parametrize(
    ("failures", "exit_code", "said"),
    [
        (2, 1, ""),
        (1, 1, "1 of 2 planted failing tests were not reported"),
        (3, 1, "2 failing tests were planted, and 3 were reported"),
        (2, 0, "with planted failing tests the runner ended with exit code 0"),
    ],
)
def test_silence__says_what_the_runner_did(
    tmp_path: Path, failures: int, exit_code: int, said: str
) -> None:
    report = f"<testsuites>{FAILED * failures}</testsuites>"
    (tmp_path / REPORT).write_text(report, encoding="ascii")
    assert silence(tmp_path, exit_code=exit_code, planted=2) == said


def test_silence__of_a_runner_without_a_report(tmp_path: Path) -> None:
    assert "the runner left no report of it" in silence(tmp_path, exit_code=1, planted=1)
