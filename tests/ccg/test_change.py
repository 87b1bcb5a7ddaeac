import ast
import io
from collections.abc import Callable, Mapping
from pathlib import Path

from rich.console import Console

from ccg.build import build_graph
from ccg.change import compare
from ccg.diff import diff_graphs
from ccg.export.change_mermaid import render_change
from ccg.export.change_text import print_diff, print_impact, print_unread
from ccg.files import reader
from ccg.graph import Graph
from ccg.impact import Way, blast_radius
from ccg.own_code import own_code
from tests.ccg.graphs import make_graph

WriteTree = Callable[[Mapping[str, str | bytes]], Path]

OLD = '''\
"""Doc."""
import os

LIMIT = 1


class A(Base):
    """Doc."""

    size = 2

    def f(self):  # a comment
        return 1

    def g(self):
        def inner():
            return 1

        return inner


def h():
    return LIMIT
'''


def differing(old: str, new: str) -> set[str]:
    before, after = own_code(ast.parse(old)), own_code(ast.parse(new))
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def test_own_code__comments_docstrings_imports_and_places_are_no_difference() -> None:
    new = "\n\n" + OLD.replace("Doc", "Other").replace("# a comment", "").replace("import os", "")
    assert differing(OLD, new) == set()


def test_own_code__each_change_has_its_name() -> None:
    changes = {
        ("LIMIT = 1", "LIMIT = 2"): {"LIMIT"},
        ("A(Base)", "A(Other)"): {"A"},
        ("size = 2", "size = 3"): {"A.size"},
        ("    def f(self):", "    @cached\n    def f(self):"): {"A.f"},
        ("def g(self):", "def g(self, x=1):"): {"A.g"},
        ("            return 1", "            return 2"): {"A.g.inner"},
        ("return LIMIT", "return LIMIT + 1"): {"h"},
        ("def h():", "print()\n\n\ndef h():"): {""},
    }
    assert {pair: differing(OLD, OLD.replace(*pair)) for pair in changes} == changes


def test_blast_radius__backwards_with_distances_and_tests() -> None:
    graph = make_graph(
        "M:a F:a.f F:a.g F:a.h C:a.B F:a.B.m C:a.C F:a.C.m F:a.use M:tests.test_a F:tests.test_a.test_g F:tests.test_a.helper",
        [
            "a.g calls a.f",
            "a.h references a.g",
            "tests.test_a.test_g calls a.g",
            "tests.test_a.helper calls a.h",
            "a imports a.f",
            "a.B contains a.B.m",
            "a.C contains a.C.m",
            "a.C inherits a.B",
            "a.use calls a.B.m",
        ],
    )
    impact = blast_radius(graph, ["a.f"])
    assert [(one.node.id, one.distance, one.through, one.way) for one in impact.affected] == [
        ("a.g", 1, "a.f", Way.CALLS),
        ("a.h", 2, "a.g", Way.REFERENCES),
        ("tests.test_a.test_g", 2, "a.g", Way.CALLS),
        ("tests.test_a.helper", 3, "a.h", Way.CALLS),
    ]
    assert impact.tests == ("tests.test_a.test_g",)
    override = blast_radius(graph, ["a.C.m"])
    assert [(one.node.id, one.way) for one in override.affected] == [("a.use", Way.OVERRIDE)]


def test_blast_radius__what_a_test_hands_over_does_not_affect_the_product() -> None:
    edges = ["tests.test_a.view calls a.f", "a.run calls tests.test_a.view", "a.main calls a.run"]
    names = "M:a F:a.f F:a.run F:a.main M:tests.test_a F:tests.test_a.view"
    handed = blast_radius(make_graph(names, edges), ["a.f"])
    assert [one.node.id for one in handed.affected] == ["tests.test_a.view"]
    imported = make_graph(names, [*edges, "a imports tests.test_a.view"])
    assert [one.node.id for one in blast_radius(imported, ["a.f"]).affected] == [
        "tests.test_a.view",
        "a.run",
        "a.main",
    ]


def test_blast_radius__importers_of_what_is_gone_and_of_module_code() -> None:
    base = make_graph("M:a M:b M:c F:a.f", ["b imports a.f", "b calls a.f", "c imports b"])
    head = make_graph("M:a M:b M:c", ["c imports b"])
    gone = blast_radius(head, ["a.f"], base=base)
    assert [(one.node.id, one.way) for one in gone.affected] == [("b", Way.CALLS)]
    module = blast_radius(head, ["b"])
    assert [(one.node.id, one.way) for one in module.affected] == [("c", Way.IMPORTS)]


