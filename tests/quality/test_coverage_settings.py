"""Settings of coverage that ask for less after a change."""

from pathlib import Path

import pytest

from quality.analysers.coverage_settings import CoverageSettingComparer
from quality.finding import Finding, Severity
from tests.quality.subjects import subject_of


def compare(folder: Path, base: dict[str, str], head: dict[str, str]) -> tuple[Finding, ...]:
    for name, files in (("base", base), ("head", head)):
        (folder / name).mkdir()
        for path, text in files.items():
            (folder / name / path).write_text(text, encoding="utf-8")
    return CoverageSettingComparer().compare(
        subject_of(folder / "head"), subject_of(folder / "base")
    )


PROJECT = "[tool.coverage.report]\nfail_under = {}\n"


@pytest.mark.parametrize(
    ("path", "before", "now", "message"),
    [
        ("pyproject.toml", PROJECT.format(90), PROJECT.format(70), "from 90 to 70"),
        ("pyproject.toml", PROJECT.format(90), "", "of 90 was removed"),
        (".coveragerc", "[report]\nfail_under = 99.5\n", "[report]\nfail_under = 99\n", "to 99"),
        ("setup.cfg", "[coverage:report]\nfail_under=80\n", "[coverage:report]\nfail_under=8\n", "to 8"),
        ("tox.ini", "commands = pytest --cov-fail-under=100\n", "commands = pytest\n", "removed"),
        ("ci.yml", "run: coverage report --fail-under=90\n", "run: coverage report --fail-under 50\n", "to 50"),
    ],
)  # fmt: skip
def test_coverage_settings__m13_a_lower_threshold_is_found(
    tmp_path: Path, path: str, before: str, now: str, message: str
) -> None:
    [finding] = compare(tmp_path, {path: before}, {path: now})
    assert (finding.rule, finding.path) == ("coverage-threshold-lowered", path)
    assert finding.message.startswith("the least coverage")
    assert finding.message.endswith(message) or message in finding.message


@pytest.mark.parametrize(
    ("base", "head"),
    [
        ({"pyproject.toml": PROJECT.format(90)}, {"pyproject.toml": PROJECT.format(95)}),
        ({"pyproject.toml": PROJECT.format(90)}, {".coveragerc": "[report]\nfail_under = 90\n"}),
        ({}, {"pyproject.toml": PROJECT.format(90)}),
        ({"pyproject.toml": "[tool.pylint]\nfail_under = 9\n"}, {"pyproject.toml": ""}),
        ({"pyproject.toml": PROJECT.format(90)}, {"pyproject.toml": PROJECT.format(90) + "x = 1\n"}),
        ({}, {".coveragerc": "[run]\nbranch\n  goes on\n", "pyproject.toml": "number = " + "9" * 5000}),
    ],
)  # fmt: skip
def test_coverage_settings__as_much_or_more_is_none(
    tmp_path: Path, base: dict[str, str], head: dict[str, str]
) -> None:
    assert compare(tmp_path, base, head) == ()


@pytest.mark.parametrize(
    ("path", "text", "found"),
    [
        ("pyproject.toml", '[tool.coverage.run]\nomit = ["app/hard.py"]\n', ["app/hard.py"]),
        ("pyproject.toml", '[tool.coverage.report]\nexclude_also = ["if slow:", "x"]\n', ["if slow:", "x"]),
        (".coveragerc", "[run]\nomit =\n    app/hard.py\n    app/b.py\n", ["app/b.py", "app/hard.py"]),
        ("setup.cfg", "[coverage:report]\nexclude_lines =\n    def hard\n", ["def hard"]),
        ("tox.ini", "[run]\nomit = app.py\n", []),
        ("pyproject.toml", "[tool.coverage.run]\nbranch = true\n", []),
    ],
)  # fmt: skip
def test_coverage_settings__m13_more_that_is_left_out_is_found(
    tmp_path: Path, path: str, text: str, found: list[str]
) -> None:
    findings = compare(tmp_path, {path: ""}, {path: text})
    assert sorted(item.anchor.partition(" ")[2] for item in findings) == found
    assert {item.severity for item in findings} <= {Severity.MEDIUM}


def test_coverage_settings__the_usual_exclusions_weigh_little(tmp_path: Path) -> None:
    text = '[tool.coverage.report]\nexclude_also = ["if TYPE_CHECKING:"]\n'
    [finding] = compare(tmp_path, {}, {"pyproject.toml": text})
    assert finding.severity is Severity.LOW


def test_coverage_settings__what_only_moved_to_another_file_is_none(tmp_path: Path) -> None:
    base = {".coveragerc": "[run]\nomit = app/hard.py\n"}
    head = {"pyproject.toml": '[tool.coverage.run]\nomit = ["app/hard.py"]\n'}
    assert compare(tmp_path, base, head) == ()
