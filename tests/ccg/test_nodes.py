"""The walk gives what `ast.walk` gives; an outline has all but the places."""

import ast
from pathlib import Path

import pytest

from ccg.nodes import outline, walk

OWN = sorted((Path(__file__).parents[2] / "ccg" / "syntax").glob("*.py"))


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.stem)
def test_walk__gives_the_nodes_in_the_order_of_the_standard_library(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert walk(tree) == list(ast.walk(tree))
    function = next(node for node in ast.walk(tree) if isinstance(node, ast.stmt))
    assert walk(function) == list(ast.walk(function))


def test_walk__a_node_without_its_fields() -> None:
    call = ast.Call(func=ast.Name("f", ast.Load()), args=[], keywords=[])
    del call.args
    assert walk(call) == list(ast.walk(call))


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("x = 1", "x  =\\\n 1  # c", True),
        ("f(a, *b, c=0x10)", "f(a, *b, c=16)", True),
        ("{**a, 'b': ...}", "{**a, 'b': ...}", True),
        ("x = 1", "x = True", False),
        ("x = 0.0", "x = 0j", False),
        ("x = 'a'", "x = b'a'", False),
        ("f(a, b)", "f(a)", False),
        ("f(a)", "f[a]", False),
        ("x = a - b", "x = a + b", False),
        ("def f(): global a, b", "def f(): global a, c", False),
        ("def f(a, /): pass", "def f(a): pass", False),
        ("x = a", "x: int = a", False),
        ("import a", "import a as b", False),
    ],
)
def test_outline__is_the_same_where_the_dump_is(first: str, second: str, *, expected: bool) -> None:
    one, other = ast.parse(first), ast.parse(second)
    assert (outline(one) == outline(other)) is expected
    assert (ast.dump(one) == ast.dump(other)) is expected


def test_outline__however_deep() -> None:
    code = "if a: pass\n" + "elif a: pass\n" * 900
    assert outline(ast.parse(code)) == outline(ast.parse(code))
    assert outline(ast.parse(code)) != outline(ast.parse(f"{code}else: pass\n"))
