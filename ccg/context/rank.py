"""Ranks the pieces of a repository for an issue, each with the reason in one phrase; no I/O."""

import math
from dataclasses import dataclass

from ccg.context.evidence import gather
from ccg.context.features import FEATURES, measure
from ccg.context.index import Index
from ccg.context.model import Model, load_model
from ccg.context.query import read_issue
from ccg.context.reason import Reasons

CHEAP_FIRST = 0.5
"""How much a long piece gives way to a short one, from the thirteenth on."""
HEAD = 12
"""Pieces that are ordered by their score alone."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A piece of the index and how well it fits."""

    piece: int
    """Its number in the index."""
    score: float
    """Higher is better; comparable within one ranking only."""
    why: str


def rank(issue: str, index: Index, model: Model | None = None) -> list[Ranked]:
    """Return the pieces that an issue may be about, best first.

    Args:
        issue: its text: title on the first line, then the body; any text will do.
        index: of the repository, from `read_checkout` or `build_index`.
        model: the weights; the committed ones when None.
    """
    evidence = gather(read_issue(issue), index)
    model = model or load_model()
    if model.features != FEATURES:
        raise ValueError("the weights were trained for other features")
    scores = [model.score(row) for row in measure(evidence)]
    order = arrange(scores, [index.sizes[piece] for piece in evidence.candidates])
    reasons = Reasons(evidence)
    return [
        Ranked(piece, round(scores[number], 4), reasons.of(piece))
        for number, piece in ((number, evidence.candidates[number]) for number in order)
    ]


def arrange(scores: list[float], sizes: list[int]) -> list[int]:
    """Return the positions in the order in which they are worth a budget.

    The head goes by score alone; behind it a piece that costs less comes earlier.
    """
    order = sorted(range(len(scores)), key=lambda number: (-scores[number], number))
    worth = {n: scores[n] - CHEAP_FIRST * math.log1p(sizes[n]) for n in order[HEAD:]}
    return order[:HEAD] + sorted(order[HEAD:], key=lambda n: (-worth[n], n))
