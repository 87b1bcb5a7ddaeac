"""Code that never runs; what somebody may still call is left alone."""

from dataclasses import replace
from pathlib import Path

import pytest

from ccg.graph import Graph
from quality.analysers.dead_code import DeadCodeAnalyser
from quality.finding import Confidence, Severity
from quality.never_named import never_named
from quality.private_use import unused_by_graph
from tests.quality.analysers.subjects import findings_of, subject_of


def unused(tmp_path: Path, files: dict[str, str]) -> list[str]:
    """Return the names of the private definitions that are found."""
    found = findings_of(DeadCodeAnalyser(), tmp_path, files)
    return [item.anchor for item in found if item.rule == "unused-private"]


REGISTRY = """\
class Base:
    known = []
    def __init_subclass__(cls): cls.known.append(cls)
    def run(self): ...
def start(one: Base): one.run()
"""
"""Makes classes that nothing names and knows them all."""


def test_dead_code__a_statement_behind_a_return(tmp_path: Path) -> None:
    code = "def f(a):\n    return a\n    print(a)\n    a += 1\n"
    (finding,) = findings_of(DeadCodeAnalyser(), tmp_path, {"app.py": code})
    assert finding.message == "no run comes to this line: line 2 never goes on"
    assert finding.rule == "unreachable-code"
    assert (finding.start_line, finding.end_line) == (3, 4)
    assert (finding.severity, finding.confidence) == (Severity.MEDIUM, Confidence.HIGH)


def test_dead_code__a_private_function_that_nothing_names(tmp_path: Path) -> None:
    code = "def run():\n    return 1\n\n\ndef _old(n):\n    return _old(n - 1)\n"
    (finding,) = findings_of(DeadCodeAnalyser(), tmp_path, {"app.py": code})
    assert finding.message == "nothing uses the private function _old"
    assert (finding.rule, finding.anchor) == ("unused-private", "_old")
    assert (finding.start_line, finding.end_line) == (5, 6)
    assert (finding.severity, finding.confidence) == (Severity.LOW, Confidence.MEDIUM)


def test_dead_code__private_methods_and_classes(tmp_path: Path) -> None:
    code = "class _Old:\n    pass\n\n\nclass A:\n    def _forgotten(self):\n        pass\n"
    assert unused(tmp_path, {"app.py": code}) == ["_Old", "A._forgotten"]


@pytest.mark.parametrize(
    "rest",
    [
        "_helper()",
        "handlers = {'x': _helper}",
        "getattr(mod, '_helper')",
        "source = 'value = _helper(1)'",
        "getattr(mod, '_hel_%s' % kind), '_help'  # see _helper",
        "def f(a: '_helper'): ...",
    ],
)
def test_dead_code__a_name_that_stands_elsewhere(tmp_path: Path, rest: str) -> None:
    assert unused(tmp_path, {"app.py": f"def _helper():\n    pass\n\n\n{rest}\n"}) == []


@pytest.mark.parametrize(
    "rest",
    [
        "'_get_%s_page' % name",
        "f'_get_{name}'",
        "name + '_page'",
        "'%s_first_page' % name",
        "f'{name}_page'",
    ],
)
def test_dead_code__a_name_that_may_be_put_together(tmp_path: Path, rest: str) -> None:
    code = f"def _get_first_page():\n    pass\n\n\nname = 1\nx = {rest}\n"
    assert unused(tmp_path, {"app.py": code}) == []


@pytest.mark.parametrize(
    "rest",
    ["'my_get_'", "'_get_firsts'", "'%d_page'", "'_pages'", "last_page", "'%s_get_'", "'__page'"],
)
def test_dead_code__a_name_of_whose_parts_none_stands_anywhere(tmp_path: Path, rest: str) -> None:
    code = f"def _get_first_page():\n    pass\n\n\nlast_page = 1\nx = {rest}\n"
    assert unused(tmp_path, {"app.py": code}) == ["_get_first_page"]


