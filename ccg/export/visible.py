"""Foreign text as something to look at; no I/O."""

import re

_BUILTIN = re.compile(r"<\*\*Py(\w)(\w*)\*\*>")
"""How ids of methods of builtin types begin, as in `<**PyList**>.append`."""


def visible(text: str) -> str:
    """Return the text with everything that could steer a terminal or break a document escaped."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if c.isprintable() else _escaped(c) for c in text)


def _escaped(character: str) -> str:
    """Return what stands for a character; a byte of a name that is no text is shown as a byte.

    Python reads such a byte as one of these surrogates: https://peps.python.org/pep-0383/
    """
    code = ord(character)
    return f"\\x{code - 0xDC00:02x}" if 0xDC80 <= code <= 0xDCFF else ascii(character)[1:-1]


def readable(text: str) -> str:
    """Return a text that may hold ids as people read it: `list.append` for a builtin's method."""
    return visible(_BUILTIN.sub(lambda found: found[1].lower() + found[2], text))
