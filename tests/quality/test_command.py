from pathlib import Path

import pytest
from typer.testing import CliRunner

from p2a.errors import ConfigurationInvalid
from quality.command import check


def test_check__a_project_without_python(tmp_path: Path) -> None:
    result = CliRunner().invoke(check, [str(tmp_path), "--no-tests"])
    assert result.exit_code == 0
    assert "Security       not measured: there is no Python code to measure" in result.stdout
    assert result.stdout.splitlines()[-1].startswith("Neutral: ")


def test_check__writes_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text('"""A module."""\n', encoding="utf-8")
    output = tmp_path / "report.md"
    arguments = [str(tmp_path), "--no-tests", "--format", "markdown", "--output", str(output)]
    result = CliRunner().invoke(check, arguments)
    assert (result.exit_code, result.stdout) == (0, "")
    assert "| Documentation | 100.0 |" in output.read_text(encoding="utf-8").splitlines()


def test_check__output_that_cannot_be_written(tmp_path: Path) -> None:
    arguments = [str(tmp_path), "--no-tests", "--output", str(tmp_path)]
    result = CliRunner().invoke(check, arguments)
    assert isinstance(result.exception, ConfigurationInvalid)
    assert (result.exception.what, result.exception.why) == (
        f"{tmp_path} cannot be written",
        "Is a directory",
    )


@pytest.mark.parametrize("arguments", [["--minimum", "101"], ["--format", "no"]])
def test_check__usage_errors(arguments: list[str]) -> None:
    assert CliRunner().invoke(check, arguments).exit_code == 2
