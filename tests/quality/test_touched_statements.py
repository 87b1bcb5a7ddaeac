"""Lines that continue a statement stand for its first one."""

import ast

import pytest

from ccg.source import Source, parse_source
from quality.touched_statements import first_lines

TEXT = """\
total = add(
    1,
    # why

    2,
)


@cached(
    size=3,
)
def f(
    a,
    b,
):
    if a and (
        b
    ):
        return 1
    match a:
        case [
            1,
        ]:
            pass
    return (a +
            b)
"""


@pytest.mark.parametrize(
    ("line", "first"),
    [
        (2, 1),
        (3, None),
        (4, None),
        (6, 1),
        (7, None),
        (9, None),
        (10, 9),
        (12, None),
        (14, 12),
        (17, 16),
        (19, None),
        (22, 21),
        (24, None),
        (26, 25),
    ],
)
def test_first_lines__of_the_statement_that_a_line_continues(line: int, first: int | None) -> None:
    source = parse_source("a.py", TEXT.encode())
    assert isinstance(source, Source)
    assert isinstance(source.tree, ast.Module)
    assert first_lines(source, [line]) == {line, *([first] if first else [])}
