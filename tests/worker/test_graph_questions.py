"""What the developer asks of the graph."""

from pathlib import Path

import pytest

from ccg.build import build_graph
from ccg.graph import Graph
from p2a.errors import EditRefused
from worker.graph_questions import Question, answer

SHOP = """\
class Base:
    def price(self):
        return 1

class Cart(Base):
    def price(self):
        return tax(2)

def tax(amount):
    return amount * 2

def pay():
    return Cart().price()
"""
TESTS = "from shop import pay\n\ndef test_pay():\n    assert pay() == 4\n"


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    root: Path = tmp_path_factory.mktemp("shop")
    (root / "shop.py").write_text(SHOP, encoding="utf-8")
    (root / "test_shop.py").write_text(TESTS, encoding="utf-8")
    return build_graph(root)


@pytest.mark.parametrize(
    ("question", "symbol", "said"),
    [
        ("callers", "tax", "callers of shop.tax:\nshop.py:7 shop.Cart.price"),
        ("callees", "pay", "callees of shop.pay:\nshop.py:6 shop.Cart.price"),
        ("callees", "tax", "shop.tax is not seen to call anything"),
        (
            "overrides",
            "Cart.price",
            "overrides of shop.Cart.price:\noverrides shop.py:2 shop.Base.price",
        ),
        (
            "overrides",
            "Base.price",
            "overrides of shop.Base.price:\nis overridden by shop.py:6 shop.Cart.price",
        ),
        ("tests", "tax", "tests of shop.tax:\ntest_shop.py:3 test_shop.test_pay"),
        (
            "impact",
            "Cart.price",
            "impact of shop.Cart.price:\nshop.py:12 shop.pay, 1 step: calls shop.Cart.price\n"
            "test_shop.py:3 test_shop.test_pay, 2 steps: calls shop.pay",
        ),
    ],
)
def test_answer__names_places(graph: Graph, question: str, symbol: str, said: str) -> None:
    assert answer(graph, Question(question), symbol) == said


def test_answer__names_the_nearest_of_what_is_not_there(graph: Graph) -> None:
    with pytest.raises(EditRefused, match="there is no 'taxi' in the graph") as caught:
        answer(graph, Question.CALLERS, "taxi")
    assert "shop.tax" in caught.value.why
