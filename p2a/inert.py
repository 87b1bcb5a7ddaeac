"""Makes text that others wrote safe to publish: no mention, no image, no link, no hidden part; no I/O.

`clean` is for every text, ours included. `prose`, `line`, `title`, `cell`, `code_span`, `code_block`
and `commit_message` are for text from a repository, a person or a model. `fit` cuts a whole body.
Where a character sequence must lose its meaning but not its look, a zero-width space breaks it.
"""

import re
from collections.abc import Callable

from p2a.invisible import signs_shown

MAX_TITLE = 256
"""Characters of a title that we publish; GitHub takes 256 at most."""
CUT_NOTE = "*(cut: the text was too long for GitHub)*"
CUT_SHORT = "*(the rest was cut)*"
CUT_LINES = "[... {count} characters cut ...]"
ELLIPSIS = "…"
LONGEST_WORD = 40
"""Characters of a word that is left out whole where a text is cut; a longer one is cut within it."""
BREAK = "\u200b"

_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b\n]{0,500}(?:\x07|\x1b\\)?|[@-Z\\-_])")
# C0 but tab and newline, DEL, C1, and what is no character at all.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_TAGS = re.compile("[\U000e0000-\U000e007f]")

_LANGUAGE = re.compile(r"[A-Za-z0-9_+#.-]{1,30}")
_ACTIVE = frozenset({"suggestion", "mermaid", "geojson", "topojson", "stl"})
"""Languages of which GitHub makes a button that commits or a picture, and no code to read.

https://docs.github.com/en/get-started/writing-on-github/working-with-advanced-formatting/creating-diagrams
"""

_BREAKS: tuple[tuple[re.Pattern[str], str], ...] = (
    # GitHub looks for mentions after entities and escapes were resolved, so `&commat;me` counts too.
    (re.compile(r"&(?=#?\w{1,32};)"), f"&{BREAK}"),
    (re.compile(r"@(?=\S)"), f"@{BREAK}"),
    (re.compile(r"#(?=\d)"), f"#{BREAK}"),
    (re.compile(r"\b(GH-)(?=\d)", re.IGNORECASE), rf"\1{BREAK}"),
    (re.compile(r"(/(?:issues|pull|pulls|discussions)/)(?=\d)", re.IGNORECASE), rf"\1{BREAK}"),
    (re.compile(r"<(?=[A-Za-z/!?])"), f"<{BREAK}"),
    (re.compile(r"!(?=\[)"), f"!{BREAK}"),
    # The address of a link stands there to be read, and cannot be followed by mistake.
    (re.compile(r"(?<=\w:)(?=//)"), BREAK),
    (re.compile(r"\b(www)(?=\.)", re.IGNORECASE), rf"\1{BREAK}"),
    # A definition such as `[x]: # (text)` is not shown, in a list as little as at a line's start.
    (re.compile(r"\](?=[:(])"), f"]{BREAK}"),
    # Also in a quote or a list, where no fence of ours is seen.
    (
        re.compile(
            rf"((?:(?<!`)`{{3,}}|(?<!~)~{{3,}})[ \t]*)(?={'|'.join(sorted(_ACTIVE))})",
            re.IGNORECASE,
        ),
        rf"\1{BREAK}",
    ),
    # A command to some other bot starts a line.
    (re.compile(r"^([ \t>]{0,64})(?=/[A-Za-z])", re.MULTILINE), rf"\1{BREAK}"),
)
_SKIP_CI = re.compile(
    r"(\[)(?=(?:skip ci|ci skip|no ci|skip actions|actions skip)\])|\b(skip-)(?=checks:)",
    re.IGNORECASE,
)
_TRAILER = re.compile(r"^([ \t]*[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)+)(?=[ \t]*:)", re.MULTILINE)
_FENCE = re.compile(r" {0,3}(?P<fence>`{3,}|~{3,})(?P<info>[^\n]*)\Z")
_DETAILS = re.compile(r"<(?P<end>/?)details\b[^<>]{0,200}>", re.IGNORECASE)


