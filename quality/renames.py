"""Which new file is an old one under another name; no I/O."""

from collections import Counter
from collections.abc import Mapping, Sequence

LIKE_ENOUGH = 0.6
"""Share of lines that both have, Dice's coefficient; git's own limit is a half (`git diff -M`)."""
MAX_PAIRS = 40_000
"""More are not compared: such a change moves whole folders of files that it also rewrites."""


def find_renames(
    gone: Mapping[str, Sequence[str]], new: Mapping[str, Sequence[str]]
) -> dict[str, str]:
    """Return the new path of each file that was moved, by its old one.

    Args:
        gone: the lines of the files that only the base has, by path.
        new: the lines of those that only the head has.
    """
    found: dict[str, str] = {}
    taken: set[str] = set()
    for _, old_path, new_path in sorted(_likenesses(gone, new)):
        if old_path not in found and new_path not in taken:
            found[old_path] = new_path
            taken.add(new_path)
    return found


def _likenesses(
    gone: Mapping[str, Sequence[str]], new: Mapping[str, Sequence[str]]
) -> list[tuple[float, str, str]]:
    """Return pairs that are like enough, with how unlike they are."""
    if len(gone) * len(new) > MAX_PAIRS:
        return [
            (0.0, old_path, new_path)
            for old_path, old in gone.items()
            for new_path in [_twin(old, new)]
            if new_path
        ]
    counted = {path: Counter(lines) for path, lines in new.items()}
    pairs = []
    for old_path, lines in gone.items():
        old = Counter(lines)
        for new_path, other in counted.items():
            total = old.total() + other.total()
            like = 2 * (old & other).total() / total if total else 0.0
            if like >= LIKE_ENOUGH:
                pairs.append((1 - like, old_path, new_path))
    return pairs


def _twin(lines: Sequence[str], new: Mapping[str, Sequence[str]]) -> str:
    return next((path for path in sorted(new) if list(new[path]) == list(lines)), "")
