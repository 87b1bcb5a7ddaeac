"""The door of the demo: what it refuses before anything starts, and what it says at its end."""

from pathlib import Path

import pytest

from p2a.command import main


@pytest.mark.parametrize("missing", ["--repo", "--issue", "--script"])
def test_demo__a_path_that_is_not_there(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    missing: str,
) -> None:
    for name in ("repo", "issue", "script"):
        if name != missing.removeprefix("--"):
            (tmp_path / name).mkdir()
    arguments = [part for name in ("repo", "issue", "script") for part in (f"--{name}", name)]
    monkeypatch.chdir(tmp_path)
    assert main(["demo", *arguments]) == 3
    assert f"{missing.removeprefix('--')} is not there" in capsys.readouterr().err


def test_demo__a_failure_promises_no_pages(
    tmp_path: Path, sample: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    issue, script = tmp_path / "issue.md", tmp_path / "script.json"
    issue.write_text("# Nothing\n\nAt all.\n", encoding="utf-8")
    script.write_text(
        '{"format": "p2a-script/1", "replies": [{"agent": "COORDINATOR", "turn": 0, "text":'
        ' "{\\"kind\\": \\"nothing\\", \\"title\\": \\"No\\", \\"summary\\": \\"No.\\"}"}]}',
        encoding="utf-8",
    )
    given = ["--repo", str(sample), "--issue", str(issue), "--script", str(script)]
    assert main(["demo", "--once", *given]) == 1
    said = capsys.readouterr().out
    assert "nothing is spent, the money shown is what Gemini would ask" in said
    assert "No pull request came of it." in said
    assert "goes on serving" not in said
    assert said.splitlines()[-1].startswith("Without `--once`")
