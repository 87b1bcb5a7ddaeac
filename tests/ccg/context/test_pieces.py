"""Cutting files into pieces: the same functions and classes that `ast` finds, and every line once."""

import ast
from pathlib import Path

import pytest

from ccg.context.pieces import Kind, Piece, class_header, cut, definitions, mask

ROOT = Path(__file__).parents[3]
OWN = sorted(p for room in ("ccg", "worker", "p2a", "tests") for p in (ROOT / room).rglob("*.py"))

SAMPLE = '''\
"""A module."""

import os
from sys import (
    path,
)

LIMIT = 3


# Says what it is.
@register(
    "x",
)
class Shape(Base):
    """A shape."""

    sides = 0

    @property
    def area(
        self,
    ) -> float:
        text = """
def not_a_function():
    pass
"""
        def inner():
            return 1
        return inner()

    colour = "# no comment"

    class Corner:
        def turn(self): return [
1,
2]


if LIMIT:
    async def wait(): pass
'''


def by_ast(text: str) -> list[tuple[str, int, int, bool]]:
    found: list[tuple[str, int, int, bool]] = []

    def visit(body: ast.AST, outer: str) -> None:
        for node in ast.iter_child_nodes(body):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                start = min([node.lineno, *(each.lineno for each in node.decorator_list)])
                is_function = not isinstance(node, ast.ClassDef)
                found.append((outer + node.name, start, node.end_lineno or 0, is_function))
                if not is_function:
                    visit(node, f"{outer}{node.name}.")
            else:
                visit(node, outer)

    visit(ast.parse(text), "")
    return sorted(found)


def test_definitions__are_those_of_ast_in_a_hard_sample() -> None:
    assert sorted(definitions(mask(SAMPLE))) == by_ast(SAMPLE)
    assert [name for name, *_ in definitions(mask(SAMPLE))] == [
        "Shape",
        "Shape.area",
        "Shape.Corner",
        "Shape.Corner.turn",
        "wait",
    ]


@pytest.mark.parametrize("number", range(6))
def test_definitions__are_those_of_ast_in_real_code(number: int) -> None:
    for file in OWN[number::6]:
        text = file.read_text(encoding="utf-8")
        assert sorted(definitions(mask(text))) == by_ast(text), file


@pytest.mark.parametrize("number", range(6))
def test_cut__covers_every_line_once(number: int) -> None:
    for file in OWN[number::6]:
        text = file.read_text(encoding="utf-8")
        pieces = cut(text, mask(text))
        lines = [line for piece in pieces for line in range(piece.start, piece.end + 1)]
        assert lines == list(range(1, text.count("\n") + 2)) or not pieces
        assert {piece.name for piece in pieces if piece.kind is Kind.FUNCTION} == {
            name for name, *_, is_function in definitions(mask(text)) if is_function
        }


def test_cut__says_what_each_piece_is() -> None:
    found = [(piece.name, piece.kind) for piece in cut(SAMPLE, mask(SAMPLE))]
    assert found == [
        ("", Kind.MODULE),
        ("", Kind.IMPORTS),
        ("", Kind.MODULE),
        ("Shape", Kind.CLASS),
        ("Shape.area", Kind.FUNCTION),
        ("Shape", Kind.CLASS),
        ("Shape.Corner", Kind.CLASS),
        ("Shape.Corner.turn", Kind.FUNCTION),
        ("", Kind.MODULE),
        ("wait", Kind.FUNCTION),
    ]


def test_cut__comments_go_with_what_follows_and_blank_lines_with_what_precedes() -> None:
    text = "def f():\n    pass\n\n\n# Of g.\ndef g():\n    pass\n"
    assert cut(text, mask(text)) == [
        Piece("f", Kind.FUNCTION, 1, 4),
        Piece("g", Kind.FUNCTION, 5, 8),
    ]


def test_cut__a_long_table_is_cut_between_statements() -> None:
    text = "".join(f"NAME_{number} = {number}\n" for number in range(100))
    assert [(p.start, p.end) for p in cut(text, mask(text))] == [(1, 40), (41, 80), (81, 101)]


def test_class_header__without_decorators_and_body() -> None:
    text = "@a\n@b(\n)\nclass C(\n    D,  # :\n):\n    x: int = 0\n\n    class E: pass\n"
    lines = text.split("\n")
    classes = [piece for piece in cut(text, mask(text)) if piece.kind is Kind.CLASS]
    assert [class_header(lines, piece) for piece in classes] == [(4, 6), (9, 9)]
    assert class_header(["x = 1"], Piece("C", Kind.CLASS, 1, 1)) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "# only a comment\n",
        "def f(:\n  print 'two'\n",
        '"""never closed\ndef f(): pass\n',
        "x = 'never closed\ndef f(): pass\n",
        "def f((((\n" * 50,
        "class A:\n\tdef f(self):\n\t\tpass\n",
        "\\\n",
        "\x00\x01\x0c\n\x01def f(): pass",
        "-" * 3000,
        "(" * 10_000,
    ],
)
def test_g14__what_does_not_parse_is_cut_all_the_same(text: str) -> None:
    pieces = cut(text, mask(text))
    lines = [line for piece in pieces for line in range(piece.start, piece.end + 1)]
    assert lines in ([], list(range(1, text.count("\n") + 2)))


@pytest.mark.parametrize(
    "text",
    [
        "def f(\n" + "x\n" * 50_000,
        "class A:\n" + "".join(f"{' ' * n}class A:\n" for n in range(1, 800)),
        "def f(): pass\n" * 20_000,
        '"' * 200_001,
        "'\\" * 100_000,
        "x = {\n" + "1: 2,\n" * 100_000 + "}\n",
    ],
)
@pytest.mark.timeout(20)
def test_g16__a_file_made_to_exhaust_us_ends_soon(text: str) -> None:
    pieces = cut(text, mask(text))
    assert sum(piece.end - piece.start + 1 for piece in pieces) in (0, text.count("\n") + 1)