def test_blast_radius__g28_rings_end() -> None:
    graph = make_graph("M:a F:a.f F:a.g", ["a.f calls a.g", "a.g calls a.f", "a.f calls a.f"])
    assert [one.node.id for one in blast_radius(graph, ["a.f"]).affected] == ["a.g"]


def test_diff_graphs__changed_signature_and_the_callers_outside_of_the_change() -> None:
    nodes = "M:a F:a.f F:a.g F:a.h"
    edges = ["a.g calls a.f", "a.h calls a.f", "a calls a.f"]
    base = make_graph(nodes, edges, signatures={"a.f": "(x)"})
    head = make_graph(f"{nodes} F:a.new", [*edges, "a.new calls a.f"], signatures={"a.f": "(x, y)"})
    (change,) = diff_graphs(base, head, changed=["a.g"]).signatures_changed
    assert (change.before.signature, change.after.signature) == ("(x)", "(x, y)")
    assert [edge.source for edge in change.callers] == ["a", "a.h"]
    assert change.paths == ("a.py", "a.py")
    assert not change.callers_fit


def described(base: Graph, head: Graph) -> list[str]:
    """Return what a person reads of a change, from the changed signatures on."""
    change = compare(base, head, read_base=lambda _: b"", read_head=lambda _: b"")
    text = io.StringIO()
    console = Console(file=text, width=80)
    print_diff(change, console)
    print_unread(change, console)
    _, start, rest = text.getvalue().partition("changed signature: ")
    return (start + rest).splitlines()


def test_print_diff__callers_with_their_files_and_how_many_more_there_are() -> None:
    names = [f"a.g{number:02}" for number in range(12)]
    nodes = "M:a F:a.f C:a.B C:a.C " + " ".join(f"F:{name}" for name in names)
    edges = [*(f"{name} calls a.f" for name in names), "a.C inherits a.B"]
    base = make_graph(nodes, edges, signatures={"a.f": "(x)", "a.B": "()"})
    wrong = make_graph(nodes, edges, signatures={"a.f": "(x, y)", "a.B": "(Other)"})
    assert described(base, wrong) == [
        "changed signature: a.B  a.py:3",
        "  from ()",
        "  to   (Other)",
        "  1 caller or subclass outside of the change, to look at:",
        "    a.C  a.py:13",
        "",
        "changed signature: a.f  a.py:2",
        "  from (x)",
        "  to   (x, y)",
        "  12 callers outside of the change, to look at:",
        *(f"    {name}  a.py:{line}" for line, name in enumerate(names[:10], start=1)),
        "    ... and 2 more callers; --format json lists all",
    ]


def test_print_diff__callers_that_fit_are_counted_alone() -> None:
    nodes, edges = "M:a F:a.f F:a.g", ["a.g calls a.f"]
    base = make_graph(nodes, edges, signatures={"a.f": "(x)"})
    head = make_graph(nodes, edges, signatures={"a.f": "(x, *, y=None)"})
    assert described(base, head)[3:] == [
        "  1 caller outside of the change, whose calls fit as they are"
    ]
    (change,) = diff_graphs(base, head).to_dict()["signatures_changed"]
    assert change["callers_fit"]
    assert change["callers"][0]["path"] == "a.py"


def test_print_unread__files_that_could_not_be_analysed(write_tree: WriteTree) -> None:
    root = write_tree({"a.py": ""})
    base = build_graph(root)
    (root / "new.py").write_text("def f(:\n", encoding="utf-8")
    head = build_graph(root)
    change = compare(base, head, read_base=reader(root), read_head=reader(root), names=("x", "y"))
    text = io.StringIO()
    print_unread(change, Console(file=text, width=80))
    assert text.getvalue().startswith("\nnot analysed in y: new.py: syntax error")
    unread = change.to_dict()["files_not_analysed"]
    assert (unread["base"], [file["path"] for file in unread["head"]]) == ([], ["new.py"])


