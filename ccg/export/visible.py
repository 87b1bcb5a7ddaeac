"""Foreign text as something to look at; no I/O."""

import re

_BUILTIN = re.compile(r"<\*\*Py(\w)(\w*)\*\*>")
"""How ids of methods of builtin types begin, as in `<**PyList**>.append`."""


def visible(text: str) -> str:
    """Return the text with everything that could steer a terminal or break a document escaped."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def readable(text: str) -> str:
    """Return a text that may hold ids as people read it: `list.append` for a builtin's method."""
    return visible(_BUILTIN.sub(lambda found: found[1].lower() + found[2], text))
