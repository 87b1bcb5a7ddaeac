"""Settings by which a change asks less of the coverage: lower thresholds, more that is left out."""

import configparser
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from p2a.domain import Dimension
from quality.analysers.interface import Subject
from quality.analysers.texts import TextFile, read_others
from quality.finding import Confidence, Finding, Severity
from quality.toml_tables import read_toml, table
from quality.tree import SourceTree

VERSION = "2"
_FILES = (".coveragerc", ".coveragerc.toml", "pyproject.toml", "setup.cfg", "tox.ini", "pytest.ini")
_COMMANDS = (
    ".yml",
    ".yaml",
    ".sh",
    ".toml",
    ".cfg",
    ".ini",
    "Makefile",
    "Jenkinsfile",
)
_OPTION = re.compile(r"--(?:cov-)?fail-under[=\s]+(\d+(?:\.\d+)?)")
_LEAVING_OUT = ("omit", "exclude_lines", "exclude_also", "partial_also", "partial_branches")
_USUAL = re.compile(
    r"pragma|TYPE_CHECKING|__main__|NotImplementedError|abstract|overload|__repr__|assert_never"
    r"|\.\.\.|\btests?\b|conftest|setup\.py|/usr|site-packages"
)
"""Patterns that most projects leave out, tests and what never runs in one."""
LOWERED = "{key} was lowered from {before:g} to {now:g}"
GONE = "{key} of {before:g} was removed"
ADDED = "{key} of the coverage leaves out {value} from now on"
HINT_LOWERED = "Keep the threshold, and add the tests that are missing."
HINT_ADDED = "Add a test that reaches it instead."


@dataclass(frozen=True, slots=True)
class _Setting:
    """One value in one file, with the first line that holds it."""

    path: str
    key: str
    value: str
    line: int


class CoverageSettingComparer:
    """Reads the settings of coverage and pytest-cov; ours are not moved by them, a reader may be."""

    name = "coverage_settings"
    dimensions = (Dimension.TEST_COVERAGE,)

    def version(self) -> str:
        """Return the version of our own rules."""
        return VERSION

    def compare(self, head: Subject, base: Subject) -> tuple[Finding, ...]:
        """Judge thresholds and what is left out."""
        now, before = _settings(head.tree), _settings(base.tree)
        return (*_lowered(now, before), *_left_out(now, before))


def _settings(tree: SourceTree) -> tuple[_Setting, ...]:
    found: list[_Setting] = []
    for file in read_others(tree, wanted=_is_wanted):
        for key, value in _values(file):
            place = re.search(rf"(?<![\w.]){re.escape(value)}(?![\w.])", file.text)
            line = file.text.count("\n", 0, place.start()) + 1 if place else 1
            found.append(_Setting(file.path, key, value, line))
    return tuple(found)


def _is_wanted(path: str) -> bool:
    return path.endswith(_COMMANDS) or path.rpartition("/")[2] in _FILES


def _values(file: TextFile) -> Iterator[tuple[str, str]]:
    for match in _OPTION.finditer(file.text):
        yield "the least coverage", match[1]
    name = file.path.rpartition("/")[2]
    if name not in _FILES:
        return
    sections = _toml(file.text) if name.endswith(".toml") else _ini(file.text, name)
    for section in sections:
        if "fail_under" in section:
            yield "the least coverage", str(section["fail_under"]).strip()
        for key in _LEAVING_OUT:
            value = section.get(key, [])
            items = value.split("\n") if isinstance(value, str) else value
            for item in items if isinstance(items, list) else []:
                if str(item).strip():
                    yield key, str(item).strip()


def _toml(text: str) -> list[dict[str, Any]]:
    values = table(read_toml(text), "tool", "coverage").values()
    return [section for section in values if isinstance(section, dict)]


def _ini(text: str, name: str) -> list[dict[str, Any]]:
    parser = configparser.RawConfigParser(strict=False, allow_no_value=True)
    try:
        parser.read_string(text)
    except (configparser.Error, AttributeError):
        # A value that goes on below a key without one is no error of Python's own until 3.13.
        return []
    prefix = "" if name == ".coveragerc" else "coverage:"
    wanted = {f"{prefix}run", f"{prefix}report"}
    return [dict(parser.items(section)) for section in parser.sections() if section in wanted]


def _lowered(now: tuple[_Setting, ...], before: tuple[_Setting, ...]) -> Iterator[Finding]:
    old, new = _thresholds(before), _thresholds(now)
    highest = max((value for value, _ in new.values()), default=None)
    for path, (value, setting) in old.items():
        if path in new and new[path][0] < value:
            lower, place = new[path]
            message = LOWERED.format(key=setting.key, before=value, now=lower)
            yield _finding(place, "coverage-threshold-lowered", message, HINT_LOWERED)
        elif path not in new and (highest is None or highest < value):
            message = GONE.format(key=setting.key, before=value)
            yield _finding(setting, "coverage-threshold-lowered", message, HINT_LOWERED)


def _thresholds(settings: tuple[_Setting, ...]) -> dict[str, tuple[float, _Setting]]:
    """Return the highest threshold of each file."""
    found: dict[str, tuple[float, _Setting]] = {}
    for setting in settings:
        if setting.key in _LEAVING_OUT or not re.fullmatch(r"\d{1,3}(\.\d+)?", setting.value):
            continue
        value = float(setting.value)
        if setting.path not in found or found[setting.path][0] < value:
            found[setting.path] = (value, setting)
    return found


def _left_out(now: tuple[_Setting, ...], before: tuple[_Setting, ...]) -> Iterator[Finding]:
    old = {setting.value for setting in before if setting.key in _LEAVING_OUT}
    for setting in now:
        if setting.key in _LEAVING_OUT and setting.value not in old:
            message = ADDED.format(key=setting.key, value=repr(setting.value))
            yield _finding(setting, "coverage-exclusion-added", message, HINT_ADDED)


def _finding(setting: _Setting, rule: str, message: str, hint: str) -> Finding:
    is_usual = rule == "coverage-exclusion-added" and bool(_USUAL.search(setting.value))
    return Finding(
        path=setting.path,
        start_line=setting.line,
        end_line=setting.line,
        rule=rule,
        severity=Severity.LOW if is_usual else Severity.MEDIUM,
        confidence=Confidence.LOW if is_usual else Confidence.HIGH,
        message=message,
        hint=hint,
        dimension=Dimension.TEST_COVERAGE,
        analyser=CoverageSettingComparer.name,
        anchor=f"{setting.key} {setting.value}",
    )