def test_compare__two_trees(write_tree: WriteTree, tmp_path: Path) -> None:
    old = {
        "a.py": "def f():\n    return 1\n\n\ndef gone():\n    pass\n",
        "b.py": "import a\n\n\ndef g():\n    return a.f()\n\n\ndef k():\n    a.gone()\n",
        "test_b.py": "import b\n\n\ndef test_g():\n    b.g()\n",
    }
    root = write_tree(old)
    base = tmp_path / "base"
    root.rename(base)
    head = write_tree({**old, "a.py": "def f():\n    return 2\n\n\ndef new():\n    return f()\n"})
    change = compare(
        build_graph(base),
        build_graph(head),
        read_base=reader(base),
        read_head=reader(head),
        names=("before", "after"),
    )
    assert change.changed == ("a.f",)
    assert change.impact.changed == ("a.f", "a.gone", "a.new")
    reached = {one.node.id: (one.distance, one.through) for one in change.impact.affected}
    assert reached == {"b.g": (1, "a.f"), "b.k": (1, "a.gone"), "test_b.test_g": (2, "b.g")}
    assert change.impact.tests == ("test_b.test_g",)
    picture = render_change(change)
    assert picture == render_change(change)
    assert '  n0["a.f"]:::changed' in picture
    assert '["a.gone"]:::removed' in picture
    assert '("test_b.py: test_g"):::test' in picture
    data = change.to_dict()
    assert (data["base"], data["impact"]["affected"][0]["way"]) == ("before", "calls")


def test_compare__new_code_with_the_tests_that_come_with_it(
    write_tree: WriteTree, tmp_path: Path
) -> None:
    root = write_tree({"a.py": "X = 1\n"})
    base = tmp_path / "base"
    root.rename(base)
    new = {
        "a.py": "X = 1\n",
        "new.py": "SIZE = 1\n\n\ndef f():\n    return g()\n\n\ndef g():\n    pass\n\n\ndef h():\n    pass\n",
        "test_new.py": "import new\n\n\ndef test_one():\n    new.f()\n\n\ndef test_two():\n    new.f()\n    new.g()\n",
        "conftest.py": "import new\n\n\ndef made():\n    new.g()\n",
    }
    head = write_tree(new)
    graphs = build_graph(base), build_graph(head)
    change = compare(*graphs, read_base=reader(base), read_head=reader(head))
    assert render_change(change).splitlines()[1:-4] == [
        '  n0["new.f"]:::added',
        '  n1["new.g"]:::added',
        "  n0 --> n1",
        '  n2("conftest.py"):::test',
        "  n2 --> n1",
        '  n3("test_new.py: 2 tests"):::test',
        "  n3 --> n0",
        "  n3 --> n1",
    ]
    text = io.StringIO()
    print_impact(change, Console(file=text, width=80))
    assert text.getvalue().splitlines()[-3:] == [
        "Tests that reach it",
        "at           tests  name",
        "test_new.py  2      test_one, test_two",
    ]


def test_compare__what_does_not_parse_is_its_module(write_tree: WriteTree, tmp_path: Path) -> None:
    root = write_tree({"a.py": "def f():\n    return 1\n"})
    graph = build_graph(root)
    texts = {"a.py": b"def f():\n    return (\n"}
    change = compare(graph, graph, read_base=texts.get, read_head=reader(root))
    assert change.changed == ("a",)


def test_compare__equal_trees_change_nothing(write_tree: WriteTree) -> None:
    root = write_tree({"a.py": OLD})
    graph = build_graph(root)
    change = compare(graph, graph, read_base=reader(root), read_head=reader(root))
    assert (change.diff.is_empty, change.changed, change.impact.affected) == (True, (), ())
    assert "nothing changed" in render_change(change)


def test_render_change__d20_small_and_readable_however_large_and_hostile() -> None:
    names = [f"a.{chr(96 + n % 26) * 90}{n}_<script>" for n in range(300)]
    nodes = " ".join(f"F:{name}" for name in names)
    tests = " ".join(f"M:tests.test_{n} F:tests.test_{n}.test_x" for n in range(20))
    edges = [f"{name} calls {target}" for name in names for target in names[:40] if name != target]
    edges += [f"tests.test_{n}.test_x calls {names[0]}" for n in range(20)]
    graph = make_graph(f"M:a {nodes} {tests}", edges)
    base = make_graph(f"M:a {' '.join(f'F:{name}' for name in names[40:])}")
    change = compare(base, graph, read_base=lambda _: b"", read_head=lambda _: b"")
    picture = render_change(change)
    assert picture.count('"]') + picture.count('")') <= 30
    assert len(picture) < 65_535
    assert "<script>" not in picture
    assert "more are not drawn" in picture
