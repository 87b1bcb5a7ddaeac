"""What a Markdown text can do to its reader, told by a renderer that we did not write."""

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token


def powers(markdown: str) -> list[tuple[str, str]]:
    """Return what a renderer that we did not write would load, link or pass on as HTML."""

    def found(tokens: list[Token]) -> Iterator[tuple[str, str]]:
        for token in tokens:
            if token.type == "image":
                yield "image", str(token.attrs.get("src"))
            if token.type == "link_open":
                yield "link", str(token.attrs.get("href"))
            if token.type in {"html_inline", "html_block"}:
                yield from (
                    ("html", tag) for tag in re.findall(r"<!--.*?-->|<[^>]+>", token.content)
                )
            yield from found(token.children or [])

    return list(found(MarkdownIt("commonmark").enable("table").parse(markdown)))


def outside_code(markdown: str) -> str:
    """Return the text that is not in fenced or inline code."""

    def found(tokens: list[Token]) -> Iterator[str]:
        for token in tokens:
            if token.type == "text":
                yield token.content
            yield from found(token.children or [])

    return "\n".join(found(MarkdownIt("commonmark").enable("table").parse(markdown)))
