"""A repository that is larger than any prompt, with one function that an issue only describes."""

from pathlib import Path

ISSUE = """\
Parcels disappear when the scale reports nothing

A parcel whose weight is not known by the scale is dropped from the shipment without a word. It should
be kept and weighed again later.
"""
GOLD = """\
def fill_lorry(parcels, capacity):
    taken = []
    for each in sorted(parcels, key=lambda one: one.grams or 0):
        if not each.grams:
            continue  # the scale says nothing of this parcel: left out of the shipment
        capacity -= each.grams
        if capacity < 0:
            break
        taken.append(each)
    return taken
"""
GOLD_PATH = "depot/loading.py"
OTHERS = 120

_OTHER = '''\
"""Entry {number} of the catalogue."""


class Entry{number}:
    """What is sold under number {number}."""

    def __init__(self, title, price):
        self.title = title
        self.price = price

    def label_{number}(self, language):
        """Return the text on the shelf."""
        words = [self.title, str(self.price), language]
        return " / ".join(word.strip() for word in words if word)

    def discount_{number}(self, rate):
        """Lower the price."""
        if not 0 <= rate < 1:
            raise ValueError("a rate is between 0 and 1")
        self.price = round(self.price * (1 - rate), 2)
        return self.price
'''


def make_depot(root: Path) -> Path:
    """Write the repository's files below a folder and return it."""
    (root / "depot/catalogue").mkdir(parents=True)
    (root / GOLD_PATH).write_text(f'"""Loading."""\n\n\n{GOLD}', encoding="utf-8")
    for number in range(OTHERS):
        text = _OTHER.format(number=number)
        (root / f"depot/catalogue/entry_{number}.py").write_text(text, encoding="utf-8")
    return root
