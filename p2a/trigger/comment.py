"""What a comment asks for: the first `/p2a` line that a reader sees; linear time, no I/O."""

import difflib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from p2a.domain import CHANGING, WorkflowKind

COMMANDS: dict[str, WorkflowKind] = {
    "fix": WorkflowKind.FIX,
    "plan": WorkflowKind.FIX,
    "approve": WorkflowKind.APPROVE,
    "quality": WorkflowKind.CHECK,
    "check": WorkflowKind.CHECK,
    "graph": WorkflowKind.GRAPH,
    "ask": WorkflowKind.ASK,
    "review": WorkflowKind.REVIEW,
    "test": WorkflowKind.TEST,
    "docs": WorkflowKind.DOCS,
    "status": WorkflowKind.STATUS,
    "cancel": WorkflowKind.CANCEL,
    "retry": WorkflowKind.RETRY,
    "resume": WorkflowKind.RETRY,
    "help": WorkflowKind.HELP,
}
RESERVED = frozenset({"config"})
"""Words that name a command of the product which this version does not offer."""

UNKNOWN_COMMAND = "There is no command `{word}`{hint}."
RESERVED_COMMAND = "This version does not offer `/p2a {word}`."
UNKNOWN_OPTION = (
    "There is no option `{word}`: a comment can set `--budget DOLLARS` where models are asked, and "
    "nothing else."
)
WRONG_BUDGET = (
    "`--budget` takes dollars: a number above 0 such as `2.50`, as in `/p2a fix --budget 2.50`."
)
ONLY_ON_PULLS = "`/p2a {word}` is about a pull request: comment it there."
NO_QUESTION = "`/p2a ask` needs a question: `/p2a ask Where is a lost connection handled?`"

_LINE = re.compile(r" {0,3}/p2a(?:[ \t]+(.*))?\Z", re.IGNORECASE)
_FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*\Z)|~{3,})")
_CODE_INDENT = 4
_HTML = re.compile(r" {0,3}<")
_TAG = re.compile(
    r"[`\\]|=\s*[\"']|\]\(|<(/?)(details|pre|script|style)(?=[\s/>]|\Z)", re.IGNORECASE
)
"""A tag that hides what follows it, or what may make the next one no tag."""
_WORD = re.compile(r"[A-Za-z][A-Za-z-]{0,30}\Z")
_SHOWN = re.compile(r"[^A-Za-z0-9=_-]")
_BUDGET = "--budget"
"""The only option: whatever else stands there sets nothing."""
_TAKE_A_BUDGET = CHANGING | {WorkflowKind.ASK, WorkflowKind.REVIEW, WorkflowKind.RETRY}
_DOLLARS = re.compile(r"\$?([0-9]{1,6}(?:\.[0-9]{1,4})?)\Z")
_ON_PULLS_ONLY = frozenset(
    {
        WorkflowKind.CHECK,
        WorkflowKind.GRAPH,
        WorkflowKind.REVIEW,
        WorkflowKind.TEST,
        WorkflowKind.DOCS,
    }
)


@dataclass(frozen=True, slots=True)
class Command:
    """A command and its free text; for HELP the text is the reply's first line."""

    kind: WorkflowKind
    text: str = ""
    budget_usd: float | None = None
    """What the models may cost; None says nothing."""
    plan_first: bool = False
    """Whether the plan is to be approved before anything is changed."""
    paused_first: bool = False
    """Whether what reached its budget is gone on with, before what failed otherwise."""


@dataclass(frozen=True, slots=True)
class _Options:
    """What stood before the free text; `complaint` says why it cannot be used."""

    text: str
    budget_usd: float | None = None
    complaint: str = ""


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
        return _checked("fix", _join(words, below), on_pull_request=on_pull_request)
    if name in RESERVED:
        return Command(WorkflowKind.HELP, RESERVED_COMMAND.format(word=name))
    if not words and not below:
        return Command(WorkflowKind.HELP)
    if not rest and not below and _WORD.match(first):
        return Command(WorkflowKind.HELP, _unknown(name))
    return _checked("fix", _join(words, below), on_pull_request=on_pull_request)


