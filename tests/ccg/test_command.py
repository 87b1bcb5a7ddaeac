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


def test_graph__usage_errors(write_tree: WriteTree, tmp_path: Path) -> None:
    root = str(write_tree({"main.py": ""}))
    for arguments in ([str(tmp_path / "no")], [root, "--package", "no"], [root, "--format", "no"]):
        assert CliRunner().invoke(graph, arguments).exit_code == 2
    unwritable = CliRunner().invoke(graph, [root, "--output", str(tmp_path)])
    assert unwritable.exit_code == 2
    assert "cannot be written" in unwritable.stderr
