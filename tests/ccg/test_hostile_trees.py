"""Trees that were made to confuse or exhaust the graph: it is built, and says what it left out."""

import json
import os
import subprocess
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from ccg.build import build_graph
from ccg.graph import Graph
from ccg.source import MAX_DEPTH, OTHER_LINES

WriteTree = Callable[[Mapping[str, str | bytes]], Path]
ODD_NAMES = [
    *("new\nline.py", "tab\there.py", "quo'te.py", 'dou"ble.py', " lead.py", "trail .py"),
    *("-rf.py", "--output=pwn.py", "$(id).py", "a;b.py", "\x1b[31mred.py", "::error::x.py"),
    *("<script>.py", "[a].py", ":(top)x.py", "back\\slash.py", "per%cent.py", "a&b.py"),
]


def paths(graph: Graph) -> list[str]:
    return sorted(node.path for node in graph.nodes if node.type.value == "Module")


def test_build_graph__g08_odd_names(write_tree: WriteTree) -> None:
    root = write_tree(dict.fromkeys(ODD_NAMES, "def f():\n    pass\n\n\nf()\n"))
    graph = build_graph(root)
    told = [file.path for file in graph.metadata.files_not_analysed]
    assert sorted([*paths(graph), *told]) == sorted(ODD_NAMES)
    assert sum(edge.type.value == "calls" for edge in graph.edges) == len(paths(graph))
    text = graph.to_json()
    assert Graph.from_json(text) == graph
    assert "\x1b" not in text
    assert text.isascii()


def test_build_graph__g08_a_name_that_is_no_text(write_tree: WriteTree) -> None:
    root = write_tree({"a.py": "def f(): pass\n"})
    Path(os.fsdecode(os.fsencode(root) + b"/x\xffy.py")).write_text(
        "def g(): pass\n", encoding="utf-8"
    )
    graph = build_graph(root)
    told = [file.path for file in graph.metadata.files_not_analysed]
    assert len(paths(graph)) + len(told) == 2
    json.loads(graph.to_json().encode("utf-8"))


def test_build_graph__g09_names_that_look_alike_have_nodes_of_their_own(
    write_tree: WriteTree,
) -> None:
    composed = unicodedata.normalize("NFC", "café")
    decomposed = unicodedata.normalize("NFD", "café")
    names = [f"{composed}.py", f"{decomposed}.py", "Case.py", "case.py", f"{'n' * 252}.py"]
    graph = build_graph(write_tree(dict.fromkeys(names, "def f(): pass\n")))
    assert paths(graph) == sorted(names)
    ids = [node.id for node in graph.nodes]
    assert len(ids) == len(set(ids)) == 2 * len(names)


def test_build_graph__g09_folders_without_an_end(write_tree: WriteTree) -> None:
    root = write_tree({"a.py": "x = 1\n"})
    folder = os.open(root, os.O_RDONLY)
    for depth in range(2000):
        os.mkdir("d", dir_fd=folder)
        inner = os.open("d", os.O_RDONLY, dir_fd=folder)
        os.close(folder)
        folder = inner
        if depth in {MAX_DEPTH - 2, 1500}:
            file = os.open("b.py", os.O_CREAT | os.O_WRONLY, dir_fd=folder)
            os.close(file)
    os.close(folder)
    found = paths(build_graph(root))
    # pytest's own way to remove the folder is recursive
    subprocess.run(["rm", "-rf", "--", root / "d"], check=True)
    assert found == ["a.py", f"{'d/' * (MAX_DEPTH - 1)}b.py"]


@pytest.mark.parametrize(
    "text",
    [
        "table = {" + ",".join(f"'k{n}': f{n % 7}" for n in range(60_000)) + "}\n",
        "".join(f"def f{n}(x):\n    return f{(n * 7) % 9_000}(x)\n" for n in range(9_000)),
        "x = 0\n" * 50_000,
        "def f(x):\n" + "".join(f"    x = g{n % 5}(x)\n" for n in range(20_000)),
        "class C:\n" + "".join(f"    def m{n}(self): self.m{n + 1}()\n" for n in range(5_000)),
    ],
    ids=["dict", "functions", "lines", "chain", "methods"],
)
def test_build_graph__g16_large_files_end(write_tree: WriteTree, text: str) -> None:
    graph = build_graph(write_tree({"big.py": text, "small.py": "def g(): pass\n\n\ng()\n"}))
    assert not graph.metadata.files_not_analysed
    assert ("small", "small.g") in {(edge.source, edge.target) for edge in graph.edges}


def test_build_graph__g28_classes_that_make_one_another(write_tree: WriteTree) -> None:
    names = [f"C{number}" for number in range(8)]
    classes = "".join(f"class {name}:\n    def __init__(self, *a): pass\n\n" for name in names)
    made = "".join(f"{one}.__init__ = {other}\n" for one in names for other in names)
    graph = build_graph(write_tree({"ring.py": f"{classes}{made}thing = C0()\n"}))
    called = {edge.target for edge in graph.edges if edge.type.value == "calls"}
    assert graph.metadata.files_not_analysed == ()
    assert any("C0.__init__" in node for node in called)


def test_build_graph__an_encoding_that_makes_other_lines(write_tree: WriteTree) -> None:
    files = {
        "a.py": b"# coding: utf-7\nx = 1+AAo-y = 2\n",
        "b.py": "# coding: latin-1\r\nx = 'é'\ry = 2\r\n".encode("latin-1"),
        "c.py": b"# coding: utf-7\nx = 1\n",
    }
    graph = build_graph(write_tree(files))
    (left,) = graph.metadata.files_not_analysed
    assert (left.path, left.reason) == ("a.py", OTHER_LINES)
    assert paths(graph) == ["b.py", "c.py"]
