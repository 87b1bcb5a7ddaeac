"""The comments of a file, as Python's tokens and not as text that looks like one; no I/O."""

import io
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass


class CommentsUnreadable(Exception):
    """The tokens of a file that parsed could not be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment with its line, counted from 1, its column, and the text from its hash sign on."""

    line: int
    column: int
    text: str


def read_comments(text: str) -> Iterator[Comment]:
    """Yield the comments from the top.

    Raises:
        CommentsUnreadable: the tokenizer gave up on a file that the parser takes.
    """
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                yield Comment(*token.start, token.string)
    except (tokenize.TokenError, SyntaxError, RecursionError, MemoryError) as error:
        raise CommentsUnreadable(f"its tokens cannot be read ({type(error).__name__})") from error
