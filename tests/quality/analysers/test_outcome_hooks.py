from pathlib import Path

from quality.analysers.outcome_hooks import OutcomeHookAnalyser
from quality.finding import Finding
from tests.quality.analysers.subjects import subject_of

HOOK = """\
import pytest


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if item.name == "test_rebate":
        report.outcome = "passed"
    return report
"""
OBJECT = """\
class Plugin:
    def pytest_report_teststatus(self, report):
        return "passed", ".", "PASSED"
"""
NAMED = HOOK.replace("wrapper=True", "specname='pytest_runtest_makereport'").replace(
    "def pytest_runtest_makereport", "def pytest_timing"
)
HARMLESS = "def pytest_collection_modifyitems(items):\n    items.sort()\n"


def found(place: Path, files: dict[str, str]) -> tuple[Finding, ...]:
    return OutcomeHookAnalyser().analyse(subject_of(place, files)).findings


def test_outcome_hooks__m13_what_can_turn_a_failure_into_a_pass_is_told(tmp_path: Path) -> None:
    findings = found(
        tmp_path,
        {
            "conftest.py": HOOK,
            "tests/plugin.py": OBJECT,
            "tests/conftest.py": HARMLESS,
            "shop/plugin.py": HOOK,  # a plugin that is the product
            "shop/loaded.py": HOOK,
            "tests/test_a.py": "pytest_plugins = ['shop.loaded']\n",
            "tests/test_b.py": NAMED,
        },
    )
    assert [(item.path, item.start_line, item.message.split()[0]) for item in findings] == [
        ("conftest.py", 5, "pytest_runtest_makereport"),
        ("tests/plugin.py", 2, "pytest_report_teststatus"),
        ("tests/test_b.py", 5, "pytest_timing"),
        ("shop/loaded.py", 5, "pytest_runtest_makereport"),
    ]


def test_outcome_hooks__one_that_says_something_else_is_another_finding(tmp_path: Path) -> None:
    texts = (HOOK, HOOK.replace("test_rebate", "test_total"), f"# moved\n\n{HOOK}")
    marks = [
        found(tmp_path / str(number), {"conftest.py": text})[0].fingerprint
        for number, text in enumerate(texts)
    ]
    assert marks[0] == marks[2] != marks[1]


def test_outcome_hooks__one_that_is_nested_deeply_is_told_too(tmp_path: Path) -> None:
    deep = HOOK.rstrip() + f"\n    call{'.b' * 900}\n"
    assert len(found(tmp_path, {"conftest.py": deep})) == 1
