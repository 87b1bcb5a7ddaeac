"""A repository's files in a few lines, for prompts whose room is needed for code; no I/O."""

from collections import Counter
from collections.abc import Sequence

MAX_WHOLE = 600
"""Characters of a list of paths that is shown as it is."""
MAX_ENTRIES = 20


def overview(paths: Sequence[str]) -> str:
    """Return all paths where they are few, else the folders at the root, the largest first."""
    whole = "\n".join(paths)
    if len(whole) <= MAX_WHOLE:
        return whole
    counts = Counter(f"{path.split('/')[0]}/" if "/" in path else "(root)" for path in paths)
    most = counts.most_common()
    shown = ", ".join(f"{name} {count}" for name, count in most[:MAX_ENTRIES])
    more = len(most) - MAX_ENTRIES
    rest = f", and {more} more folders" if more > 0 else ""
    return f"{len(paths)} files: {shown}{rest}"
