"""What a comment asks for: the first `/p2a` line that a reader sees; linear time, no I/O."""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from p2a.domain import WorkflowKind

COMMANDS: dict[str, WorkflowKind] = {
    "fix": WorkflowKind.FIX,
    "quality": WorkflowKind.CHECK,
    "check": WorkflowKind.CHECK,
    "graph": WorkflowKind.GRAPH,
    "status": WorkflowKind.STATUS,
    "cancel": WorkflowKind.CANCEL,
    "retry": WorkflowKind.RETRY,
    "help": WorkflowKind.HELP,
}
RESERVED = frozenset({"plan", "approve", "review", "test", "docs", "ask", "resume", "config"})
"""Words that name a command of the product which this version does not offer."""

UNKNOWN_COMMAND = "There is no command `{word}`{hint}."
RESERVED_COMMAND = "This version does not offer `/p2a {word}`."
UNKNOWN_OPTION = "There is no option `{word}`: a comment cannot set options."
ONLY_ON_PULLS = "`/p2a {word}` measures a pull request: comment it there."
ONLY_ON_ISSUES = "`/p2a {word}` starts from an issue: comment it on the issue, not here."

_LINE = re.compile(r" {0,3}/p2a(?:[ \t]+(.*))?\Z", re.IGNORECASE)
_FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*\Z)|~{3,})")
_WORD = re.compile(r"[A-Za-z][A-Za-z-]{0,30}\Z")
_SHOWN = re.compile(r"[^A-Za-z0-9=_-]")
_ON_PULLS_ONLY = frozenset({WorkflowKind.CHECK, WorkflowKind.GRAPH})


@dataclass(frozen=True, slots=True)
class Command:
    """A command and its free text; for HELP the text is the reply's first line."""

    kind: WorkflowKind
    text: str = ""


def read_command(comment: str, *, on_pull_request: bool) -> Command | None:
    """Return the first command of a comment, or None where no visible line holds one.

    A command stands at the start of a line that GitHub shows as text: not in a quote, a fenced or
    indented code block, an HTML comment or a `<details>` block. Its text goes on over the lines
    below it up to the next command. A second command in the same comment is not read.
    """
    words: str | None = None
    below: list[str] = []
    for line, is_text in _visible_lines(comment):
        found = _LINE.match(line) if is_text else None
        if found and words is not None:
            break
        if found:
            words = (found.group(1) or "").strip(" \t")
        elif words is not None:
            below.append(line)
    if words is None:
        return None
    return _read_words(words, "\n".join(below).rstrip(), on_pull_request=on_pull_request)


def _read_words(words: str, below: str, *, on_pull_request: bool) -> Command:
    first, _, rest = words.partition(" ")
    name = first.lower()
    if name in COMMANDS:
        return _checked(name, _join(rest, below), on_pull_request=on_pull_request)
    if name.startswith("--"):
        return Command(WorkflowKind.HELP, UNKNOWN_OPTION.format(word=_shown(first)))
    if name in RESERVED:
        return Command(WorkflowKind.HELP, RESERVED_COMMAND.format(word=name))
    if not words and not below:
        return Command(WorkflowKind.HELP)
    if not rest and not below and _WORD.match(first):
        return Command(WorkflowKind.HELP, _unknown(name))
    return _checked("fix", _join(words, below), on_pull_request=on_pull_request)


def _checked(name: str, text: str, *, on_pull_request: bool) -> Command:
    kind = COMMANDS[name]
    if text.startswith("--"):
        return Command(WorkflowKind.HELP, UNKNOWN_OPTION.format(word=_shown(text.split()[0])))
    if kind in _ON_PULLS_ONLY and not on_pull_request:
        return Command(WorkflowKind.HELP, ONLY_ON_PULLS.format(word=name))
    if kind is WorkflowKind.FIX and on_pull_request:
        return Command(WorkflowKind.HELP, ONLY_ON_ISSUES.format(word=name))
    if kind is WorkflowKind.HELP:
        return Command(kind)
    return Command(kind, text)


def _unknown(word: str) -> str:
    near = difflib.get_close_matches(word, COMMANDS, n=1)
    hint = f"; did you mean `/p2a {near[0]}`?" if near else ""
    return UNKNOWN_COMMAND.format(word=word, hint=hint).replace("?.", "?")


def _join(first: str, below: str) -> str:
    return f"{first}\n{below}".strip()


def _shown(word: str) -> str:
    return _SHOWN.sub("", word)[:40]


def _visible_lines(comment: str) -> Iterator[tuple[str, bool]]:
    """Yield each line with its HTML comments cut out, and whether a command may stand in it."""
    fence = ""
    hidden = False
    folded = 0
    for raw in comment.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if fence:
            if _closes(raw, fence):
                fence = ""
            yield raw, False
            continue
        was_hidden = hidden
        line, hidden = _without_html_comments(raw, hidden=hidden)
        opening = _FENCE.match(line)
        if opening and not hidden:
            fence = opening.group(1)
        folded += _count_tags(line)
        folded = max(folded, 0)
        starts_visibly = not was_hidden and raw.lstrip(" ").startswith("/")
        yield line, starts_visibly and not opening and not folded


def _closes(line: str, fence: str) -> bool:
    stripped = line.strip(" \t")
    return len(stripped) >= len(fence) and set(stripped) == {fence[0]}


def _without_html_comments(line: str, *, hidden: bool) -> tuple[str, bool]:
    """Return what is left of a line, and whether an HTML comment is still open at its end."""
    kept: list[str] = []
    position = 0
    while position < len(line):
        if hidden:
            end = line.find("-->", position)
            if end < 0:
                break
            position, hidden = end + 3, False
        else:
            start = line.find("<!--", position)
            kept.append(line[position:] if start < 0 else line[position:start])
            if start < 0:
                break
            position, hidden = start + 4, True
    return "".join(kept), hidden


def _count_tags(line: str) -> int:
    lower = line.lower()
    opened = sum(lower.count(f"<{tag}") for tag in ("details", "pre", "script", "style"))
    return opened - sum(lower.count(f"</{tag}") for tag in ("details", "pre", "script", "style"))
