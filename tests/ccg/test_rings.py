from ccg.graph import EdgeType
from ccg.rings import Step, find_rings
from tests.ccg.graphs import make_graph


def test_find_rings__each_kind_with_a_shortest_way_around() -> None:
    graph = make_graph(
        "M:a M:b M:c F:a.f F:b.g F:b.h C:c.A C:c.B",
        [
            "a imports b.g",
            "b.h imports c",
            "c imports a",
            "b imports a",
            "a.f calls b.g",
            "b.g calls b.h",
            "b.h calls a.f",
            "b.g calls a.f",
            "c.A inherits c.B",
            "c.B inherits c.A",
        ],
    )
    rings = find_rings(graph)
    assert [(ring.type, ring.members) for ring in rings] == [
        (EdgeType.IMPORTS, ("a", "b", "c")),
        (EdgeType.INHERITS, ("c.A", "c.B")),
        (EdgeType.CALLS, ("a.f", "b.g", "b.h")),
    ]
    assert rings[0].loop == (Step("a", "b.g", "a.py", 1), Step("b", "a", "b.py", 4))
    assert [step.source for step in rings[2].loop] == ["a.f", "b.g"]
    assert rings[1].to_dict()["loop"][0] == {
        "source": "c.A",
        "target": "c.B",
        "path": "c.py",
        "line": 9,
    }


def test_find_rings__none() -> None:
    assert find_rings(make_graph("M:a M:b", ["a imports b", "a calls a"])) == ()
