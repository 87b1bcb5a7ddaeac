import io

from rich.console import Console

from ccg.export.focus_text import print_focus
from ccg.surroundings import Relation, surroundings
from tests.ccg.graphs import make_graph

GRAPH = make_graph(
    "M:a C:a.A F:a.A.m C:a.B F:a.B.__init__ F:a.B.m F:a.f F:a.g F:a.h V:a.x I:os.walk M:tests.test_a F:tests.test_a.test_f",
    [
        "a contains a.A",
        "a.B inherits a.A",
        "a.g calls a.f",
        "a.h calls a.g",
        "a.f calls a.h",
        "a.f calls os.walk",
        "a.g calls os.walk",
        "a.f references a.x",
        "a.g calls a.B.__init__",
        "tests.test_a calls a.B",
        "tests.test_a.test_f calls a.f",
    ],
    signatures={"a.f": "(x)"},
)


def around(name: str, *, depth: int = 2) -> dict[Relation, list[tuple[str, int, str]]]:
    return {
        relation: [(one.node.id, one.distance, one.through) for one in rows]
        for relation, rows in surroundings(GRAPH, name, depth=depth).items()
    }


def test_surroundings__calls_go_so_many_steps_and_end_in_rings() -> None:
    assert around("a.f") == {
        Relation.CALLERS: [
            ("a.g", 1, "a.f"),
            ("tests.test_a.test_f", 1, "a.f"),
            ("a.h", 2, "a.g"),
        ],
        Relation.CALLEES: [("a.h", 1, "a.f"), ("os.walk", 1, "a.f"), ("a.g", 2, "a.h")],
        Relation.REFERENCES: [("a.x", 1, "a.f")],
    }
    assert around("a.f", depth=0) == {}


def test_surroundings__nothing_is_reached_through_what_lies_outside() -> None:
    assert around("os.walk")[Relation.CALLERS][:2] == [("a.f", 1, "os.walk"), ("a.g", 1, "os.walk")]
    assert ("a.g", 1, "a.h") in around("a.h", depth=9)[Relation.CALLEES]


def test_surroundings__of_classes_and_their_methods() -> None:
    assert around("a.B") == {
        Relation.CALLERS: [
            ("a.g", 1, "a.B.__init__"),
            ("tests.test_a", 1, "a.B"),
            ("a.h", 2, "a.g"),
        ],
        Relation.BASES: [("a.A", 1, "a.B")],
    }
    assert around("a.A") == {Relation.SUBCLASSES: [("a.B", 1, "a.A")]}
    assert around("a.B.m") == {Relation.OVERRIDES: [("a.A.m", 1, "a.B")]}
    assert around("a.A.m") == {Relation.OVERRIDDEN: [("a.B.m", 1, "a.A")]}
    assert around("a", depth=1) == {Relation.CONTENTS: [("a.A", 1, "a")]}


def printed(name: str, *, depth: int) -> list[str]:
    text = io.StringIO()
    print_focus(GRAPH, [name], Console(file=text, width=80), depth=depth)
    return [line for line in text.getvalue().splitlines() if line]


def test_print_focus__who_calls_it_and_what_it_calls() -> None:
    assert printed("a.f", depth=2) == [
        "Function a.f  a.py:7",
        "  (x)",
        "Callers",
        "distance  name  at      through",
        "1         a.g   a.py:3",
        "2         a.h   a.py:4  a.g",
        "Called by tests",
        "at               tests  name",
        "tests/test_a.py  1      test_f",
        "Callees",
        "distance  name     at       through",
        "1         a.h      a.py:9",
        "1         os.walk  outside",
        "2         a.g      a.py:8   a.h",
        "Refers to",
        "name  at",
        "a.x   a.py:10",
    ]


def test_print_focus__says_that_no_caller_is_seen() -> None:
    assert printed("a.A.m", depth=1)[1:3] == ["  callers: none is seen", "  callees: none is seen"]


def test_print_focus__long_lists_say_how_many_more_there_are() -> None:
    names = [f"a.g{number:02}" for number in range(25)]
    nodes = "M:a F:a.f " + " ".join(f"F:{name}" for name in names)
    graph = make_graph(nodes, [f"{name} calls a.f" for name in names])
    text = io.StringIO()
    print_focus(graph, ["a.f"], Console(file=text, width=80), depth=1)
    lines = text.getvalue().splitlines()
    assert "Callers (20 of 25)" in lines
    assert "... and 5 more of these; --format json lists all" in lines
