import pytest

from ccg.errors import NothingToDraw
from ccg.graph import ComplexityMetrics, UnresolvedCall
from ccg.query import around, collapse, distances, find, part
from tests.ccg.graphs import make_graph

SHOP = make_graph(
    "M:shop M:shop.cart C:shop.cart.Cart F:shop.cart.Cart.total F:shop.cart.add M:till F:till.pay F:till.add I:os.getenv I:total",
    [
        "shop contains shop.cart",
        "shop.cart contains shop.cart.Cart",
        "shop.cart contains shop.cart.add",
        "shop.cart.Cart contains shop.cart.Cart.total",
        "till contains till.pay",
        "till.pay calls shop.cart.Cart.total",
        "till.pay calls os.getenv",
        "shop.cart.add calls os.getenv",
        "till imports shop.cart",
        "till.add references till.pay",
    ],
    dependencies={"shop": (), "shop.cart": (), "till": ("shop.cart",)},
    complexity=ComplexityMetrics({"till.pay": 3, "till.add": 1}, cognitive={"till.pay": 2}),
    unresolved=[UnresolvedCall("till.pay", 3, "x.go"), UnresolvedCall("till.add", 4, "x.go")],
)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("till", "till"),
        ("cart", "shop.cart"),
        ("Cart.total", "shop.cart.Cart.total"),
        ("total", "total"),
        ("getenv", "os.getenv"),
    ],
)
def test_find__by_its_last_parts(name: str, found: str) -> None:
    assert find(SHOP, name) == found


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("add", "'add' fits 2 names of the graph. shop.cart.add, till.add. give more"),
        ("art", "there is no 'art' in the graph. the nearest: shop.cart"),
        ("totl", "the nearest: shop.cart.Cart.total"),
        ("cart.Cart.totall", "the nearest: shop.cart.Cart.total, shop.cart.Cart."),
        ("", "there is no '' in the graph. give the dotted name"),
        ("z" * 100_000, f"there is no '{'z' * 80}' in the graph. give the dotted name"),
    ],
)
def test_find__what_is_not_there(name: str, said: str) -> None:
    with pytest.raises(NothingToDraw) as error:
        find(SHOP, name)
    assert said in str(error.value)


def test_distances__in_both_directions_but_not_through_what_lies_outside() -> None:
    assert distances(SHOP, ["till.pay"], depth=2) == {
        "till.pay": 0,
        "shop.cart.Cart.total": 1,
        "os.getenv": 1,
        "till.add": 1,
    }


def test_distances__into_a_focused_module_and_class() -> None:
    assert distances(SHOP, ["shop.cart"], depth=0) == {"shop.cart": 0}
    assert distances(SHOP, ["shop.cart"], depth=1) == {
        "shop.cart": 0,
        "shop.cart.Cart": 1,
        "shop.cart.add": 1,
        "till": 1,
    }
    assert distances(SHOP, ["shop.cart"], depth=2)["shop.cart.Cart.total"] == 2
    assert "till.pay" not in distances(SHOP, ["shop.cart"], depth=2)


def test_part__keeps_the_numbers_of_the_whole() -> None:
    small = part(SHOP, ["till.pay", "shop.cart.Cart.total"])
    assert [edge.target for edge in small.edges] == ["shop.cart.Cart.total"]
    assert small.measured().nodes["till.pay"].fan_out == 2
    assert small.complexity_metrics == ComplexityMetrics({"till.pay": 3}, cognitive={"till.pay": 2})
    assert [call.source for call in small.metadata.unresolved] == ["till.pay"]
    assert type(small).from_json(small.to_json()).measured() == small.measured()


def test_around__is_the_part_of_the_distances() -> None:
    small = around(SHOP, ["till.pay"], depth=1)
    assert {node.id for node in small.nodes} == {*distances(SHOP, ["till.pay"], depth=1)}


def test_collapse__to_modules() -> None:
    small = collapse(SHOP)
    assert [node.id for node in small.nodes] == ["os", "shop", "shop.cart", "till", "total"]
    assert [(e.source, e.type.value, e.target, e.line) for e in small.edges] == [
        ("shop", "contains", "shop.cart", 1),
        ("shop.cart", "calls", "os", 8),
        ("till", "calls", "os", 7),
        ("till", "calls", "shop.cart", 6),
        ("till", "imports", "shop.cart", 9),
    ]
