"""Reads why tests failed from what foreign code may have written: one line each, the same in every run; no I/O.

A message is data: it is cut, holds no known form of a secret, and nothing in it is followed. What
differs between two runs of the same files (addresses of objects, temporary folders, measured times)
is replaced, as far as it can be told by its form.
"""

import re
from collections.abc import Container, Iterable, Sequence
from dataclasses import replace

from p2a.inert import shorten
from p2a.secret_forms import redact
from quality.junit import COLLECTION, MAX_MESSAGE, Broken
from quality.node_ids import names_shown
from quality.suite_result import FailedTest

MAX_SHOWN = 200
"""Characters of a message."""
MAX_PLACES = 100
"""Lines of a traceback that are looked at for a place, from its end."""
_MARK = "E   "
"""What begins the lines of the exception itself, in every form of pytest's tracebacks."""
_ADDRESSES = (
    (re.compile(r"\bat 0x[0-9a-fA-F]+"), "at 0x…"),
    (re.compile(r"\b0x[0-9a-fA-F]{9,16}\b"), "0x…"),
    # pytest leaves out the middle of a long text, often that of an object with its address
    (re.compile(r"\.\.\.[0-9a-fx]{4,16}(?=>)"), "..."),
    # the representation of a mock
    (re.compile(r"\bid='\d{9,}'"), "id='…'"),
)
_VARYING = (
    *_ADDRESSES,
    (re.compile(r"/tmp/pytest-of-[\w.-]+/pytest-\d+"), "/tmp/pytest"),  # noqa: S108 (shown, not used)
    (re.compile(r"(?<=/)(tmp|p2a-[a-z-]{1,20}-)[a-z0-9_]{8}\b"), r"\1…"),
    (re.compile(r"\b\d+\.\d{3,} ?(?=(?:s|ms|secs?|seconds?)\b)"), "… "),
)
_PLACE = re.compile(
    r"(?P<path>[^\s:][^:]*):(?P<line>\d{1,7}): "
    r'|E +File "(?P<file>[^"]+)", line (?P<at>\d{1,7})'
)

_CONFTEST = re.compile(
    r"^ImportError while loading conftest '(?P<path>[^'\n]{1,500})'\.$", re.MULTILINE
)
"""_pytest.config.main"""


def read_failures(
    broken: Sequence[Broken], paths: Iterable[str], *, root: str
) -> tuple[FailedTest, ...]:
    """Return what is told of tests that did not pass.

    Args:
        broken: as the JUnit report has them.
        paths: the files of the tree.
        root: the folder that the tests saw the tree in.
    """
    known = frozenset(paths)
    names = names_shown([item.test for item in broken], known)
    return tuple(
        FailedTest(
            test=item.test,
            node_id=name,
            message=_message(item, f"{root}/"),
            place=_place(item.text, f"{root}/", known),
            is_load_error=item.is_load_error,
        )
        for item, name in zip(broken, names, strict=True)
    )


def conftest_failure(output: str, paths: Iterable[str], *, root: str) -> FailedTest | None:
    """Return which `conftest.py` could not be loaded, after which pytest leaves without a report.

    Args:
        output: what pytest wrote.
        paths: the files of the tree.
        root: the folder that the tests saw the tree in.
    """
    heads = list(_CONFTEST.finditer(output))
    path = heads[-1]["path"].removeprefix(f"{root}/") if heads else ""
    if path.rpartition("/")[2] != "conftest.py":
        return None
    told = Broken(path, COLLECTION, output[heads[-1].end() :])
    (failed,) = read_failures([told], paths, root=root)
    return replace(failed, node_id=path)


def addresses_hidden(text: str) -> str:
    """Return the text without the addresses of objects, which no two runs have in common."""
    return _replaced(text, _ADDRESSES)


def _message(item: Broken, root: str) -> str:
    said = "" if item.is_load_error else _first_line(item.message)
    line = said or _raised(item.text) or _first_line(item.text)
    told = _replaced(line[:MAX_MESSAGE].replace(root, ""), _VARYING)
    # Cut last: a secret that was cut has no known form any more.
    return shorten(redact(told), MAX_SHOWN)


def _replaced(text: str, patterns: Iterable[tuple[re.Pattern[str], str]]) -> str:
    for pattern, instead in patterns:
        text = pattern.sub(instead, text)
    return text


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "")


def _raised(text: str) -> str:
    """Return the first line of the last exception of a traceback, past the code that it may show."""
    first = ""
    is_inside = False
    for line in text.splitlines():
        is_marked = line.startswith(_MARK)
        if is_marked and not is_inside:
            first = ""
        if is_marked and not first and line[len(_MARK) :][:1].strip():
            first = line.removeprefix(_MARK).strip()
        is_inside = is_marked
    return first


def _place(text: str, root: str, known: Container[str]) -> str:
    """Return the last place of a traceback that is in the tree."""
    for line in reversed(text.splitlines()[-MAX_PLACES:]):
        found = _PLACE.match(line)
        if found:
            path = (found["path"] or found["file"]).removeprefix(root)
            number = found["line"] or found["at"]
            if path in known:
                return f"{path}:{int(number)}"
    return ""
