"""Numbers with their nouns and lists with their ends; no I/O."""

from collections.abc import Sequence


def counted(number: int, noun: str, *, plural: str = "") -> str:
    """Return the number with its noun in the singular or the plural, by default one with an s."""
    return f"{number} {noun}" if number == 1 else f"{number} {plural or noun + 's'}"


def listed(names: Sequence[str], *, most: int) -> str:
    """Return the first names with commas, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
