"""Foreign text as something to look at; no I/O."""


def visible(text: str) -> str:
    """Return the text with everything that could steer a terminal or break a document escaped."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