def _checked(name: str, text: str, *, on_pull_request: bool) -> Command:
    kind = COMMANDS[name]
    options = _read_options(kind, text)
    if options.complaint:
        return Command(WorkflowKind.HELP, options.complaint)
    if kind in _ON_PULLS_ONLY and not on_pull_request:
        return Command(WorkflowKind.HELP, ONLY_ON_PULLS.format(word=name))
    if kind is WorkflowKind.ASK and not options.text:
        return Command(WorkflowKind.HELP, NO_QUESTION)
    if kind is WorkflowKind.HELP:
        return Command(kind)
    return Command(
        kind,
        options.text,
        options.budget_usd,
        plan_first=name == "plan",
        paused_first=name == "resume",
    )


def _read_options(kind: WorkflowKind, text: str) -> _Options:
    """Read the options before the free text; a word with dashes further on is text."""
    if not text.startswith("--"):
        return _Options(text)
    first, *rest = text.split(maxsplit=1)
    name, has_value, value = first.partition("=")
    below = rest[0] if rest else ""
    if name.lower() != _BUDGET or kind not in _TAKE_A_BUDGET:
        return _Options("", complaint=UNKNOWN_OPTION.format(word=_shown(first)))
    if not has_value:
        value, *rest = below.split(maxsplit=1) or [""]
        below = rest[0] if rest else ""
    dollars = _DOLLARS.match(value)
    if dollars is None or float(dollars.group(1)) == 0:
        return _Options("", complaint=WRONG_BUDGET)
    if below.startswith("--"):
        return _Options("", complaint=UNKNOWN_OPTION.format(word=_shown(below.split()[0])))
    return _Options(below, float(dollars.group(1)))


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
    hidden = is_html = False
    folds = _Folds()
    for raw in comment.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        # A block of HTML goes on to the next blank line.
        is_html = bool(_HTML.match(raw)) or (is_html and raw.strip() != "")
        if fence:
            if _closes(raw, fence):
                fence = ""
            folds.read(raw, is_code=True)
            yield raw, False
            continue
        was_hidden, was_folded = hidden, folds.is_open
        line, hidden = _without_html_comments(raw, hidden=hidden)
        opening = _FENCE.match(line)
        if opening and not hidden:
            fence = opening.group(1)
            folds.in_html = is_html
        folds.read(line)
        starts_visibly = not was_hidden and raw.lstrip(" ").startswith("/")
        # The line's own tags fold what comes after its command.
        yield line, starts_visibly and not opening and not was_folded


class _Folds:
    """Which tags that fold or quote are open; in doubt one stays open, and nothing is read in it.

    GitHub's parser is not ours. So a closing tag counts at the start of a line, where it is HTML
    whatever stands before, and after its opening one in the same line, when nothing between
    them can make it a piece of code, of an attribute or of a link. In a fence it never counts, and
    an opening one does when the fence may be no fence, because it stands in a block of HTML.
    """

    def __init__(self) -> None:
        self._open: Counter[str] = Counter()
        self.in_html = False

    @property
    def is_open(self) -> bool:
        return self._open.total() > 0

    def read(self, line: str, *, is_code: bool = False) -> None:
        """Count the tags of a line in their order."""
        if is_code and not self.in_html:
            return
        start = len(line) - len(line.lstrip(" "))
        here: Counter[str] = Counter()
        for token in _TAG.finditer(line):
            closes, name = token.group(1), (token.group(2) or "").lower()
            if not name:
                here.clear()
            elif not closes:
                self._open[name] += 1
                here[name] += 1
            elif (
                not is_code
                and self._open[name]
                and (here[name] or token.start() == start < _CODE_INDENT)
            ):
                self._open[name] -= 1
                here[name] = max(here[name] - 1, 0)


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