def clean(text: str) -> str:
    """Return the text without terminal codes, with a visible sign for what nobody sees.

    The zero-width space stays, because the others here break with it.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _CONTROL.sub("\ufffd", _TAGS.sub("", _ANSI.sub("", text)))
    return BREAK.join(signs_shown(part) for part in text.split(BREAK))


def prose(text: str, *, limit: int | None = None) -> str:
    """Return Markdown by others with its form kept and its powers taken.

    Mentions, references to issues, closing keywords, HTML, images, links, hidden definitions and
    commands at a line's start are broken; what stands in fenced code stays as it is, and every
    fence that was opened is closed. A block that would be a suggestion or a picture is plain code.
    """
    text = clean(text.replace(BREAK, ""))
    fence = ""
    done: list[str] = []
    plain: list[str] = []
    for row in text.split("\n"):
        after = fence_after(fence, row)
        if fence or after:
            done.extend(_broken(plain))
            plain = []
            done.append(_fence_row(row, opens=not fence) if fence != after else row)
        else:
            plain.append(row)
        fence = after
    done.extend(_broken(plain))
    if fence:
        done.append(fence)
    whole = "\n".join(done)
    return whole if limit is None else fit(whole, limit, note=CUT_SHORT)


def line(text: str, *, limit: int | None = None) -> str:
    """Return text by others as one line of Markdown without powers."""
    flat = " ".join(clean(text.replace(BREAK, "")).split())
    # A single line can open no fence that hides what follows, so all of it is broken.
    whole = "\n".join(_broken([flat]))
    return whole if limit is None else shorten(whole, limit)


def title(text: str, *, limit: int = MAX_TITLE) -> str:
    """Return one line for a title, in which no CI switch works; never empty."""
    return _SKIP_CI.sub(_after_match, line(text, limit=limit)) or "(no title)"


def cell(text: str, *, limit: int | None = None) -> str:
    """Return one line that stays within its cell of a Markdown table."""
    return line(text, limit=limit).replace("\\", "\\\\").replace("|", "\\|")


def code_span(text: str) -> str:
    """Return one line as inline code, whatever backticks it holds."""
    flat = " ".join(signs_shown(clean(text)).split())
    if not flat:
        return "` `"
    ticks = "`" * (_longest_run(flat, "`") + 1)
    pad = " " if flat.startswith("`") or flat.endswith("`") else ""
    return f"{ticks}{pad}{flat}{pad}{ticks}"


def code_block(text: str, *, language: str = "", limit: int | None = None) -> str:
    """Return a fenced block that the text cannot leave; a long one loses its middle, visibly."""
    body = signs_shown(clean(text)).strip("\n")
    if limit is not None and len(body) > limit:
        body = _without_middle(body, limit)
    fence = "`" * max(3, _longest_run(body, "`") + 1)
    info = language if re.fullmatch(r"[A-Za-z0-9_+-]{1,20}", language) else ""
    return f"{fence}{info}\n{body}\n{fence}"


def suggestion(text: str) -> str:
    """Return a block that puts exactly this text in the place of lines when a person commits it.

    A text without any line, not even an empty one, takes the lines away. Hold the text against
    `is_shown_whole` before: what is committed is what stands in the block.
    """
    body = signs_shown(clean(text))
    if body and not body.endswith("\n"):
        body += "\n"
    fence = "`" * max(3, _longest_run(body, "`") + 1)
    return f"{fence}suggestion\n{body}{fence}"


def is_shown_whole(text: str) -> bool:
    """Tell whether a block shows a text as it is, with no sign in it replaced by another."""
    return signs_shown(clean(text)) == text


def commit_message(subject: str, body: str = "") -> str:
    """Return a message of one subject line and a body, in which no trailer or CI switch works."""
    head = title(subject, limit=100)
    rest = prose(body).strip()
    rest = _TRAILER.sub(rf"\1{BREAK}", _SKIP_CI.sub(_after_match, rest))
    return f"{head}\n\n{rest}" if rest else head


def console(text: str) -> str:
    """Return text for a log in which a CI runner finds no command of its own."""
    text = clean(text)
    text = re.sub(r"^([ \t]*:)(?=:)", rf"\1{BREAK}", text, flags=re.MULTILINE)
    return text.replace("##[", f"##{BREAK}[")


def shorten(text: str, limit: int) -> str:
    """Return at most `limit` characters of a text's start; a cut is at a word and shows as an ellipsis."""
    return text if len(text) <= limit else _start(text, limit - 1) + ELLIPSIS


