"""The comments of a file, as Python's tokens and not as text that looks like one; no I/O."""

import io
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass


class CommentsUnreadable(Exception):
    """The tokens of a file that parsed could not be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment with its line, counted from 1, its column, and the text from its hash sign on."""

    line: int
    column: int
    text: str


@dataclass(frozen=True, slots=True)
class Comments:
    """The comments of a file from the top, as far as its tokens could be read."""

    found: tuple[Comment, ...]
    trouble: str
    """Why what is below them could not be read, empty where all was."""

    def __iter__(self) -> Iterator[Comment]:
        """Yield the comments.

        Raises:
            CommentsUnreadable: these are not all; it is raised behind the last one.
        """
        yield from self.found
        if self.trouble:
            raise CommentsUnreadable(self.trouble)


def read_comments(text: str) -> Comments:
    """Return the comments of a text that parsed: of some the tokenizer gives up."""
    found: list[Comment] = []
    trouble = ""
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    try:
        found.extend(_comments(tokens))
    except (tokenize.TokenError, SyntaxError, RecursionError, MemoryError) as error:
        trouble = f"its tokens cannot be read ({type(error).__name__})"
    return Comments(tuple(found), trouble)


def comments_of(tokens: Iterable[tokenize.TokenInfo]) -> Comments:
    """Return the comments among all tokens of a text."""
    return Comments(tuple(_comments(tokens)), "")


def _comments(tokens: Iterable[tokenize.TokenInfo]) -> Iterator[Comment]:
    return (
        Comment(*token.start, token.string) for token in tokens if token.type == tokenize.COMMENT
    )
