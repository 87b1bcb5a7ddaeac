"""Our counts are radon's: on odd texts, and on the files of this repository."""

import ast
from pathlib import Path

import pytest
from radon.metrics import mi_visit
from radon.raw import analyze

from ccg.source import Source, parse_source
from quality.analysers.maintainability import file_metrics, tokens_of
from quality.analysers.raw_metrics import RawMetrics, raw_metrics
from quality.analysers.suppressions import without_suppressions

ROOT = Path(__file__).parents[3]
OWN = sorted((ROOT / "quality").rglob("*.py"))
TEXTS = [
    "",
    "\n\n",
    "x",
    "x = 1\n\n\n",
    "# c",
    "'''a\n\nb'''\n",
    "'''a\n\nb'''  # c\n",
    "x = '''a\n\nb'''\n",
    "'a'\n",
    "'a' 'b'\n",
    "('a'\n'b')\n",
    "'a' \\\n'b'\n",
    "'a\\\nb'\n",
    "f'''a\n{x}\nb'''\n",
    "b'''x\ny'''\n",
    "'''x\ny'''; y\n",
    "if x: pass\n",
    "if x: pass; y\n",
    "lambda: x; y\n",
    "x; lambda: y\n",
    "x;\n",
    "x[1:2]; y = [a[1:]]\n",
    "x = {\n 1: 2,  # c\n\n # d\n 3: 4\n}\n",
    "x = (  # c\n    1)\n",
    "(\n)\n",
    "x = 1 + \\\n  2\n",
    "\\\nx = 1\n",
    "class A:\n    '''d'''\n    x: int = 1; y: int\n",
    "@d\ndef f(a: int, b: str = ':') -> int: ...\n",
    "if 1:\n\tx\n\n\t# c\n\ty\n",
    "if a:\n    b\nelse: c\n",
    "match x:\n    case 1: pass\n    case _:\n        y\n",
    "print(f'{x:>{y}}')\n",
    "   \nx\n   \n",
    # Python's lines, and those of `str.splitlines`, are not the same here.
    "x\n\x0c\ny\n",
    "# a \u2028 b\n",
    "def f():\n    '''a\x1cb'''\n",
    # The tokenizer misses an indentation behind a backslash, and refuses the way back to it.
    "if 1:\n\\\n  if 2:\n    x\n  y\n",
    "if 1:\n\\\n  if 2:\n    x\n  y  # \x0c\n",
]

SILENCED = [
    "x = 1 + \\\n  2  # c\n# d",
    "x = (\n  # c\n  # d\n  1,\n)  # c",
    "if a:  # c\n    'b'  # c\n    '''e\n    f'''  # c\n    # c\n",
]


def count(text: str, cleaned: str) -> tuple[RawMetrics, RawMetrics]:
    source = Source("a.py", text, ast.parse(text))
    return raw_metrics(text, cleaned, tokens_of(source))


@pytest.mark.parametrize("text", TEXTS)
def test_raw_metrics__are_radons_on_odd_texts(text: str) -> None:
    ast.parse(text)
    radon = analyze(text)
    found = RawMetrics(radon.sloc, radon.lloc, radon.comments, radon.multi)
    assert count(text, text) == (found, found)


@pytest.mark.parametrize("text", [*TEXTS, *SILENCED])
def test_raw_metrics__of_a_text_without_its_silencing_comments(text: str) -> None:
    text = text.replace("# c", "# noqa").replace("# d", "# why  # noqa")
    cleaned = without_suppressions(Source("a.py", text, ast.parse(text)))
    found = count(text, text)[0], count(cleaned, cleaned)[0]
    assert count(text, cleaned) == found


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.stem)
def test_maintainability__is_radons_to_the_last_digit(path: Path) -> None:
    source = parse_source(path.name, path.read_bytes())
    assert isinstance(source, Source)
    raw, _ = count(source.text, source.text)
    assert file_metrics(source.tree, raw).index == mi_visit(source.text, multi=True)


def test_raw_metrics__a_continued_line_at_the_end_is_counted() -> None:
    text = "x = 1\n'a' \\\n\n"
    ast.parse(text)
    with pytest.raises(SyntaxError):
        analyze(text)
    assert [found.lloc for found in count(text, text)] == [2, 2]
