"""A number with its noun; no I/O."""


def counted(number: int, noun: str, *, plural: str = "") -> str:
    """Return the number with its noun in the singular or the plural, by default one with an s."""
    return f"{number} {noun}" if number == 1 else f"{number} {plural or noun + 's'}"
