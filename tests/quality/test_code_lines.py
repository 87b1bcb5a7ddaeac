import ast
from pathlib import Path

import pytest

from ccg.source import Source
from quality.code_lines import CodeLines
from quality.tree import SourceTree

CODE = "@one\ndef f():\n    return 1\n"


def lines_of(text: str) -> CodeLines:
    return CodeLines(Source("a.py", text, ast.parse(text)))


PADDINGS = {
    "blank": "\n" * 20_000,
    "spaces": " \t\n" * 20_000,
    "comments": "# a\n" * 20_000,
    "continued": "\\\n" * 20_000 + "\n",
    "text": '"""' + "a\n" * 20_000 + '"""\n',
}


@pytest.mark.parametrize("padding", PADDINGS.values(), ids=PADDINGS)
def test_counted__ten_times_the_code_of_a_padded_file(padding: str) -> None:
    assert lines_of(padding + CODE).counted() == 30
    assert lines_of(CODE + padding).counted() == 30


@pytest.mark.parametrize("text", ["", '"""A module."""\n', "# one\n\n\nx = 1\n", CODE, CODE * 9])
def test_counted__all_lines_of_usual_code(text: str) -> None:
    assert lines_of(text).counted() == len(text.removesuffix("\n").split("\n"))


def test_counted__of_a_part() -> None:
    text = 'def f():\n    """Do."""\n' + "\n" * 100 + "    return 1\n\nx = 1\n"
    assert lines_of(text).counted(1, 103) == 20
    assert lines_of(text).counted(3, 102) == 10
    assert lines_of(text).counted(103) == 3


def test_lines__of_a_tree_are_the_product_s_that_count() -> None:
    files = {"a.py": "x = 1\n" + "\n" * 500, "b.py": CODE, "tests/test_a.py": CODE}
    sources = [Source(path, text, ast.parse(text)) for path, text in files.items()]
    assert SourceTree(Path(), tuple(sources), ()).lines == 13
