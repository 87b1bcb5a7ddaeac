import ast

import pytest

from ccg.complexity import cognitive, cyclomatic

CASES = [
    ("nothing", "def f():\n    return 1\n", 1, 0),
    ("if", "def f(a):\n    if a:\n        pass\n", 2, 1),
    ("else", "def f(a):\n    if a:\n        pass\n    else:\n        pass\n", 2, 2),
    (
        "elif_is_not_nested",
        "def f(a):\n    if a:\n        pass\n    elif b:\n        pass\n    else:\n        pass\n",
        3,
        3,
    ),
    (
        "if_within_else_is_nested",
        "def f(a):\n    if a:\n        pass\n    else:\n        if b:\n            pass\n",
        3,
        4,
    ),
    (
        "nesting",
        "def f(a):\n    for x in a:\n        while x:\n            if x:\n                pass\n",
        4,
        6,
    ),
    ("loop_else", "def f(a):\n    for x in a:\n        pass\n    else:\n        pass\n", 2, 2),
    (
        "try",
        "def f():\n    try:\n        pass\n    except E:\n        if a:\n            pass\n",
        3,
        3,
    ),
    ("finally_is_free", "def f():\n    try:\n        pass\n    finally:\n        pass\n", 1, 0),
    ("with_is_free", "def f():\n    with a:\n        if b:\n            pass\n", 2, 1),
    ("one_run_of_and", "def f():\n    return a and b and c\n", 3, 1),
    ("and_or_and", "def f():\n    return a and b or c and d\n", 4, 3),
    ("parentheses_go_on", "def f():\n    return a and (b and c)\n", 3, 1),
    ("not_begins_anew", "def f():\n    return a and not (b and c)\n", 3, 2),
    ("conditional", "def f():\n    return a if b else (c if d else e)\n", 3, 3),
    ("comprehension_is_free", "def f():\n    return [x for x in a if x]\n", 3, 0),
    (
        "match_counts_once",
        "def f(a):\n    match a:\n        case 1:\n            pass\n        case _:\n            if b:\n                pass\n",
        3,
        3,
    ),
    ("recursion", "def f(n):\n    return f(n - 1)\n", 1, 1),
    ("recursion_of_a_method", "def f(self):\n    self.f()\n    f()\n    other.f()\n", 1, 1),
    ("no_recursion_by_a_name_of_a_module", "def f(self):\n    f()\n", 1, 0),
    (
        "nested_function",
        "def f():\n    x = 1\n    def g():\n        if a:\n            pass\n",
        1,
        2,
    ),
    ("lambda", "def f():\n    return lambda: a if b else c\n", 1, 2),
    (
        "wrapper_of_a_decorator",
        'def f(g):\n    """Doc."""\n    def inner():\n        if a:\n            pass\n    return inner\n',
        1,
        1,
    ),
    (
        "wrapper_within_a_factory",
        "def f(g):\n    def inner(h):\n        if a:\n            pass\n    x = 1\n    return inner\n",
        1,
        2,
    ),
]


@pytest.mark.parametrize(
    ("code", "decisions", "effort"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_complexity__of(code: str, decisions: int, effort: int) -> None:
    function = ast.parse(code).body[0]
    assert (cyclomatic(function), cognitive(function)) == (decisions, effort)


def test_cognitive__the_white_papers_sum_of_primes() -> None:
    code = """\
def sum_of_primes(max):
    total = 0
    for i in range(1, max + 1):
        prime = True
        for j in range(2, i):
            if i % j == 0:
                prime = False
                break
        if prime:
            total += i
    return total
"""
    assert cognitive(ast.parse(code).body[0]) == 1 + 2 + 3 + 2


def test_complexity__of_the_constants_that_patterns_hold() -> None:
    code = "def f(a):\n    match a:\n        case True | None | -1.5 | b'x':\n            ...\n"
    assert cognitive(ast.parse(code).body[0]) == 1


def test_cognitive__g16_deep_nesting_needs_no_recursion() -> None:
    depth = 90
    lines = ["def f(a):"] + [f"{' ' * (n + 1)}if a:" for n in range(depth)]
    code = "\n".join([*lines, f"{' ' * (depth + 1)}pass"])
    assert cognitive(ast.parse(code).body[0]) == depth * (depth + 1) // 2
