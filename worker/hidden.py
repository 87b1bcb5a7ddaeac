"""What of a text on GitHub nobody sees who reads it there, taken out before a model reads it; no I/O.

An issue is approved by a person who sees it rendered: what stands in a comment, a hidden element, an
image's description or a title would be an order that only the model reads. In doubt more goes: a note
stands where a part was. Each pattern and each search goes over the text once.
"""

import html
import re
from dataclasses import dataclass

from p2a.inert import fence_after

REMOVED = "[hidden text removed]"

_SPANS = (("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>"))
_OPENING = re.compile(
    r"<!--|<!\[CDATA\[|<\?|<(?P<end>/?)(?P<name>[A-Za-z][\w:-]{0,40})(?P<rest>[^<>]{0,4000})>"
)
_NEVER_SHOWN = frozenset({"script", "style", "template", "title", "noscript", "iframe", "object"})
_VOID = frozenset({"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})
_HIDES = re.compile(
    r"(?<![\w-])hidden(?![\w-])|display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0|opacity\s*:\s*0",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"""(?<![\w-])(href|src)\s*=\s*["']?([^\s"'<>]{1,500})""", re.IGNORECASE)
_IMAGE = re.compile(r"!\[[^\[\]]{0,4000}\](?=[(\[])")
_TITLE = re.compile(
    r"""(?<=\]\()(\s{0,9}<?[^\s<>()"']{1,2000}>?)\s{1,9}(?:"[^"]{0,4000}"|'[^']{0,4000}'|\([^()]{0,4000}\))\s{0,9}(?=\))"""
)
_DEFINITION = re.compile(
    r"""^([ \t>]{0,64}\[[^\]\n]{1,999}\]:[ \t]{0,64}\n?[ \t]{0,64}[^\s]{1,2000})[ \t]{0,64}\n?[ \t]{0,64}"""
    r"""(?:"[^"]{0,4000}"|'[^']{0,4000}'|\([^()]{0,4000}\))""",
    re.MULTILINE,
)
_CONTAINER = re.compile(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*")
_RAW = ("pre", "script", "style", "textarea")
"""HTML blocks that go on after an empty line. https://spec.commonmark.org/0.31.2/#html-blocks"""


@dataclass(frozen=True, slots=True)
class Visible:
    """A text as its reader on GitHub sees it."""

    text: str
    removed: int = 0
    """How many parts were taken out."""


def visible(markdown: str) -> Visible:
    """Return what is seen of a text, in Markdown; fenced code stays as it is."""
    texts, removed = [], 0
    for text, is_code in _parts(markdown.replace("\r\n", "\n").replace("\r", "\n")):
        if is_code:
            texts.append(text)
            continue
        seen = _without_titles(_without_elements(text))
        removed += seen.removed
        texts.append(html.unescape(seen.text))
    return Visible("\n".join(texts), removed)


def _parts(markdown: str) -> list[tuple[str, bool]]:
    """Return the text in parts of whole lines, and of each whether it is certainly fenced code."""
    parts: list[tuple[list[str], bool]] = [([], False)]
    fence, block = "", ""
    for row in markdown.split("\n"):
        if not fence:
            block = _block_after(block, row)
        after = "" if block else fence_after(fence, row)
        is_code = bool(fence or after)
        if is_code is not parts[-1][1]:
            parts.append(([], is_code))
        parts[-1][0].append(row)
        fence = after
    return [("\n".join(rows), is_code) for rows, is_code in parts if rows]


def _block_after(block: str, row: str) -> str:
    """Return what ends the HTML block that this line is in, empty for none: no fence begins in one."""
    if block:
        ended = not row.strip() if block == "\n" else block in row.lower()
        return "" if ended else block
    start = _CONTAINER.sub("", row, count=1).lower()
    for opening, closing in _SPANS:
        if start.startswith(opening):
            return "" if closing in start else closing
    for name in _RAW:
        if re.match(rf"<{name}\b", start):
            return "" if f"</{name}>" in start else f"</{name}>"
    return "\n" if re.match(r"</?[a-z]|<!", start) else ""


def _without_elements(text: str) -> Visible:
    """Take out comments and what is never shown; of other tags only their addresses stay."""
    done, place, removed = [], 0, 0
    while match := _OPENING.search(text, place):
        done.append(text[place : match.start()])
        end = _end_of_hidden(text, match)
        if end is None:
            done.append(_bare(match))
            place = match.end()
            continue
        done.append(REMOVED)
        place, removed = end, removed + 1
    return Visible("".join([*done, text[place:]]), removed)


def _end_of_hidden(text: str, match: re.Match[str]) -> int | None:
    """Return where the hidden part ends that begins here, None where none does."""
    closing = dict(_SPANS).get(match[0])
    if closing is not None:
        end = text.find(closing, match.end())
        # What never ends hides the rest, at least in some places.
        return len(text) if end < 0 else end + len(closing)
    name = match["name"].lower()
    if match["end"] or not (name in _NEVER_SHOWN or _HIDES.search(match["rest"])):
        return None
    if name in _VOID:
        return match.end()
    depth = 1
    for tag in re.finditer(
        rf"<(/?){re.escape(name)}(?![\w:-])[^<>]{{0,4000}}>", text[match.end() :], re.IGNORECASE
    ):
        depth += -1 if tag[1] else 1
        if not depth:
            return match.end() + tag.end()
    return len(text)


def _bare(match: re.Match[str]) -> str:
    found = _ADDRESS.search(match["rest"])
    address = f' {found[1].lower()}="{found[2]}"' if found else ""
    return f"<{match['end']}{match['name']}{address}>"


def _without_titles(seen: Visible) -> Visible:
    text = _IMAGE.sub("![]", seen.text)
    text, titles = _TITLE.subn(r"\1", text)
    text, definitions = _DEFINITION.subn(r"\1", text)
    return Visible(text, seen.removed + titles + definitions)
