"""How many passes over data multiply in a function."""

import ast

import pytest

from quality.passes import MAX_LOOPS, Callee, Pass, by_parameter, largest, passes


def order(code: str, signature: str = "rows, other, self") -> int:
    """Return the highest order of a function with this body."""
    body = code.replace("\n", "\n    ")
    function = ast.parse(f"def f({signature}):\n    {body}\n").body[0]
    assert isinstance(function, ast.FunctionDef)
    most = largest(passes(function))
    return most.order if most else 0


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("return rows", 0),
        ("for a in (1, 2, 3):\n    print(a)", 0),
        ("for a in range(10):\n    print(a)", 0),
        ("for a in NAMES:\n    for b in NAMES:\n        print(a, b)", 0),
        ("for row in rows:\n    print(row)", 1),
        ("return [row.name for row in rows]", 1),
        ("for row in rows:\n    for cell in row:\n        print(cell)", 1),
        (
            "for row in rows:\n    cells = row.split()\n    for cell in cells:\n        print(cell)",
            1,
        ),
        ("for row in rows:\n    for name in ('a', 'b'):\n        print(row, name)", 1),
        ("for row in rows:\n    pass\nfor one in other:\n    pass", 1),
        ("return sorted(rows)", 1),
        ("for a in rows.split('.'):\n    for b in other.split('.'):\n        print(a, b)", 2),
        ("for row in rows:\n    for a in range(9, -1, -1):\n        print(row, a)", 1),
        ("while rows:\n    rows = rows.next", 0),
        ("for row in rows:\n    for one in other:\n        print(row, one)", 2),
        ("return [a + b for a in rows for b in other]", 2),
        ("return {a: [b for b in other if b > a] for a in rows}", 2),
        ("for row in rows:\n    if any(row == one for one in self.known):\n        print(row)", 2),
        ("for row in rows:\n    print(sum(other))", 2),
        (
            "for row in rows:\n    for a in other:\n        for b in self.names:\n            print(b)",
            3,
        ),
        ("seen = []\nfor row in rows:\n    if row not in seen:\n        seen.append(row)", 2),
        ("seen = set()\nfor row in rows:\n    if row not in seen:\n        seen.add(row)", 1),
        ("seen = []\nfor row in rows:\n    seen.insert(0, row)", 2),
        ("seen = []\nfor row in rows:\n    seen.append(row)", 1),
        ("waiting = list(rows)\nwhile waiting:\n    waiting.pop(0)", 2),
        ("waiting = list(rows)\nwhile waiting:\n    waiting.pop()", 1),
        ("text = ''\nfor row in rows:\n    text += row", 2),
        ("found = []\nfor row in rows:\n    found = found + [row]", 2),
        ("total = 0\nfor row in rows:\n    total += row", 1),
        ("for row in rows:\n    if row in other:\n        print(row)", 1),
    ],
)
def test_passes__order(code: str, expected: int) -> None:
    assert order(code) == expected


def test_passes__an_annotated_parameter_is_a_list() -> None:
    code = "for row in rows:\n    if row in other:\n        print(row)"
    assert order(code, "rows, other: list[str]") == 2
    assert order(code, "rows, other: set[str]") == 1


def call(code: str, callee: Callee) -> int:
    function = ast.parse(f"def f(rows, other, self):\n    {code}\n").body[0]
    assert isinstance(function, ast.FunctionDef)
    most = largest(passes(function, {"find": [callee]}.get))
    return most.order if most else 0


FIND = Callee(("items", "key"), "", {"items": Pass(1, 2, "loops over items", "items")})
METHOD = Callee(("key",), "self", {"self": Pass(1, 2, "loops over self.items", "self")})


@pytest.mark.parametrize(
    ("code", "callee", "expected"),
    [
        ("return [find(other, row) for row in rows]", FIND, 2),
        ("return [find(key=row, items=other) for row in rows]", FIND, 2),
        ("return [find(row, 1) for row in rows]", FIND, 1),
        ("return [find((1, 2), row) for row in rows]", FIND, 1),
        ("return [find(*row) for row in rows]", FIND, 1),
        ("return [self.find(row) for row in rows]", METHOD, 2),
        ("return [row.find(1) for row in rows]", METHOD, 1),
        ("return find(rows, 1)", FIND, 0),
    ],
)
def test_passes__of_a_function_that_is_called(code: str, callee: Callee, expected: int) -> None:
    assert call(code, callee) == expected


def test_g28_passes__a_thousand_branches_are_no_end() -> None:
    chain = "".join(f"elif rows == {number}:\n    return {number}\n" for number in range(2000))
    assert order(f"if rows:\n    return 1\n{chain}") == 0


def test_by_parameter__of_each_the_largest_and_of_equal_ones_the_first() -> None:
    first = Pass(2, 5, "loops over b", "b")
    larger = Pass(3, 7, "loops over a again", "a")
    found = [
        Pass(1, 3, "loops over a", "a"),
        Pass(4, 4, "loops over what it made", ""),
        first,
        Pass(2, 6, "loops over b again", "b"),
        larger,
    ]
    assert by_parameter(found) == {"a": larger, "b": first}


def test_passes__of_all_functions_that_a_call_may_lead_to() -> None:
    code = (
        "def f(a, b):\n    for x in a: pass\n    for x in a:\n        for y in b: pass\n"
        "def g(rows, more):\n    for row in rows:\n        f(row, more)\n        f(more, row)\n"
    )
    callee, caller = ast.parse(code).body
    assert isinstance(callee, ast.FunctionDef)
    assert isinstance(caller, ast.FunctionDef)
    other, none = Callee(("a", "b"), "", by_parameter(passes(callee))), Callee(("a", "b"), "", {})
    most = largest(passes(caller, {"f": [none, other]}.get))
    assert most is not None
    assert most.order == 3


def test_passes__a_ring_of_names_and_a_name_that_is_asked_for_again_have_one_root() -> None:
    code = (
        "def f(rows):\n    a = b.x\n    b = a.y\n    c = rows.z\n    d = c.y\n"
        "    for x in d: pass\n    for x in a: pass\n    for x in c: pass\n    for x in b: pass\n"
    )
    (function,) = ast.parse(code).body
    assert isinstance(function, ast.FunctionDef)
    assert [each.root for each in passes(function)] == ["rows", "", "rows", ""]


def test_passes__more_loops_than_are_followed_are_no_passes() -> None:
    loops = " ".join(f"for a{number} in rows" for number in range(MAX_LOOPS))
    assert order(f"return [1 {loops}]") == MAX_LOOPS
    assert order(f"return [1 {loops} for b in rows]") == 0


@pytest.mark.parametrize("deep", [f"a{'.b' * 1500} = 1", f"(0x{'f' * 5000}).b = 1"])
def test_passes__what_cannot_be_followed_is_nothing(deep: str) -> None:
    function = ast.parse(f"def f(a):\n    for x in a: pass\n    {deep}\n").body[0]
    assert isinstance(function, ast.FunctionDef)
    assert passes(function) == ()
