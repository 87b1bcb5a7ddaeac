"""Markdown as GitHub shows it: tables, task lists, a safe part of HTML, no remote images."""

import re

import nh3
from markdown_it import MarkdownIt
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
_ALIGNED = re.compile(r'<(t[dh]) style="text-align:(left|right|center)"')


def to_html(text: str) -> str:
    """Render a comment's Markdown; everything that could run or load something is taken out."""
    parser = MarkdownIt("gfm-like", {"linkify": False, "html": True, "breaks": True})
    parser.disable("linkify")
    parser.use(tasklists_plugin)
    # The pages allow no style of their own; GitHub aligns cells by this attribute, too.
    html = _ALIGNED.sub(r'<\1 align="\2"', parser.render(text))
    return nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES)
