"""What a docstring promises of parameters, exceptions and results, in the three usual styles; no I/O.

Google: https://google.github.io/styleguide/pyguide.html#383-functions-and-methods, NumPy:
https://numpydoc.readthedocs.io/en/latest/format.html, reStructuredText fields:
https://www.sphinx-doc.org/en/master/usage/domains/python.html#info-field-lists.
"""

import inspect
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

_PARAMETERS = frozenset({"args", "arguments", "parameters", "params"})
_MORE_PARAMETERS = frozenset({"keyword args", "keyword arguments", "other parameters"})
_RAISES = frozenset({"raises", "raise", "exceptions"})
_RETURNS = frozenset({"returns", "return"})
_YIELDS = frozenset({"yields", "yield"})
_KNOWN = _PARAMETERS | _MORE_PARAMETERS | _RAISES | _RETURNS | _YIELDS

# `*+` and `++` give nothing back: of two parts that both take blanks, a line of blanks would try all lengths.
_NAME = r"(?:\\?\*){0,2}[^\W\d]\w*"
_NAMES = rf"{_NAME}(?:\s*+[,/]\s*+{_NAME})*"
_GOOGLE_HEADER = re.compile(r"(\s*+)([A-Z][A-Za-z ]++)\s*+:\s*\Z")
_GOOGLE_ENTRY = re.compile(rf"`{{0,2}}({_NAMES})`{{0,2}}\s*+(?:\(.*?\)\s*+)?:(?:\s|\Z)")
_NUMPY_RULE = re.compile(r"\s*-{3,}\s*\Z")
_NUMPY_ENTRY = re.compile(rf"`{{0,2}}({_NAMES})`{{0,2}}\s*(?::.*)?\Z")
_EXCEPTION = re.compile(r"`{0,2}([^\W\d][\w.]*)`{0,2}\s*(?::|\Z)")
_FIELD = re.compile(r"\s*+[:@](\w++)(?:\s++([^:]*+))?:(?:\s+(.*))?\Z")
_FIELDS = {
    **dict.fromkeys(("param", "parameter", "arg", "argument", "key", "keyword"), "parameter"),
    **dict.fromkeys(("raises", "raise", "except", "exception"), "exception"),
    **dict.fromkeys(("return", "returns"), "result"),
    **dict.fromkeys(("yield", "yields"), "yielded"),
    "rtype": "type",
}
_NOTES = frozenset({"attention", "example", "hint", "note", "tip", "todo", "warning"})
"""Words that open a remark among the entries rather than one."""


@dataclass(frozen=True, slots=True)
class Named:
    """A name that a docstring describes, and on which of its lines, counted from 0."""

    name: str
    line: int


@dataclass(slots=True)
class Promises:
    """What a docstring says in its sections and fields, in their order."""

    parameters: list[Named] = field(default_factory=list)
    """Names without stars."""
    is_complete: bool = True
    """False where a section of parameters holds text that could not be read as entries."""
    exceptions: list[Named] = field(default_factory=list)
    """As written, with their modules if so."""
    result: Named | None = None
    """The first line of what is said of the result."""
    yielded: Named | None = None


def read_docstring(text: str) -> Promises:
    """Read the sections and fields of a docstring as it stands in the code."""
    promises = Promises()
    stripped = len(text) - len(text.lstrip("\n \t"))
    offset = text[:stripped].count("\n")
    lines = inspect.cleandoc(text).split("\n")
    result_type = ""
    number = 0
    while number < len(lines):
        section, entries, after = _section(lines, number)
        if section:
            _read_section(section, entries, offset, promises)
            number = after
            continue
        found = _FIELD.match(lines[number])
        if found:
            kind = _FIELDS.get(found[1], "")
            if kind == "type":
                result_type = (found[3] or "").strip()
            else:
                _read_field(
                    kind, found[2] or "", (found[3] or "").strip(), number + offset, promises
                )
        number += 1
    if promises.result and result_type == "None":
        promises.result = None
    return promises


def _section(lines: Sequence[str], number: int) -> tuple[str, list[tuple[int, str]], int]:
    """Return the name of the section that begins here, its lines, and where it ends."""
    following = lines[number + 1] if number + 1 < len(lines) else ""
    if _NUMPY_RULE.match(following) and lines[number].strip().lower() in _KNOWN:
        body = list(_numpy_body(lines, number))
        return f"numpy {lines[number].strip().lower()}", body, number + 2 + len(body)
    header = _GOOGLE_HEADER.match(lines[number])
    name = header[2].strip().lower() if header else ""
    if header and name in _KNOWN:
        body = list(_google_body(lines, number, len(header[1])))
        if body:
            return f"google {name}", body, number + 1 + len(body)
    return "", [], number


def _numpy_body(lines: Sequence[str], number: int) -> Iterator[tuple[int, str]]:
    """Yield the lines up to the next underlined header."""
    for place in range(number + 2, len(lines)):
        if place + 1 < len(lines) and _NUMPY_RULE.match(lines[place + 1]) and lines[place].strip():
            return
        yield place, lines[place]


def _google_body(lines: Sequence[str], number: int, indent: int) -> Iterator[tuple[int, str]]:
    """Yield the lines that stand deeper than the header."""
    for place in range(number + 1, len(lines)):
        line = lines[place]
        if line.strip() and _indent(line) <= indent:
            return
        yield place, line


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _read_section(
    section: str, body: list[tuple[int, str]], offset: int, promises: Promises
) -> None:
    style, _, name = section.partition(" ")
    filled = [(number + offset, line) for number, line in body if line.strip()]
    if not filled:
        return
    first = filled[0]
    if name in _RETURNS:
        promises.result = promises.result or Named(first[1].strip(), first[0])
        return
    if name in _YIELDS:
        promises.yielded = promises.yielded or Named(first[1].strip(), first[0])
        return
    indent = _indent(first[1])
    entries = [(number, line.strip()) for number, line in filled if _indent(line) <= indent]
    for number, line in entries:
        if name in _RAISES:
            found = _EXCEPTION.match(line)
            if found:
                promises.exceptions.append(Named(found[1], number))
            continue
        found = (_NUMPY_ENTRY if style == "numpy" else _GOOGLE_ENTRY).match(line)
        if found is None or found[1].lower() in _NOTES:
            promises.is_complete = False
        else:
            promises.parameters += _named(found[1], number)


def _named(names: str, number: int) -> Iterator[Named]:
    for name in re.split(r"[,/]", names):
        yield Named(name.strip().lstrip("\\*"), number)


def _read_field(kind: str, argument: str, text: str, number: int, promises: Promises) -> None:
    if kind == "parameter" and argument:
        name = argument.split()[-1].partition("=")[0].strip("`").lstrip("\\*")
        if name.isidentifier():
            promises.parameters.append(Named(name, number))
        else:
            promises.is_complete = False
    elif kind == "exception":
        for name in argument.split(","):
            words = name.split()
            if words:
                promises.exceptions.append(Named(words[0].strip("`~!"), number))
    elif kind == "result":
        promises.result = promises.result or Named(text, number)
    elif kind == "yielded":
        promises.yielded = promises.yielded or Named(text, number)
