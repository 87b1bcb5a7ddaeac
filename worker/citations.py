"""Citations of lines in a model's text: held against the tree, then shown as links; no I/O."""

import re
from collections.abc import Callable, Iterator
from urllib.parse import quote

from p2a.inert import clean, code_span, fence_after
from worker.records import AnswerRecord, CitationRecord

MAX_CITATIONS = 40
MAX_CITED_LINES = 400
"""Lines of one citation; a longer one points at nothing."""

_OPEN, _CLOSE = "\ue000", "\ue001"
"""Of a mark: private characters, so that no rule for other texts changes it."""
_MARK = re.compile(f"{_OPEN}([0-9]{{1,3}}){_CLOSE}")
# Code is passed over: a slice of a list looks like a citation, too.
_CITATION = re.compile(
    r"(?P<code>`+)[^`\n]*(?P=code)"
    r"|(?P<space> ?)\[`?(?P<path>[^\[\]`\s:]{1,1024}):L?(?P<first>\d{1,7})(?:[-\u2013]L?(?P<last>\d{1,7}))?`?\](?!\()"
)

CountLines = Callable[[str], int | None]
"""Return how many lines a text file of the tree has, None where there is no such file."""


def read_citations(text: str, count_lines: CountLines, *, blob_url: str) -> AnswerRecord:
    """Return a text whose citations such as `[src/a.py:3-9]` are marks; one without lines is cut."""
    found: list[CitationRecord] = []
    dropped = 0

    def marked(match: re.Match[str]) -> str:
        nonlocal dropped
        if match["path"] is None:
            return match[0]
        citation = _citation(match)
        if not _stands(citation, count_lines) or len(found) == MAX_CITATIONS:
            dropped += 1
            return ""
        if citation not in found:
            found.append(citation)
        return f"{match['space']}{_OPEN}{found.index(citation)}{_CLOSE}"

    plain = clean(text).replace(_OPEN, "").replace(_CLOSE, "")
    rows = [
        row if is_code else _CITATION.sub(marked, row).rstrip() for row, is_code in _rows(plain)
    ]
    return AnswerRecord(text="\n".join(rows), citations=found, dropped=dropped, blob_url=blob_url)


def with_links(text: str, answer: AnswerRecord) -> str:
    """Return the answer's text with a link in place of each mark; it was made inert before."""

    def linked(match: re.Match[str]) -> str:
        number = int(match[1])
        return link(answer.citations[number], answer.blob_url)

    return _MARK.sub(linked, text)


def link(citation: CitationRecord, blob_url: str) -> str:
    """Return cited lines as a link in Markdown."""
    return f"[{code_span(place(citation))}]({permalink(citation, blob_url)})"


def place(citation: CitationRecord) -> str:
    """Return a path with its lines, as people write it."""
    one = citation.first_line == citation.last_line
    lines = f"{citation.first_line}" if one else f"{citation.first_line}-{citation.last_line}"
    return f"{citation.path}:{lines}"


def permalink(citation: CitationRecord, blob_url: str) -> str:
    """Return the page of lines at a commit, which stays when the branch moves on.

    Args:
        citation: the lines.
        blob_url: of the commit's files, such as `https://github.com/o/r/blob/SHA`.
    """
    one = citation.first_line == citation.last_line
    lines = f"L{citation.first_line}" if one else f"L{citation.first_line}-L{citation.last_line}"
    # A page that renders a file has no lines: `plain` shows its text.
    plain = "?plain=1" if citation.path.lower().endswith((".md", ".rst", ".ipynb")) else ""
    return f"{blob_url}/{quote(citation.path)}{plain}#{lines}"


def _citation(match: re.Match[str]) -> CitationRecord:
    first = int(match["first"])
    last = int(match["last"]) if match["last"] else first
    return CitationRecord(path=match["path"], first_line=first, last_line=last)


def _stands(citation: CitationRecord, count_lines: CountLines) -> bool:
    first, last = citation.first_line, citation.last_line
    if not 1 <= first <= last < first + MAX_CITED_LINES:
        return False
    count = count_lines(citation.path)
    return count is not None and last <= count


def _rows(text: str) -> Iterator[tuple[str, bool]]:
    """Yield each line, and whether it is a fence or stands in one."""
    fence = ""
    for row in text.split("\n"):
        after = fence_after(fence, row)
        yield row, bool(fence or after)
        fence = after
