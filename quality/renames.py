"""Which new file is an old one under another name; no I/O."""

from collections import Counter, defaultdict, deque
from collections.abc import Mapping, Sequence

LIKE_ENOUGH = 0.6
"""Share of lines that both have, Dice's coefficient; git's own limit is a half (`git diff -M`)."""
MAX_PAIRS = 40_000
"""More are compared as wholes alone: such a change moves folders of files that it also rewrites."""


def find_renames(
    gone: Mapping[str, Sequence[str]], new: Mapping[str, Sequence[str]]
) -> dict[str, str]:
    """Return the new path of each file that was moved, by its old one.

    Args:
        gone: the lines of the files that only the base has, by path.
        new: the lines of those that only the head has.
    """
    found = _same(gone, new)
    taken = set(found.values())
    left = {path: lines for path, lines in gone.items() if path not in found}
    others = {path: lines for path, lines in new.items() if path not in taken}
    for _, old_path, new_path in sorted(_likenesses(left, others)):
        if old_path not in found and new_path not in taken:
            found[old_path] = new_path
            taken.add(new_path)
    return found


def _same(gone: Mapping[str, Sequence[str]], new: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Pair the files that have the same lines, in the order of their paths."""
    waiting: dict[tuple[str, ...], deque[str]] = defaultdict(deque)
    for path in sorted(new):
        waiting[tuple(new[path])].append(path)
    same = ((path, waiting.get(tuple(gone[path]))) for path in sorted(gone))
    return {path: paths.popleft() for path, paths in same if paths and gone[path]}


def _likenesses(
    gone: Mapping[str, Sequence[str]], new: Mapping[str, Sequence[str]]
) -> list[tuple[float, str, str]]:
    """Return pairs that are like enough, with how unlike they are."""
    if len(gone) * len(new) > MAX_PAIRS:
        return []
    counted = {path: Counter(lines) for path, lines in new.items()}
    pairs = []
    for old_path, lines in gone.items():
        old = Counter(lines)
        for new_path, other in counted.items():
            few, many = sorted((len(lines), len(new[new_path])))
            if 2 * few < LIKE_ENOUGH * (few + many):
                continue  # even if it had all of the shorter one
            like = 2 * (old & other).total() / (few + many) if many else 0.0
            if like >= LIKE_ENOUGH:
                pairs.append((1 - like, old_path, new_path))
    return pairs
