"""A small repository and the ranking of its pieces."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from ccg.cache import FactCache
from ccg.context.checkout import read_checkout
from ccg.context.index import Index

WriteTree = Callable[[Mapping[str, str | bytes]], Path]

SHOP = {
    "shop/__init__.py": "",
    "shop/cart.py": '''\
"""The cart."""

from shop.price import format_price

LIMIT = 100


class Cart(Base):
    """What somebody wants to buy."""

    currency = "EUR"

    def __init__(self, items):
        self.items = items

    def total_price(self):
        """Add up."""
        return sum(item.price for item in self.items)

    def show(self):
        return format_price(self.total_price())
''',
    "shop/price.py": '''\
"""Prices."""


def format_price(amount):
    """Return an amount as text."""
    if amount < 0:
        raise ValueError("an amount below zero cannot be shown")
    return f"{amount:.2f}"


def parse_price(text):
    return float(text)
''',
    "shop/mail.py": '''\
"""Letters to customers."""


def send_letter(customer, text):
    """Send a letter by the post office."""
    return customer.address, text
''',
    "tests/test_cart.py": "def test_total_price():\n    assert Cart([]).total_price() == 0\n",
}


@pytest.fixture
def shop(write_tree: WriteTree) -> Path:
    """Return the folder of a small project."""
    return write_tree(SHOP)


@pytest.fixture
def index(shop: Path) -> Index:
    """Return the project's index."""
    return read_checkout(shop, FactCache(None)).index
