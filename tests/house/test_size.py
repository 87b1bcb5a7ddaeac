"""The size budget: small functions and modules keep the house readable."""

import ast
import io
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("p2a", "ccg", "quality", "worker", "bot", "action", "playground")
LONGEST_FUNCTION = 50
LONGEST_MODULE = 400
NINETIETH_PERCENTILE = 25

_NOT_CODE = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENCODING,
    tokenize.ENDMARKER,
}


def sources() -> list[Path]:
    return [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]


def code_lines(text: str) -> set[int]:
    """Return the numbers of the lines that hold code: no blanks, comments or docstrings."""
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in _NOT_CODE:
            lines.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            for child in node.body:
                if is_text(child):
                    lines -= set(range(child.lineno, (child.end_lineno or 0) + 1))
    return lines


def is_text(node: ast.stmt) -> bool:
    """Tell whether a statement is nothing but a string: a docstring or an attribute's."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def function_sizes(text: str) -> list[tuple[int, str, int]]:
    """Return (code lines, name, line) of each function, an inner one counted in its outer too."""
    lines = code_lines(text)
    return [
        (sum(node.lineno <= n <= (node.end_lineno or 0) for n in lines), node.name, node.lineno)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


@pytest.fixture(scope="module")
def functions() -> list[tuple[int, str]]:
    found = []
    for path in sources():
        for size, name, line in function_sizes(path.read_text(encoding="utf-8")):
            found.append((size, f"{path.relative_to(ROOT)}:{line} {name}"))
    return sorted(found)


def test_functions__none_is_too_long(functions: list[tuple[int, str]]) -> None:
    assert [each for each in functions if each[0] > LONGEST_FUNCTION] == []


def test_functions__nine_in_ten_are_short(functions: list[tuple[int, str]]) -> None:
    assert functions[int(len(functions) * 0.9)][0] <= NINETIETH_PERCENTILE


def test_modules__none_is_too_long() -> None:
    sizes = {
        str(path.relative_to(ROOT)): len(code_lines(path.read_text(encoding="utf-8")))
        for path in sources()
    }
    assert {name: size for name, size in sizes.items() if size > LONGEST_MODULE} == {}


def test_code_lines__count_neither_docstrings_nor_comments() -> None:
    text = (
        '"""A module."""\n\nx = 1  # one\n# none\n\ndef f():\n    """Do."""\n    return """\n"""\n'
    )
    assert code_lines(text) == {3, 6, 8, 9}
    assert function_sizes(text) == [(3, "f", 6)]
