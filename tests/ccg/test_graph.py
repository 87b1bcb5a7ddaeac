import json

import pytest

from ccg.diff import diff_graphs
from ccg.errors import GraphInvalid
from ccg.graph import (
    ComplexityMetrics,
    Dependencies,
    Edge,
    EdgeType,
    Graph,
    Metadata,
    Node,
    NodeType,
    NotAnalysed,
)


def small(*functions: str, line: int = 1) -> Graph:
    """Return a graph of a module `m` that calls each of these functions of its own."""
    ids = [f"m.{name}" for name in functions]
    return Graph(
        nodes=(
            Node("m", NodeType.MODULE, "m", "m.py", 1, 9),
            *(Node(i, NodeType.FUNCTION, i[2:], "m.py", line, line) for i in ids),
        ),
        edges=tuple(Edge("m", i, EdgeType.CALLS, line) for i in ids),
        metadata=Metadata("1", 1, (NotAnalysed("x.py", "why"),), 1, 2),
        complexity_metrics=ComplexityMetrics(dict.fromkeys(ids, 3), (("a", "b"),), ()),
        dependencies={"m": Dependencies(("n",), ("os",), ("requests",))},
    )


def test_graph__json_and_back() -> None:
    graph = small("f", "g")
    assert Graph.from_json(graph.to_json()) == graph
    assert graph.to_json() == small("f", "g").to_json()


def test_graph__node_by_id() -> None:
    assert small("f").node("m.f") == Node("m.f", NodeType.FUNCTION, "f", "m.py", 1, 1)
    assert small("f").node("m.g") is None


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "null", '{"schema": "p2a-graph/1"}', '{"schema": "p2a-graph/9"}']
)
def test_from_json__not_a_graph(text: str) -> None:
    with pytest.raises(GraphInvalid):
        Graph.from_json(text)


def test_from_json__unknown_type() -> None:
    data = json.loads(small("f").to_json())
    data["nodes"][0]["type"] = "Planet"
    with pytest.raises(GraphInvalid, match="Planet"):
        Graph.from_json(json.dumps(data))


def test_diff_graphs__added_and_removed() -> None:
    diff = diff_graphs(small("f", "g"), small("g", "h"))
    assert [node.id for node in diff.nodes_added] == ["m.h"]
    assert [node.id for node in diff.nodes_removed] == ["m.f"]
    assert [edge.target for edge in diff.edges_added] == ["m.h"]
    assert [edge.target for edge in diff.edges_removed] == ["m.f"]
    assert diff.to_dict()["nodes_added"][0]["id"] == "m.h"
    assert not diff.is_empty


def test_diff_graphs__moved_lines_are_no_difference() -> None:
    assert diff_graphs(small("f"), small("f", line=7)).is_empty
