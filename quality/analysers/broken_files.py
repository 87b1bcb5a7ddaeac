"""Product files that Python here could not parse: ruff, which knows newer syntax, tells which are broken.

Such a file could stop ruff where it is read beside others, so none is read together with what parsed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import decode_source
from pathlib import Path
from typing import Any

from ccg.source import is_syntax_error, read_content
from p2a.domain import Dimension
from quality.analysers.json_tool import run_json_tool
from quality.analysers.lint_rules import BROKEN, INVALID_SYNTAX, SYNTAX_ERROR
from quality.analysers.neutral_copies import copied, write_copies
from quality.finding import Finding, line_anchor
from quality.measure import NotMeasured
from quality.product import is_product
from quality.tree import SourceTree

MAX_ALONE = 20
"""Files that are read one by one, where ruff has no answer for all of them together."""
MAX_OUTPUT = 8 * 1024 * 1024
"""Bytes of an answer: one file can be made to have half a million errors, of which the first counts."""
UNREADABLE = "neither Python nor ruff can read the file"


@dataclass(frozen=True, slots=True)
class BrokenFile:
    """The text of a file that did not parse."""

    path: str
    lines: list[str]


def broken_findings(
    tree: SourceTree, arguments: Sequence[str], *, folder: Path, analyser: str
) -> tuple[Finding, ...]:
    """Return a finding for each file of the product that no syntax of ours and no newer one allows.

    Args:
        tree: the files that were read.
        arguments: the words after `ruff` that check the folder `files`.
        folder: a place of ours, not there yet.
        analyser: who the findings are by.
    """
    files = _broken_files(tree)
    if not files:
        return ()
    answer = _ask(files, arguments, folder=folder / "all")
    if not isinstance(answer, NotMeasured):
        return _read(answer, files, analyser)
    found: list[Finding] = []
    for number, file in enumerate(files[:MAX_ALONE]):
        alone = _ask([file], arguments, folder=folder / str(number))
        if isinstance(alone, NotMeasured):
            found.append(_finding(file, 1, UNREADABLE, analyser))
        else:
            found.extend(_read(alone, [file], analyser))
    return tuple(found)


def _broken_files(tree: SourceTree) -> list[BrokenFile]:
    found = []
    for item in tree.not_analysed:
        if is_syntax_error(item) and is_product(item.path):
            content = read_content(tree.root, item.path)
            if isinstance(content, bytes):
                lines = decode_source(content).removesuffix("\n").split("\n")
                found.append(BrokenFile(item.path, lines))
    return found


def _ask(
    files: Sequence[BrokenFile], arguments: Sequence[str], *, folder: Path
) -> list[dict[str, Any]] | NotMeasured:
    write_copies(folder / "files", files)
    answer: list[dict[str, Any]] | NotMeasured = run_json_tool(
        "ruff", arguments, folder=folder, max_output=MAX_OUTPUT
    )
    return answer


def _read(
    answer: list[dict[str, Any]], files: Sequence[BrokenFile], analyser: str
) -> tuple[Finding, ...]:
    """Take the first error of each file, which brings others; a file that ruff reads has none."""
    first: dict[str, Finding] = {}
    for item in sorted(answer, key=lambda item: int(item["location"]["row"])):
        file = copied(item["filename"], files)
        if item["code"] == INVALID_SYNTAX and file.path not in first:
            message = str(item["message"]).rstrip(".")
            line = int(item["location"]["row"])
            told = f"Python cannot read the file: {message[:1].lower()}{message[1:]}"
            first[file.path] = _finding(file, line, told, analyser)
    return tuple(first[file.path] for file in files if file.path in first)


def _finding(file: BrokenFile, line: int, message: str, analyser: str) -> Finding:
    # What is missing at the end of a file is missed below its last line.
    line = min(line, len(file.lines))
    return Finding(
        path=file.path,
        start_line=line,
        end_line=line,
        rule=SYNTAX_ERROR,
        severity=BROKEN.severity,
        confidence=BROKEN.confidence,
        message=message,
        hint=BROKEN.hint,
        dimension=Dimension.CODE_QUALITY,
        analyser=analyser,
        anchor=line_anchor(file.lines, line),
    )
