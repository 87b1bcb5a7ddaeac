"""Known-bad changes lower the score that they should, refactorings none; the whole table by hand."""

from pathlib import Path

import pytest

from benchmarks.quality.seeded import BAD, REFACTORINGS, Seed, drops, is_right, judge

# Those that show each kind of thing once: the others are in the script's own table.
NAMES = {
    "eval of a text",
    "a function of 60 branches",
    "a docstring of a parameter that is gone",
    "a slower algorithm",
    "removed tests",
    "a renamed module",
    "an extracted function",
}
SEEDS = [seed for seed in (*BAD, *REFACTORINGS) if seed.name in NAMES]


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed.name.replace(" ", "-"))
def test_seeded__is_judged_as_it_should_be(seed: Seed, tmp_path: Path) -> None:
    report = judge(seed, tmp_path / "shop")
    assert report.suite.reason_not_measured is None, report.suite
    assert is_right(seed, report), drops(report)


def test_seeds__fit_the_corpus_and_change_it() -> None:
    assert len(SEEDS) == len(NAMES)
    for seed in (*BAD, *REFACTORINGS):
        assert seed.files() != Seed("nothing", None).files(), seed.name
