"""Which statements can never run, and which only look so."""

import ast

import pytest

from quality.unreachable import unreachable


def lines(body: str) -> list[tuple[int, int, int]]:
    """Return the lines of the way out, and of the first and last statement behind it."""
    code = "def f(a):\n    " + body.replace("\n", "\n    ")
    return [
        (statement.lineno, rest[0].lineno, rest[-1].lineno)
        for statement, rest in unreachable(ast.parse(code))
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return a\na = 1\nprint(a)", (2, 3, 4)),
        ("raise a\nprint(a)", (2, 3, 3)),
        ("for b in a:\n    continue\n    print(b)", (3, 4, 4)),
        ("for b in a:\n    break\n    print(b)", (3, 4, 4)),
        (
            "if a:\n    return 1\nelif a == 2:\n    return 2\nelse:\n    raise a\nprint(a)",
            (2, 8, 8),
        ),
        ("while True:\n    if a:\n        return 1\nprint(a)", (2, 5, 5)),
        ("while True:\n    for b in a:\n        break\nprint(a)", (2, 5, 5)),
        ("try:\n    return a\nexcept OSError:\n    raise\nprint(a)", (2, 6, 6)),
        ("try:\n    print(a)\nfinally:\n    return 1\nprint(a)", (2, 6, 6)),
        (
            "match a:\n    case 1:\n        return 1\n    case _:\n        return 2\nprint(a)",
            (2, 7, 7),
        ),
        ("try:\n    pass\nexcept OSError:\n    return 1\n    print(a)", (5, 6, 6)),
    ],
)
def test_unreachable__code_behind_a_way_out(body: str, expected: tuple[int, int, int]) -> None:
    assert lines(body) == [expected]


@pytest.mark.parametrize(
    "body",
    [
        "if a:\n    return 1\nprint(a)",
        "if a:\n    return 1\nelif a == 2:\n    return 2\nprint(a)",
        "while True:\n    if a:\n        break\nprint(a)",
        "while True:\n    for b in a:\n        pass\n    else:\n        break\nprint(a)",
        "while a:\n    return 1\nprint(a)",
        "for b in a:\n    return b\nprint(a)",
        "with a:\n    return 1\nprint(a)",
        "try:\n    return a\nexcept OSError:\n    pass\nprint(a)",
        "try:\n    pass\nexcept OSError:\n    return a\nprint(a)",
        "match a:\n    case 1:\n        return 1\nprint(a)",
        "match a:\n    case _ if a:\n        return 1\nprint(a)",
        "def g():\n    return 1\nprint(a)",
        "raise NotImplementedError\nyield",
        "return a\nassert_never(a)",
        "while True:\n    pass\nraise AssertionError('never here')",
    ],
)
def test_unreachable__code_that_may_run_or_stands_there_on_purpose(body: str) -> None:
    assert lines(body) == []


def test_g28_unreachable__a_thousand_branches_are_no_recursion() -> None:
    chain = "".join(f"elif a == {number}:\n    return {number}\n" for number in range(2000))
    assert lines(f"if a:\n    return 1\n{chain}else:\n    return 0\nprint(a)") != []
