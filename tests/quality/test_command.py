import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer import BadParameter
from typer.testing import CliRunner

from p2a.errors import ConfigurationInvalid
from quality.command import check
from quality.forms import Format


def test_check__a_project_without_python(tmp_path: Path) -> None:
    result = CliRunner().invoke(check, [str(tmp_path), "--no-tests"])
    assert result.exit_code == 0
    assert "Security       not measured: there is no Python code to measure" in result.stdout
    assert result.stdout.splitlines()[-1].startswith("Neutral: ")


def test_check__needs_no_pydantic(tmp_path: Path) -> None:
    script = (
        "import sys; from quality.command import check; "
        "check(['.', '--no-tests', '--output', 'report.md'], standalone_mode=False); "
        "sys.exit('pydantic' in sys.modules)"
    )
    command = [sys.executable, "-c", script]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)


def test_check__writes_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text('"""A module."""\n', encoding="utf-8")
    output = tmp_path / "report.md"
    arguments = [str(tmp_path), "--no-tests", "--format", "markdown", "--output", str(output)]
    result = CliRunner().invoke(check, arguments)
    assert (result.exit_code, result.stdout) == (0, "")
    assert "| 🟢 | Documentation | 100.0 |" in output.read_text(encoding="utf-8").splitlines()


def test_check__output_that_cannot_be_written(tmp_path: Path) -> None:
    arguments = [str(tmp_path), "--no-tests", "--output", str(tmp_path)]
    result = CliRunner().invoke(check, arguments)
    assert isinstance(result.exception, ConfigurationInvalid)
    assert (result.exception.what, result.exception.why) == (
        f"{tmp_path} cannot be written",
        "Is a directory",
    )


@pytest.mark.parametrize("value", ["101", "-1", "nan", "much"])
def test_check__a_minimum_is_a_score(value: str) -> None:
    result = CliRunner().invoke(check, ["--minimum", value], standalone_mode=False)
    assert isinstance(result.exception, BadParameter)
    assert result.exception.message == f"{value} is no number from 0 to 100"


@pytest.mark.parametrize("arguments", [["--minimum", "101"], ["--format", "no"]])
def test_check__usage_errors(arguments: list[str]) -> None:
    assert CliRunner().invoke(check, arguments).exit_code == 2


@pytest.mark.parametrize(
    ("arguments", "told"),
    [([], "--timing needs --base"), (["--base", "x", "--no-tests"], "no meaning with --no-tests")],
)
def test_check__timing_needs_a_base_and_tests(arguments: list[str], told: str) -> None:
    result = CliRunner().invoke(check, [".", "--timing", *arguments], standalone_mode=False)
    assert isinstance(result.exception, BadParameter)
    assert told in result.exception.message


def test_check__one_measurement_gives_all_forms(tmp_path: Path) -> None:
    names = {
        "--output": "report.json",
        "--sarif": "r.sarif",
        "--junit": "x.xml",
        "--badge": "b.svg",
        "--markdown": "s.md",
    }
    places = {option: tmp_path / name for option, name in names.items()}
    (tmp_path / "a.py").write_text('"""A module."""\n\nx = eval("1")\n', encoding="utf-8")
    options = [part for item in places.items() for part in map(str, item)]
    result = CliRunner().invoke(check, [str(tmp_path), "--no-tests", *options])
    assert (result.exit_code, result.stdout) == (0, "")
    texts = {name: place.read_text(encoding="utf-8") for name, place in places.items()}
    assert json.loads(texts["--output"])["findings"][0]["rule"] == "B307"
    assert json.loads(texts["--sarif"])["runs"][0]["results"][0]["ruleId"] == "B307"
    assert '<testcase classname="p2a.security" name="a.py: B307"' in texts["--junit"]
    assert texts["--badge"].startswith("<svg ")
    assert "| Documentation | 100.0 |" in texts["--markdown"]


@pytest.mark.parametrize(
    ("name", "start"),
    [("a.json", "{"), ("a.md", "#"), ("A.SARIF", "{"), ("a.xml", "<?xml"), ("a.svg", "<svg")],
)
def test_check__a_file_says_its_form_by_its_name(tmp_path: Path, name: str, start: str) -> None:
    arguments = [str(tmp_path), "--no-tests", "--output", str(tmp_path / name)]
    assert CliRunner().invoke(check, arguments).exit_code == 0
    assert (tmp_path / name).read_text(encoding="utf-8").startswith(start)
    assert CliRunner().invoke(check, [*arguments, "--format", "text"]).exit_code == 0
    assert (tmp_path / name).read_text(encoding="utf-8").startswith("Code quality ")


def test_check__says_the_verdict_and_the_files_where_the_report_is_in_one(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text('"""A module."""\n', encoding="utf-8")
    page, badge = tmp_path / "r.html", tmp_path / "b.svg"
    arguments = [str(tmp_path), "--no-tests", "--minimum", "90", "--badge", str(badge)]
    result = CliRunner().invoke(check, [*arguments, "--output", str(page)])
    assert (result.exit_code, result.stdout) == (0, "")
    verdict, *rest = result.stderr.splitlines()
    assert verdict.startswith("Success: ")
    assert rest == [
        f"  written: {page} (text)",
        "  as text: .html names no form of a check; .json, .md, .sarif, .xml, .svg do",
        f"  written: {badge} (badge)",
    ]
    again = CliRunner().invoke(check, [*arguments, "--output", str(page), "--format", "json"])
    assert f"  written: {page} (json)\n  written: {badge} (badge)\n" in again.stderr
    (tmp_path / "b.py").write_text("def f():\n    pass\n", encoding="utf-8")
    failing = [str(tmp_path), "--no-tests", "--minimum", "100", "--output", str(page)]
    result = CliRunner().invoke(check, failing, standalone_mode=False)
    assert result.return_value == 1
    assert result.stderr.startswith("Failure: ")


@pytest.mark.parametrize("form", Format)
def test_check__every_form_on_standard_output(tmp_path: Path, form: Format) -> None:
    result = CliRunner().invoke(check, [str(tmp_path), "--no-tests", "--format", form.value])
    assert (result.exit_code, result.exception) == (0, None)
    assert result.stdout.endswith("\n")


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--sarif", "no/x.sarif"], "there is no folder "),
        (["--junit", "."], "Is a directory"),
        (["--badge", "b.svg", "--output", "./b.svg"], "--output is written to the same file"),
    ],
)
def test_check__finds_out_before_measuring_what_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], why: str
) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(check, ["not there", *options])
    assert isinstance(result.exception, ConfigurationInvalid)
    assert why in result.exception.why
    assert options[0] in result.exception.next_step
    assert list(tmp_path.iterdir()) == []
