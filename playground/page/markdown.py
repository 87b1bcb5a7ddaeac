"""Markdown as GitHub shows it: tables, task lists, a safe part of HTML, no remote images."""

import re
from collections.abc import Iterator

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.tasklists import tasklists_plugin

TAGS = {
    "a", "blockquote", "br", "code", "dd", "del", "details", "div", "dl", "dt", "em",
    "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "input", "ins", "kbd", "li", "ol", "p", "pre",
    "s", "samp", "span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th",
    "thead", "tr", "ul", "var",
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href", "title"},
    "code": {"class"},
    "details": {"open"},
    "input": {"type", "checked", "disabled", "class"},
    "li": {"class"},
    "ol": {"start"},
    "td": {"align"},
    "th": {"align"},
    "ul": {"class"},
}
_ADDRESS = re.compile(r"(https?://[^\s<>\"'()\[\]*`]*[^\s<>\"'()\[\]*`.,;:!?])")
_ALIGNED = re.compile(r'<(t[dh]) style="text-align:(left|right|center)"')


def to_html(text: str) -> str:
    """Render a comment's Markdown; everything that could run or load something is taken out."""
    parser = MarkdownIt("gfm-like", {"linkify": False, "html": True, "breaks": True})
    parser.disable("linkify")
    parser.use(tasklists_plugin)
    parser.core.ruler.push("addresses", _link_addresses)
    # The pages allow no style of their own; GitHub aligns cells by this attribute, too.
    html = _ALIGNED.sub(r'<\1 align="\2"', parser.render(text))
    return nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES)


def _link_addresses(state: StateCore) -> None:
    """Make a link of each address that stands alone in a text, as GitHub does."""
    for block in state.tokens:
        if block.type == "inline" and block.children:
            block.children = list(_linked(block.children))


def _linked(tokens: list[Token]) -> Iterator[Token]:
    in_link = False
    for token in tokens:
        if token.type in {"link_open", "link_close"}:
            in_link = token.type == "link_open"
        elif token.type == "html_inline" and token.content.lower().startswith(("<a ", "</a")):
            in_link = not token.content.startswith("</")
        if token.type != "text" or in_link:
            yield token
            continue
        # The pattern is one group, so every second piece is an address.
        for number, piece in enumerate(_ADDRESS.split(token.content)):
            text = Token("text", "", 0, content=piece)
            if number % 2:
                yield Token("link_open", "a", 1, attrs={"href": piece})
                yield text
                yield Token("link_close", "a", -1)
            elif piece:
                yield text
