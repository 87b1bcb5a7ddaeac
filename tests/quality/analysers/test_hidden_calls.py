"""`eval` and `exec` that do not stand there by their names."""

from pathlib import Path

import pytest

from quality.analysers.hidden_calls import HiddenCallAnalyser
from quality.finding import Severity
from tests.quality.analysers.subjects import findings_of


def said(folder: Path, text: str) -> list[str]:
    return [item.message for item in findings_of(HiddenCallAnalyser(), folder, {"a.py": text})]


@pytest.mark.parametrize(
    ("text", "shown", "name"),
    [
        ("import builtins\nbuiltins.eval(text)\n", "builtins.eval", "eval"),
        ("import builtins as b\nb.exec(text)\n", "b.exec", "exec"),
        ("from builtins import eval as look\nlook(text)\n", "look", "eval"),
        ("__builtins__['eval'](text)\n", "__builtins__['eval']", "eval"),
        ("vars(__builtins__)['ev' + 'al'](text)\n", "vars(__builtins__)['ev' + 'al']", "eval"),
        ("__import__('builtins').exec(text)\n", "__import__('builtins').exec", "exec"),
        ("globals()['__builtins__'].eval(text)\n", "globals()['__builtins__'].eval", "eval"),
        ("import builtins\nbuiltins.__dict__['exec'](t)\n", "builtins.__dict__['exec']", "exec"),
        (
            "getattr(__builtins__, ''.join(['ev', 'al']))(text)\n",
            "getattr(__builtins__, ''.join(['ev', 'al']))",
            "eval",
        ),
        ("getattr(__builtins__, 'lave'[::-1])(t)\n", "getattr(__builtins__, 'lave'[::-1])", "eval"),
    ],
)
def test_hidden_calls__eval_and_exec_under_another_name(
    tmp_path: Path, text: str, shown: str, name: str
) -> None:
    assert said(tmp_path, text) == [
        f"{shown} is {name} under another name: it runs code made of text"
    ]


@pytest.mark.parametrize("text", ["f = exec\nf(text)\n", "list(map(exec, texts))\n"])
def test_hidden_calls__eval_and_exec_handed_on(tmp_path: Path, text: str) -> None:
    told = "exec is handed on: whatever calls it under its new name runs code made of text"
    assert said(tmp_path, text) == [told]


def test_hidden_calls__a_name_put_together_from_pieces(tmp_path: Path) -> None:
    text = "import os\n\ngetattr(os, 'sys' + 'tem')(command)\n"
    (finding,) = findings_of(HiddenCallAnalyser(), tmp_path, {"a.py": text})
    assert (finding.rule, finding.start_line, finding.severity) == (
        "hidden-call",
        3,
        Severity.MEDIUM,
    )
    assert finding.message.startswith("getattr(os, 'sys' + 'tem') puts the name")


@pytest.mark.parametrize(
    "text",
    [
        "eval(text)\nexec(text)\n",
        "model.eval()\nframe.eval('a + b')\n",
        "from .table import eval\n\nrun = eval\n",
        "def eval(text):\n    return text\n\n\nrun = eval\n",
        "def apply(exec):\n    return exec\n",
        "import builtins\n\nkind = getattr(builtins, name)\nbuiltins.print(kind)\n",
        "getattr(self, 'visit_' + name)()\ngetattr(self, 'visit')\n",
        "table['eval'](text)\n",
    ],
)
def test_hidden_calls__other_things_are_none(tmp_path: Path, text: str) -> None:
    assert said(tmp_path, text) == []


def test_hidden_calls__of_a_thousand_pieces_or_deep_in_others(tmp_path: Path) -> None:
    pieces = " + ".join(["''"] * 1000)
    assert len(said(tmp_path / "pieces", f"getattr(__builtins__, {pieces} + 'eval')(text)\n")) == 1
    deep = f"getattr(a{'.b' * 900}, 'ev' + 'al')(text)\n"
    assert len(said(tmp_path / "deep", deep)) == 1


def test_hidden_calls__no_finding_repeats_its_line(tmp_path: Path) -> None:
    text = "__builtins__['eval'](text, 'hunter2')\n"
    (finding,) = findings_of(HiddenCallAnalyser(), tmp_path, {"a.py": text})
    assert "hunter2" not in repr(finding)
