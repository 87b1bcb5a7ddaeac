"""Adds to a list of pinned requirements, for each with extras, the same one without them.

    python scripts/name_extras_twice.py requirements/*.txt

pip looks `name` and `name[extra]` up apart: where one package needs the first and another the second, a
list with hashes that names one of them alone is refused as soon as there is a newer release.
"""

import re
import sys
from pathlib import Path

ENTRY = re.compile(r"^([A-Za-z0-9._-]+)(\[[^\]]+\])?(==.*?)(?=^\S|\Z)", re.MULTILINE | re.DOTALL)


def with_both(text: str) -> str:
    """Return the list with both forms of each requirement, in their order."""
    plain = {name for name, extras, _ in ENTRY.findall(text) if not extras}
    parts = []
    for match in ENTRY.finditer(text):
        name, extras, rest = match.groups()
        if extras and name not in plain:
            parts.append(f"{name}{rest}")
        parts.append(match.group())
    return "".join(parts)


if __name__ == "__main__":
    for path in map(Path, sys.argv[1:]):
        path.write_text(with_both(path.read_text(encoding="utf-8")), encoding="utf-8")
