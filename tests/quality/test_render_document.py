"""The JSON form is what its published schema says."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from ccg.graph import NotAnalysed
from p2a.settings import Settings
from quality.check import Checked, CheckRequest, check
from quality.conclusion import conclude
from quality.gate import ChangedLines, Gate, Policy
from quality.measure import Measure
from quality.render.document import document, render_json
from quality.report import Comparison
from quality.suite_result import FailedTest, FileCoverage, SuiteResult, TestCounts
from tests.fakes.git_client import git
from tests.fakes.reports import HOSTILE, finding, report

SCHEMA = Path(__file__).parents[2] / "docs" / "report.schema.json"
Errors = Callable[[Any], list[str]]

CODE = '''"""A module."""


def used(x):
    """Return it."""
    return eval(x)


def unused(x):
    return x
'''
TEST = "from a import used\n\n\ndef test_used():\n    assert used('1') == 1\n"
GATE = """
quality:
  minimum: {overall: 1, security: 99.5, performance: 0}
  max_drop: 0
  changed_lines: 100
  informational: [performance]
"""


@pytest.fixture(scope="module")
def errors() -> Errors:
    """Return what the schema has against a document."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema_rs.meta.validate(schema)
    validator = jsonschema_rs.Draft202012Validator(schema)
    return lambda value: [f"{item.instance_path}: {item}" for item in validator.iter_errors(value)]


def test_schema__holds_a_real_report_of_a_change(tmp_path: Path, errors: Errors) -> None:
    root = tmp_path / "clone"
    root.mkdir()
    git("init", "-q", "-b", "main", cwd=root)
    files = {"a.py": CODE, "test_a.py": TEST, ".p2a.yml": GATE, "bad.py": "def (:\n"}
    for name, content in files.items():
        (root / name).write_text(content, encoding="utf-8")
    git("add", "-A", cwd=root)
    git("commit", "-qm", "one", cwd=root)
    changed = CODE.replace("eval(x)", "exec(x)") + "\n\ndef more(x):\n    return used(x)\n"
    (root / "a.py").write_text(changed, encoding="utf-8")
    # No test imports it, and its statement counts all the same.
    (root / "never.py").write_text("x = 1\n", encoding="utf-8")
    environ = {"P2A_DATA_DIR": str(tmp_path / "data")}
    request = CheckRequest(root, base="HEAD")
    checked = check(request, settings=Settings.from_environ(environ), tell=lambda text: None)
    data = json.loads(render_json(checked))
    assert errors(data) == []
    assert data["suite"]["counts"]["failed"] == 1
    assert data["suite"]["failures"] == [
        {
            "test": "test_a::test_used",
            "node_id": "test_a.py::test_used",
            "message": "AssertionError: assert None == 1",
            "place": "test_a.py:5",
            "is_load_error": False,
        }
    ]
    assert {item["is_new"] for item in data["findings"]} == {True, False}
    assert data["comparison"]["fixed"]
    assert data["comparison"]["changed_coverage"] == {"part": 2, "whole": 4, "reason": None}
    assert {item["rule"] for item in data["verdict"]["rulings"]} == {
        "minimum",
        "max_drop",
        "changed_lines",
    }
    (lines,) = [i for i in data["verdict"]["rulings"] if i["rule"] == "changed_lines"]
    assert (lines["outcome"], lines["reason"]) == (
        "missed",
        "tests ran 2 of 4 changed statements (50 %), 100 % are needed",
    )
    assert data["not_analysed"][0]["path"] == "bad.py"


def test_schema__holds_a_report_without_git_or_code(tmp_path: Path, errors: Errors) -> None:
    environ = {"P2A_DATA_DIR": str(tmp_path / "data"), "P2A_SANDBOX": "none"}
    request = CheckRequest(tmp_path)
    checked = check(request, settings=Settings.from_environ(environ), tell=lambda text: None)
    assert errors(json.loads(render_json(checked))) == []


def checked_report() -> Checked:
    """Return a report in which every part has something, hostile texts among it."""
    texts = replace(finding(HOSTILE), path=HOSTILE, message=HOSTILE, hint=HOSTILE, anchor=HOSTILE)
    suite = SuiteResult(
        command=HOSTILE,
        exit_code=1,
        counts=TestCounts(1, 2, 3, 4),
        failed_tests=(HOSTILE,),
        failures=(FailedTest(HOSTILE, HOSTILE, HOSTILE, HOSTILE),),
        output_tail=HOSTILE,
        coverage={HOSTILE: FileCoverage((1,), (2,))},
        coverage_percent=50.0,
    )
    before = report()
    comparison = Comparison(
        "0" * 40,
        (HOSTILE,),
        frozenset({texts.fingerprint}),
        fixed=(texts,),
        scores=before.scores,
        measures={"coverage": Measure(1, 2)},
        changed_coverage=Measure(1, 2),
        lost_tests=(HOSTILE,),
    )
    full = replace(
        report(texts),
        suite=suite,
        comparison=comparison,
        not_analysed=(NotAnalysed(HOSTILE, HOSTILE),),
        trouble=(HOSTILE,),
    )
    gate = Gate({"overall": 1.0}, {"overall": 1.0}, ChangedLines(80))
    return Checked(full, conclude(full, policy=Policy(gate, notes=(HOSTILE,))))


def test_schema__holds_hostile_texts(errors: Errors) -> None:
    text = render_json(checked_report())
    assert text.isascii()
    # The validator takes no lone surrogates, which JSON can hold.
    assert errors(json.loads(text.replace("\\ud800", "?"))) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("more",), 1),
        (("scores", "overall", "value"), 101),
        (("scores", "security", "value"), None),
        (("verdict", "conclusion"), "perfect"),
        (("suite", "failures", 0, "message"), "x" * 201),
        (("suite", "failures", 0, "more"), 1),
        (("findings", 0, "severity"), "grave"),
        (("findings", 0, "more"), 1),
        (("findings", 0, "fingerprint"), "x"),
        (("comparison", "fixed", 0, "is_new"), True),
        (("comparison", "base_sha"), "main"),
    ],
)
def test_schema__refuses_what_a_report_never_says(
    errors: Errors, path: tuple[str | int, ...], value: object
) -> None:
    data: Any = json.loads(json.dumps(document(checked_report())).replace("\\ud800", "?"))
    place = data
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    assert errors(data) != []
