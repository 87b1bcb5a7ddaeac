import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ccg.command import graph

WriteTree = Callable[[Mapping[str, str | bytes]], Path]


def test_graph__callgraph(write_tree: WriteTree) -> None:
    root = write_tree({"main.py": "def f():\n    pass\n\n\nf()\n"})
    result = CliRunner().invoke(graph, [str(root), "--format", "callgraph"])
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {"main": ["main.f"], "main.f": []}


@pytest.mark.parametrize("form", ["text", "json", "mermaid"])
def test_graph__writes_a_file(write_tree: WriteTree, tmp_path: Path, form: str) -> None:
    root, output = write_tree({"main.py": ""}), tmp_path / "out"
    result = CliRunner().invoke(graph, [str(root), "--format", form, "--output", str(output)])
    assert (result.exit_code, result.stdout) == (0, "")
    assert "main" in output.read_text(encoding="utf-8")


def test_graph__usage_errors(write_tree: WriteTree) -> None:
    root = str(write_tree({"main.py": ""}))
    for arguments in ([], [root, "--format", "no"]):
        assert CliRunner().invoke(graph, arguments).exit_code == 2


def test_graph__values_that_cannot_be_used(write_tree: WriteTree, tmp_path: Path) -> None:
    root, absent = str(write_tree({"main.py": ""})), str(tmp_path / "no")
    cases = (
        ([absent], f"p2a: {absent} is not a folder\n  next: give the folder that holds the"),
        ([root, "--package", "no"], f"p2a: there is no package 'no' below {root}\n  next: give"),
        (
            [root, "--focus", "mian"],
            "p2a: there is no 'mian' in the graph\n  why:  the nearest: main\n  next: give",
        ),
        ([root, "--output", root], f"p2a: {root} cannot be written\n  why:  Is a directory\n"),
    )
    for arguments, said in cases:
        result = CliRunner().invoke(graph, arguments)
        assert (result.exit_code, result.stdout) == (3, "")
        assert result.stderr.startswith(said)


def test_graph__root_is_itself_a_package(write_tree: WriteTree) -> None:
    files = {
        "shop/__init__.py": "from shop.cart.total import add\n",
        "shop/cart/__init__.py": "",
        "shop/cart/total.py": "def add():\n    pass\n",
        "shop/till.py": "from shop.cart import total\n\n\ndef pay():\n    total.add()\n",
    }
    root = write_tree(files)
    whole = CliRunner().invoke(graph, [str(root), "--format", "callgraph"])
    inside = CliRunner().invoke(graph, [str(root / "shop"), "--format", "callgraph"])
    assert json.loads(inside.stdout) == json.loads(whole.stdout)
    assert json.loads(inside.stdout)["shop.till.pay"] == ["shop.cart.total.add"]
    deep = CliRunner().invoke(graph, [str(root / "shop" / "cart"), "--format", "callgraph"])
    assert set(json.loads(deep.stdout)) == {
        "shop.cart",
        "shop.cart.total",
        "shop.cart.total.add",
    }


def test_graph__root_of_a_project_is_no_package(write_tree: WriteTree) -> None:
    files = {"__init__.py": "", "pyproject.toml": "", "a.py": "import b\n", "b.py": ""}
    result = CliRunner().invoke(graph, [str(write_tree(files)), "--format", "json"])
    edges = json.loads(result.stdout)["edges"]
    assert ["a", "b"] in [[edge["source"], edge["target"]] for edge in edges]
