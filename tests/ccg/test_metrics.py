import random

import networkx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccg.graph import ComplexityMetrics
from ccg.metrics import components, cycles, inheritance_depths
from tests.ccg.graphs import make_graph

NAMES = st.sampled_from("abcdefgh")


@given(st.lists(st.tuples(NAMES, NAMES), max_size=30))
def test_components__are_those_of_another_implementation(edges: list[tuple[str, str]]) -> None:
    network: networkx.DiGraph[str] = networkx.DiGraph(edges)
    expected = {frozenset(group) for group in networkx.strongly_connected_components(network)}
    found = components(edges)
    assert {frozenset(group) for group in found} == expected
    place = {name: number for number, group in enumerate(found) for name in group}
    assert all(place[target] <= place[source] for source, target in edges)


def test_cycles__g28_a_chain_of_a_hundred_thousand_that_closes() -> None:
    names = [f"f{number:06}" for number in range(100_000)]
    pairs = list(zip(names, [*names[1:], names[0]], strict=True))
    random.Random(7).shuffle(pairs)
    assert cycles(pairs) == (tuple(names),)


def test_cycles__a_name_that_leads_to_itself_is_none() -> None:
    assert cycles([("a", "a"), ("a", "b")]) == ()


def test_measure__fans_count_neighbours_once() -> None:
    graph = make_graph(
        "M:a F:a.f F:a.g",
        ["a contains a.f", "a.f calls a.g", "a.f references a.g", "a.g calls a.g", "a calls a.g"],
        complexity=ComplexityMetrics({"a.f": 4}, cognitive={"a.f": 7}),
    )
    numbers = graph.measured().nodes
    assert (numbers["a.g"].fan_in, numbers["a.g"].fan_out) == (2, 0)
    assert (numbers["a"].fan_in, numbers["a"].fan_out) == (0, 1)
    assert (numbers["a.f"].cyclomatic, numbers["a.f"].cognitive) == (4, 7)
    assert (numbers["a.g"].cyclomatic, numbers["a.g"].inheritance_depth) == (None, None)


def test_measure__lines() -> None:
    numbers = make_graph("M:a I:os").measured().nodes
    assert (numbers["a"].lines, numbers["os"].lines) == (1, 0)


def test_inheritance_depths__of_rings_and_of_what_lies_outside() -> None:
    graph = make_graph(
        "M:a C:a.A C:a.B C:a.C C:a.R C:a.S C:a.T I:lib.Base",
        [
            "a.B inherits a.A",
            "a.C inherits a.B",
            "a.C inherits lib.Base",
            "a.R inherits a.S",
            "a.S inherits a.R",
            "a.S inherits a.B",
            "a.T inherits a.T",
        ],
    )
    assert inheritance_depths(graph.nodes, graph.edges) == {
        "a.A": 0,
        "a.B": 1,
        "a.C": 2,
        "a.R": 2,
        "a.S": 2,
        "a.T": 0,
    }


@pytest.mark.parametrize(
    ("module", "numbers"),
    [("a", (0, 2, 1.0)), ("b", (1, 1, 0.5)), ("c", (2, 0, 0.0)), ("d", (0, 0, None))],
)
def test_measure__instability(module: str, numbers: tuple[int, int, float | None]) -> None:
    graph = make_graph("M:a M:b M:c M:d", dependencies={"a": "bc", "b": "c", "c": "", "d": ""})
    found = graph.measured().modules[module]
    assert (found.afferent, found.efferent, found.instability) == numbers


def test_measure__hubs_have_much_on_both_sides() -> None:
    graph = make_graph(
        "M:a F:a.top F:a.mid F:a.low F:a.leaf",
        [
            "a.top calls a.mid",
            "a.low calls a.mid",
            "a.mid calls a.leaf",
            "a.low calls a.leaf",
            "a calls a.low",
        ],
    )
    assert graph.measured().hubs == ("a.low", "a.mid")
