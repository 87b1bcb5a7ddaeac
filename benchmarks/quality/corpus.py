"""A small well-kept project, whose every line is known, for changes that are good or bad on purpose."""

FILES = {
    "pyproject.toml": """\
[project]
name = "shop"
version = "1.0"
dependencies = ["requests>=2.31"]

[tool.pytest.ini_options]
testpaths = ["tests"]

[tool.coverage.report]
fail_under = 90
""",
    "src/shop/__init__.py": '"""A shop that sells things from stock."""\n',
    "src/shop/errors.py": '''\
"""What can go wrong in a shop."""


class ShopError(Exception):
    """Something that a customer is told."""


class OutOfStock(ShopError):
    """More was asked for than there is."""
''',
    "src/shop/money.py": '''\
"""Amounts of money in whole cents."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Money:
    """An amount in cents, which may be negative."""

    cents: int

    def plus(self, other: "Money") -> "Money":
        """Return the sum of both."""
        return Money(self.cents + other.cents)

    def times(self, number: int) -> "Money":
        """Return this amount a number of times."""
        return Money(self.cents * number)


def parse_money(text: str) -> Money:
    """Return the amount that a text such as `12.50` states.

    Args:
        text: whole units, a point and two digits.

    Raises:
        ValueError: the text is no amount.
    """
    whole, point, rest = text.partition(".")
    if not point or len(rest) != 2:
        raise ValueError(f"not an amount: {text}")
    return Money(int(whole) * 100 + int(rest))
''',
    "src/shop/stock.py": '''\
"""What is in stock, and how much of it."""

from shop.errors import OutOfStock


class Stock:
    """Counts of things by their names."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}

    def add(self, name: str, count: int) -> None:
        """Put things into the stock.

        Args:
            name: what it is.
            count: how many there are.
        """
        self._counts[name] = self._counts.get(name, 0) + count

    def take(self, name: str, count: int) -> None:
        """Take things out of the stock.

        Args:
            name: what it is.
            count: how many are taken.

        Raises:
            OutOfStock: there are fewer.
        """
        left = self._counts.get(name, 0) - count
        if left < 0:
            raise OutOfStock(name)
        self._counts[name] = left

    def count(self, name: str) -> int:
        """Return how many there are."""
        return self._counts.get(name, 0)


def known_names(wanted: list[str], offered: list[str]) -> list[str]:
    """Return the wanted names that are offered, in their order."""
    names = set(offered)
    return [name for name in wanted if name in names]
''',
    "src/shop/order.py": '''\
"""Orders, and what they cost."""

from dataclasses import dataclass, field

from shop.money import Money
from shop.stock import Stock


@dataclass
class Order:
    """Things that a customer wants, with their prices."""

    prices: dict[str, Money]
    wanted: dict[str, int] = field(default_factory=dict)

    def add(self, name: str, count: int = 1) -> None:
        """Add things to the order."""
        self.wanted[name] = self.wanted.get(name, 0) + count

    def total(self) -> Money:
        """Return what everything costs together."""
        total = Money(0)
        for name, count in self.wanted.items():
            total = total.plus(self.prices[name].times(count))
        return total


def deliver(order: Order, stock: Stock) -> Money:
    """Take what is wanted out of the stock and return what it costs."""
    for name, count in order.wanted.items():
        stock.take(name, count)
    return order.total()


def invoice(order: Order) -> str:
    """Return the lines of an invoice, one for each thing, the total last."""
    lines = []
    for name, count in sorted(order.wanted.items()):
        price = order.prices[name].times(count)
        lines.append(f"{name} {count} {price.cents}")
    lines.append(f"total {order.total().cents}")
    return "\\n".join(lines)
''',
    "tests/test_money.py": """\
import pytest

from shop.money import Money, parse_money


def test_money__sum_and_product():
    assert Money(1).plus(Money(2)) == Money(3)
    assert Money(2).times(3) == Money(6)


def test_parse_money__whole_and_cents():
    assert parse_money("12.50") == Money(1250)


@pytest.mark.parametrize("text", ["12", "12.5"])
def test_parse_money__no_amount(text):
    with pytest.raises(ValueError):
        parse_money(text)
""",
    "tests/test_order.py": """\
import pytest

from shop.errors import OutOfStock
from shop.money import Money
from shop.order import Order, deliver, invoice
from shop.stock import Stock, known_names


def order():
    made = Order({"pen": Money(120)})
    made.add("pen", 2)
    return made


def test_order__costs_what_its_things_cost():
    assert order().total() == Money(240)


def test_deliver__takes_from_the_stock():
    stock = Stock()
    stock.add("pen", 2)
    assert deliver(order(), stock) == Money(240)
    assert stock.count("pen") == 0


def test_deliver__too_few():
    with pytest.raises(OutOfStock):
        deliver(order(), Stock())


def test_invoice__total_last():
    assert invoice(order()) == "pen 2 240\\ntotal 240"


def test_known_names__in_order():
    assert known_names(["b", "x", "a"], ["a", "b"]) == ["b", "a"]
""",
}
