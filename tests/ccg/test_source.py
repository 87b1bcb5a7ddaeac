import ast

from ccg.source import Source

TEXT = "def f(a):\n    return [a for a in a]\n\nf(1)\n"


def test_nodes__are_all_of_the_tree_level_by_level() -> None:
    source = Source("a.py", TEXT, ast.parse(TEXT))
    names = [type(node).__name__ for node in source.nodes]
    assert names[:6] == ["Module", "FunctionDef", "Expr", "arguments", "Return", "Call"]
    assert source.nodes == tuple(ast.walk(source.tree))
