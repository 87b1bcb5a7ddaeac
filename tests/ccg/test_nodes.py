"""The walk gives what `ast.walk` gives."""

import ast
from pathlib import Path

import pytest

from ccg.nodes import walk

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
