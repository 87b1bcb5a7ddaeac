"""Bases that the text tells are told; where it leaves a doubt, nothing is said."""

import ast
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from quality.base_classes import BaseClasses, Outside
from quality.tree import read_tree

WriteTree = Callable[[Mapping[str, str | bytes]], Path]


def outside(root: Path, name: str = "A") -> set[str] | None:
    """Return the names of the classes from outside that are above a class of `app.py`."""
    tree = read_tree(root)
    (source,) = (item for item in tree.sources if item.path == "app.py")
    node = next(
        node for node in source.nodes if isinstance(node, ast.ClassDef) and node.name == name
    )
    found = BaseClasses(tree.sources).outside("app.py", node)
    return None if found is None else {item.name for item in found}


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("class A: pass", set()),
        ("class A(ValueError): pass", {"ValueError"}),
        ("import abc\nclass A(abc.ABC): pass", {"abc.ABC"}),
        ("import os.path\nclass A(os.path.B): pass", {"os.path.B"}),
        ("from x import B as C\nclass A(C[int], metaclass=type): pass", {"x.B", "type"}),
        ("from x import B, M\nclass C(metaclass=M): pass\nclass A(C, a=B): pass", {"x.M"}),
        ("class B(dict): pass\nclass A(B): pass", {"dict"}),
        ("from dataclasses import dataclass\n@dataclass\nclass B: pass\nclass A(B): pass", set()),
        ("try:\n    from x import B\nexcept ImportError:\n    from y import B\nclass A(B): pass",
         {"x.B", "y.B"}),
    ],
)  # fmt: skip
def test_outside__what_one_file_tells(write_tree: WriteTree, code: str, expected: set[str]) -> None:
    assert outside(write_tree({"app.py": f"{code}\n"})) == expected


@pytest.mark.parametrize(
    "code",
    [
        "class A(make()): pass",
        "class A(metaclass=make()): pass",
        "B = make()\nclass A(B): pass",
        "for B in bases: pass\nclass A(B): pass",
        "from x import *\nclass A(B): pass",
        "from x import *\nclass A(ValueError): pass",
        "class A(NobodyKnows): pass",
        "class A: pass\nclass A: pass",
        "if x:\n    class B(dict): pass\nelse:\n    class B: pass\nclass A(B): pass",
        "@register\nclass B: pass\nclass A(B): pass",
        "def f():\n    class A: pass",
        "class B:\n    class C: pass\nclass A(B.C): pass",
        "try: pass\nexcept E as B: pass\nclass A(B): pass",
        "match x:\n    case [*B]: pass\nclass A(B): pass",
        "print(B := 1)\nclass A(B): pass",
        "class A(A): pass\ndel A",
        "from app import B\nclass A(B): pass",
        "from x import B\n" * 101 + "class A(B): pass",
        f"class A(B{'.b' * 1500}): pass",
    ],
)
def test_outside__where_the_text_leaves_a_doubt(write_tree: WriteTree, code: str) -> None:
    assert outside(write_tree({"app.py": f"{code}\n"})) is None


@pytest.mark.parametrize(
    ("other", "code", "expected"),
    [
        ({"lib.py": "from http import cookiejar\n"},
         "from lib import cookiejar\nclass A(cookiejar.CookieJar): pass", {"http.cookiejar.CookieJar"}),
        ({"pkg/__init__.py": "from .a import B\n", "pkg/a.py": "class B(list): pass\n"},
         "import pkg\nclass A(pkg.B): pass", {"list"}),
        ({"pkg/__init__.py": "", "pkg/a.py": "class B(list): pass\n"},
         "import pkg.a as x\nclass A(x.B): pass", {"list"}),
        ({"pkg/__init__.py": "", "pkg/a.py": "class B(list): pass\n"},
         "from pkg import a\nclass A(a.B): pass", {"list"}),
        ({"pkg/__init__.py": ""}, "from pkg.gone import B\nclass A(B): pass", None),
        ({"pkg/__init__.py": "from .a import *\n", "pkg/a.py": "class B: pass\n"},
         "from pkg import B\nclass A(B): pass", None),
        ({"a.py": "from b import B\n", "b.py": "from a import B\n"},
         "from a import B\nclass A(B): pass", None),
    ],
)  # fmt: skip
def test_outside__through_the_files_of_the_tree(
    write_tree: WriteTree, other: dict[str, str], code: str, expected: set[str] | None
) -> None:
    assert outside(write_tree({"app.py": f"{code}\n", **other})) == expected


def test_outside__a_ring_that_branches_ends(write_tree: WriteTree) -> None:
    ring = "try:\n    from {0} import B\nexcept E:\n    from {0} import B\n"
    files = {f"m{n}.py": ring.format(f"m{(n + 1) % 40}") for n in range(40)}
    assert outside(write_tree({"app.py": "from m0 import B\nclass A(B): pass\n", **files})) is None


def test_outside__tells_builtins_apart(write_tree: WriteTree) -> None:
    tree = read_tree(write_tree({"app.py": "import x\nclass A(dict, x.dict): pass\n"}))
    (source,) = tree.sources
    (node,) = (node for node in source.nodes if isinstance(node, ast.ClassDef))
    found = BaseClasses(tree.sources).outside("app.py", node)
    assert found == frozenset({Outside("dict", is_builtin=True), Outside("x.dict")})
