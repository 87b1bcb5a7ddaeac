"""The learned ranking: a sum of small decision trees over the features; no I/O but its weights."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

Tree = tuple[int, float, "Tree | float", "Tree | float"]
"""(feature, threshold, what follows at or below it, what follows above): a leaf is a number."""

FORMAT = "p2a-context-weights/1"


@dataclass(frozen=True, slots=True)
class Model:
    """Trees that were trained with `benchmarks/train_context.py`."""

    features: tuple[str, ...]
    trees: tuple["Tree | float", ...]

    def score(self, row: Sequence[float]) -> float:
        """Return how likely a candidate with these features is meant: higher is more."""
        total = 0.0
        for tree in self.trees:
            node = tree
            while isinstance(node, tuple):
                node = node[2] if row[node[0]] <= node[1] else node[3]
            total += node
        return total


@cache
def load_model() -> Model:
    """Return the committed model."""
    return read_model(files("ccg.context").joinpath("weights.json").read_text(encoding="utf-8"))


def read_model(text: str) -> Model:
    """Return the model that the training script wrote.

    Raises:
        ValueError: it is of another format.
    """
    content = json.loads(text)
    if content["format"] != FORMAT:
        raise ValueError(f"weights of the format {content['format']!r}, not {FORMAT!r}")
    return Model(tuple(content["features"]), tuple(_tree(each) for each in content["trees"]))


def _tree(node: "list[object] | float") -> "Tree | float":
    if not isinstance(node, list):
        return float(node)
    feature, threshold, low, high = node
    return (int(feature), float(threshold), _tree(low), _tree(high))  # type: ignore[call-overload, arg-type]
