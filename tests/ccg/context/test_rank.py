"""The ranking of a small project: what is named, worded alike or near comes first, and says why."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ccg.cache import FactCache
from ccg.context.checkout import read_checkout
from ccg.context.features import FEATURES
from ccg.context.index import Index, build_index
from ccg.context.model import Model, load_model, read_model
from ccg.context.rank import HEAD, Ranked, arrange, rank


def names(ranking: list[Ranked], index: Index) -> list[str]:
    return [index.pieces[each.piece].name for each in ranking]


def reasons(issue: str, index: Index) -> dict[str, str]:
    return {index.pieces[each.piece].name: each.why for each in rank(issue, index)}


@pytest.mark.parametrize(
    ("issue", "first"),
    [
        ("The total price of a cart is wrong\n\nAdding up items fails.", "Cart.total_price"),
        ("Error\n\nValueError: an amount below zero cannot be shown", "format_price"),
        ("Letters of customers are lost at the post office", "send_letter"),
        ("Call `parse_price` fails", "parse_price"),
    ],
)
def test_rank__the_meant_function_comes_first(issue: str, first: str, index: Index) -> None:
    assert (
        next(name for name in names(rank(issue, index), index) if name not in ("", "Cart")) == first
    )


def test_rank__says_why(index: Index) -> None:
    trace = 'Crash\n\n  File "/x/shop/price.py", line 6, in format_price\n'
    assert reasons(trace, index)["format_price"] == "in the traceback"
    assert reasons("parse_price fails", index)["parse_price"] == "named in the issue: parse_price"
    assert reasons("Cart.show fails", index)["Cart.show"] == "named in the issue: Cart.show"
    link = "https://github.com/o/shop/blob/main/shop/price.py#L11-L12"
    assert reasons(link, index)["parse_price"] == "its lines are linked"
    alike = reasons("the price cannot be parsed", index)["parse_price"]
    assert alike == "its name says what the issue says: parse_price"


def test_rank__every_piece_has_a_reason_and_comes_once(index: Index) -> None:
    ranking = rank("the price of letters", index)
    assert all(each.why for each in ranking)
    assert len({each.piece for each in ranking}) == len(ranking)


def test_rank__an_issue_without_words_has_an_answer(index: Index) -> None:
    assert rank("\n", index) == rank("\n", index)


def test_rank__an_empty_repository_has_none() -> None:
    assert rank("anything", build_index({})) == []


def test_rank__other_weights_are_refused(index: Index) -> None:
    with pytest.raises(ValueError, match="other features"):
        rank("x", index, Model(("one",), ()))


def test_model__is_that_of_the_features() -> None:
    assert load_model().features == FEATURES


def test_model__adds_up_its_trees() -> None:
    content = {"format": "p2a-context-weights/1", "features": ["a", "b"]}
    trees = [[0, 1.5, -1, [1, 0, 2, 3]], 0.5]
    model = read_model(json.dumps({**content, "trees": trees}))
    assert [model.score(row) for row in ([1.5, 9.0], [2.0, 0.0], [2.0, 1.0])] == [-0.5, 2.5, 3.5]
    with pytest.raises(ValueError, match="format"):
        read_model('{"format": "other"}')


def test_arrange__behind_the_head_a_long_piece_gives_way() -> None:
    scores = [float(20 - number) for number in range(HEAD + 2)]
    sizes = [10_000] * (HEAD + 1) + [10]
    assert arrange(scores, sizes) == [*range(HEAD), HEAD + 1, HEAD]


SCRIPT = """
import sys
from pathlib import Path
from ccg.cache import FactCache
from ccg.context.checkout import read_checkout
from ccg.context.rank import rank
checkout = read_checkout(Path(sys.argv[1]), FactCache(None), jobs=int(sys.argv[2]))
print(rank("`rank` forgets the cache of pieces\\n\\nsee ccg.context.pick and read_facts", checkout.index))
"""


def test_rank__is_the_same_whatever_the_hash_seed() -> None:
    root = Path(__file__).parents[3] / "ccg"
    answers = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT, str(root), str(jobs)],
            env={**os.environ, "PYTHONHASHSEED": str(jobs)},
            cwd=root.parent,
            capture_output=True,
            check=True,
            timeout=120,
        ).stdout
        for jobs in (1, 2, 3)
    }
    assert len(answers) == 1


def test_checkout__is_the_same_from_the_cache(shop: Path, tmp_path: Path) -> None:
    for _ in range(2):
        with FactCache(tmp_path / "facts.sqlite3", analyser="test") as cache:
            cached = read_checkout(shop, cache).index
        assert cached == read_checkout(shop, FactCache(None)).index