@pytest.mark.parametrize(
    "code",
    [
        "@app.route('/')\ndef _index():\n    pass\n",
        "class A:\n    def _repr_html_(self):\n        pass\n",
        "class A:\n    def __enter__(self):\n        pass\n",
        "import argparse\n\nclass A(argparse.Action):\n    def _format(self):\n        pass\n",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    def _only_typed(): ...\n",
        "def public():\n    pass\n",
    ],
)
def test_dead_code__what_others_may_call(tmp_path: Path, code: str) -> None:
    assert unused(tmp_path, {"app.py": code}) == []


def test_dead_code__tests_and_project_files_may_use_it(tmp_path: Path) -> None:
    code = "def _helper():\n    pass\n\n\ndef _main():\n    pass\n"
    others = {
        "tests/test_app.py": "from app import _helper\n\ndef test_a():\n    _helper()\n",
        "pyproject.toml": "[project.scripts]\napp = 'app:_main'\n",
    }
    assert unused(tmp_path, {"app.py": code, **others}) == []


def test_dead_code__without_a_candidate_no_graph_is_built(tmp_path: Path) -> None:
    def refuse() -> Graph:
        raise AssertionError("nobody asked for it")

    subject = replace(subject_of(tmp_path, {"app.py": "def f():\n    pass\n"}), graph=refuse)
    assert DeadCodeAnalyser().analyse(subject).findings == ()


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("class A:\n    def _old(self): pass\n", ["A._old"]),
        ("def f():\n    def _old(): pass\n", ["f._old"]),
        ("from x import B\nclass A(B):\n    def _hook(self): pass\n", []),
        ("class B(ValueError): pass\nclass A(B):\n    def _old(self): pass\n", ["A._old"]),
        ("class B(dict): pass\nclass A(B):\n    def _old(self): pass\n", ["A._old"]),
    ],
)
def test_dead_code__where_the_bases_settle_it_no_graph_is_built(
    tmp_path: Path, code: str, names: list[str]
) -> None:
    def refuse() -> Graph:
        raise AssertionError("nobody asked for it")

    subject = replace(subject_of(tmp_path, {"app.py": code}), graph=refuse)
    found = DeadCodeAnalyser().analyse(subject).findings
    assert [item.anchor for item in found] == names
    told = unused_by_graph(subject_of(tmp_path, {}).graph(), never_named(subject.tree), {})
    assert sorted(private.item.name for private in told) == names


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("class _A:\n    def _old(self): pass\nx = _A()\n", ["_A._old"]),
        ("class _A:\n    def _old(self): pass\n", ["_A"]),
        ("B = make()\nclass A(B):\n    def _old(self): pass\n", ["A._old"]),
        ("def _old(): pass\nclass A:\n    def _old(self): pass\n", ["_old", "A._old"]),
        (f"{REGISTRY}class _A(Base):\n    def run(self): ...\n", []),
        (f"{REGISTRY}class Host:\n    class _A(Base):\n        def run(self): ...\n", []),
        (f"{REGISTRY}class _A(Base): pass\n", ["_A"]),
        (f"class A(x{'.y' * 2000}):\n    def _m(self): pass\ndef _old(): pass\n", ["_old"]),
    ],
)
def test_dead_code__where_they_do_not_the_graph_does(
    tmp_path: Path, code: str, names: list[str]
) -> None:
    assert sorted(unused(tmp_path, {"app.py": code})) == sorted(names)


def test_dead_code__a_class_that_a_package_exports_is_as_one_of_a_public_module(
    tmp_path: Path,
) -> None:
    code = "class A:\n    def _old(self): pass\n\n\nclass B(A):\n    def _older(self): pass\n"
    files = {"p/_x.py": code, "p/__init__.py": "from ._x import A, B\n"}
    found = findings_of(DeadCodeAnalyser(), tmp_path, files)
    assert [item.anchor for item in found] == ["A._old", "B._older"]
    subject = subject_of(tmp_path, files)
    told = unused_by_graph(
        subject.graph(), never_named(subject.tree), {"p/_x.py": frozenset({"A", "B"})}
    )
    assert {private.item.name for private in told} == {"A._old", "B._older"}