def shorten_start(text: str, limit: int) -> str:
    """Return at most `limit` characters of a text's end, cut as `shorten` does."""
    return shorten(text[::-1], limit)[::-1]


def size_in_bytes(text: str) -> int:
    """Return the length of the text in UTF-8."""
    return len(text.encode("utf-8", "replace"))


def fit(
    markdown: str, limit: int, *, note: str = CUT_NOTE, size: Callable[[str], int] = len
) -> str:
    """Cut a body to `limit` with a visible note; open fences and `<details>` are closed before it."""
    if size(markdown) <= limit:
        return markdown
    low, high = 0, min(len(markdown), limit)
    while low < high:
        middle = (low + high + 1) // 2
        if size(_closed(markdown[:middle], note)) <= limit:
            low = middle
        else:
            high = middle - 1
    line_end = markdown.rfind("\n", 0, low)
    # Whole lines where that costs little; a body of one huge line is cut within it.
    is_whole = line_end > low - 500 and line_end > 0
    start = markdown[:line_end] if is_whole else _start(markdown, low - 3) + ELLIPSIS
    shorter = _closed(start, note)
    return shorter if size(shorter) <= limit else _closed(markdown[:low], note)


def fence_after(fence: str, row: str) -> str:
    """Return the fence that is open after this line, empty for none; `fence` is the one before."""
    match = _FENCE.match(row)
    if match is None:
        return fence
    marks, info = match["fence"], match["info"]
    if fence:
        closes = marks[0] == fence[0] and len(marks) >= len(fence) and not info.strip(" \t")
        return "" if closes else fence
    return "" if marks[0] == "`" and "`" in info else marks


def _fence_row(row: str, *, opens: bool) -> str:
    """Return a line with a fence, and of what follows it the name of a language alone."""
    # At the left edge no list or quote can own the line, so GitHub sees the fence we see.
    row = row.lstrip(" ")
    match = _FENCE.match(row)
    if not opens or match is None:
        return row
    info = match["info"].lstrip(" \t")
    language = re.split(r"[ \t]", info, maxsplit=1)[0]
    if not _LANGUAGE.fullmatch(language) or language.lower() in _ACTIVE:
        return match["fence"]
    return row[: len(row) - len(info) + len(language)]


def _start(text: str, limit: int) -> str:
    """Return the words of a text that fit; of a very long one, as much of it as fits."""
    head = text[: max(limit, 0)]
    if text[len(head) : len(head) + 1].isspace():
        return head.rstrip()
    space = max(head.rfind(sign) for sign in " \t\n")
    return head[:space].rstrip() if space > limit - min(LONGEST_WORD, limit // 2) else head.rstrip()


def _closed(markdown: str, note: str) -> str:
    fence = ""
    details = 0
    for row in markdown.split("\n"):
        after = fence_after(fence, row)
        if not fence and not after:
            for tag in _DETAILS.finditer(row):
                details = max(0, details - 1) if tag["end"] else details + 1
        fence = after
    ends = [fence] if fence else []
    if not fence and markdown.rfind("<!--") > markdown.rfind("-->"):
        ends.append("-->")
    return "\n".join([markdown.rstrip("\n"), *ends, *["\n</details>"] * details, "", note])


def _broken(rows: list[str]) -> list[str]:
    if not rows:
        return []
    text = "\n".join(rows)
    for pattern, replacement in _BREAKS:
        text = pattern.sub(replacement, text)
    return text.split("\n")


def _after_match(match: re.Match[str]) -> str:
    return match[0] + BREAK


def _longest_run(text: str, mark: str) -> int:
    return max((len(run) for run in re.findall(re.escape(mark) + "+", text)), default=0)


def _without_middle(text: str, limit: int) -> str:
    note = CUT_LINES.format(count=len(text) - limit)
    half = max(0, (limit - len(note) - 2) // 2)
    # The end of a log says more than its start, and both say more than the middle.
    return f"{text[:half]}\n{note}\n{text[len(text) - half :]}" if half else note
