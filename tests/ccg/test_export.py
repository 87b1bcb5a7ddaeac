import io
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from rich.console import Console

from ccg.build import build_graph
from ccg.export.callgraph import callgraph
from ccg.export.mermaid import label, render_mermaid
from ccg.export.text import print_graph, print_line, print_table
from ccg.export.visible import readable, visible

WriteTree = Callable[[Mapping[str, str | bytes]], Path]

TREE = {
    "a.py": "import b\n\n\nclass A(b.B):\n    def f(self):\n        b.g()\n",
    "b.py": "class B:\n    pass\n\n\ndef g():\n    return (lambda: h())()\n\n\ndef h():\n    pass\n",
}


def test_callgraph__a_function_that_has_a_class_s_name_calls(write_tree: WriteTree) -> None:
    source = "class A: pass\nif A:\n    def A(): f()\ndef f(): pass\nA()\n"
    graph = callgraph(build_graph(write_tree({"main.py": source})))
    assert graph["main.A"] == ["main.f"]


def test_render_mermaid__modules_without_focus(write_tree: WriteTree) -> None:
    assert render_mermaid(build_graph(write_tree(TREE))) == (
        'flowchart LR\n  n0(["a"])\n  n1(["b"])\n  n0 -.-> n1\n'
    )


def test_render_mermaid__focus_and_its_neighbours(write_tree: WriteTree) -> None:
    picture = render_mermaid(build_graph(write_tree(TREE)), focus=["b.g", "absent"])
    assert picture.splitlines()[1] == '  n0["b.g"]'
    assert '"a.A.f"' in picture
    assert '"b.g.#60;lambda1#62;"' in picture


def test_render_mermaid__never_more_than_the_limit(write_tree: WriteTree) -> None:
    many = "\n".join(f"def f{i}():\n    f0()\n" for i in range(50))
    picture = render_mermaid(build_graph(write_tree({"m.py": many})), focus=["m.f0"])
    assert picture.count('["') == 30
    assert picture.endswith("  %% 20 more are not drawn\n")


def test_print_graph__plain(write_tree: WriteTree) -> None:
    text = io.StringIO()
    files = {**TREE, "bad.py": "(\n", "b\x1b[31m.py": "x = 1\n"}
    print_graph(build_graph(write_tree(files)), Console(file=text, highlight=False))
    lines = text.getvalue().splitlines()
    assert lines[0] == "3 files analysed, 1 not; 3 of 3 calls resolved"
    assert any(line.split() == ["Module", "nodes", "3"] for line in lines)
    assert lines[-1].startswith("not analysed: bad.py: syntax error")
    assert "\x1b" not in text.getvalue()


def test_readable__a_method_of_a_builtin_type_goes_by_the_types_name() -> None:
    name = "<**PyList**>.append"
    assert readable(name) == label(name) == "list.append"
    assert readable("a \x1b calls <**PyDefaultdict**>.get") == "a \\x1b calls defaultdict.get"
    assert readable("<lambda1>") == "<lambda1>"
    text = io.StringIO()
    console = Console(file=text, highlight=False)
    print_line(console, name)
    print_table(console, "Hubs", ("name",), [(name,)])
    assert text.getvalue() == "list.append\n\nHubs\nname\nlist.append\n"


def test_visible__a_byte_that_is_no_text_is_shown_as_one() -> None:
    assert visible(b"a\xff\x1b.py".decode("utf-8", "surrogateescape")) == "a\\xff\\x1b.py"
    assert visible("\ud800") == "\\ud800"


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (27, ["lines  function   at", "   12  shop.cart  cart.py:1"]),
        (26, ["lines  function", "   12  shop.cart", "       cart.py:1"]),
        (9, ["lines  function", "   12  shop.cart", "       cart.py:1"]),
    ],
)
def test_print_table__a_terminal_gets_no_broken_name(width: int, shown: list[str]) -> None:
    text = io.StringIO()
    console = Console(file=text, force_terminal=True, width=width, color_system=None)
    print_table(console, "Hard", ("lines", "function", "at"), [("12", "shop.cart", "cart.py:1")])
    assert text.getvalue().splitlines() == ["", "Hard", *shown]


def test_print_graph__terminal(write_tree: WriteTree) -> None:
    text = io.StringIO()
    console = Console(file=text, force_terminal=True, width=80)
    print_graph(build_graph(write_tree(TREE)), console)
    shown = text.getvalue()
    assert "\x1b[1mHardest functions" in shown
    assert "b.g" in shown
