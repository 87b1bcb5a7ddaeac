"""A repository's files in a few lines, for prompts whose room is needed for code; no I/O."""

from collections import Counter
from collections.abc import Sequence

MAX_WHOLE = 600
"""Characters of a list of paths that is shown as it is."""
MAX_ENTRIES = 20
MAX_NAME = 60


def overview(paths: Sequence[str]) -> str:
    """Return all paths where they are few, else the folders at the root, the largest first."""
    if sum(len(path) + 1 for path in paths) <= MAX_WHOLE + 1:
        return "\n".join(paths)
    counts = Counter(_top(path) for path in paths)
    most = counts.most_common()
    shown = ", ".join(f"{name} {count}" for name, count in most[:MAX_ENTRIES])
    more = len(most) - MAX_ENTRIES
    rest = f", and {more} more folders" if more > 0 else ""
    return f"{len(paths)} files: {shown}{rest}"


def _top(path: str) -> str:
    name, slash, _ = path.partition("/")
    return f"{name[:MAX_NAME]}/" if slash else "(root)"
