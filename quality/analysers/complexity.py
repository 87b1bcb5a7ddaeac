"""Cyclomatic complexity by radon: which share of the code stands in functions hard to follow."""

import math
from collections.abc import Iterator
from importlib.metadata import version

from radon.complexity import add_inner_blocks, cc_visit_ast
from radon.visitors import Function

from ccg.graph import NotAnalysed
from ccg.source import Source
from p2a.domain import Dimension
from quality.analysers.interface import Analysis, Scope, Subject
from quality.code_lines import CodeLines
from quality.finding import Confidence, Finding, Severity
from quality.measure import Measure, NotMeasured

HARD = 10
"""Above it radon ranks a function C; McCabe's own limit."""
VERY_HARD = 20
EXTREME = 40
HALF = 0.5
"""Of its lines count for a hard function, all of them for a very hard one."""
# Radon counts by its own reading of tokens and trees, and trips over files that Python accepts.
RADON_TRIPS = (
    AttributeError,
    IndexError,
    KeyError,
    MemoryError,
    RecursionError,
    SyntaxError,
    TypeError,
    ValueError,
)
LONG = 100
"""Lines; in a shorter function a docstring may well be all but one of them."""
MESSAGE = "{name} has a cyclomatic complexity of {value}: more than {limit} paths are hard to test"
HINT = "Split it: give each decision, or each step, a function of its own."


class ComplexityAnalyser:
    """Measure: weighted lines of hard functions, of the lines of all functions."""

    name = "complexity"
    scope = Scope.FILE
    dimensions = (Dimension.CODE_QUALITY,)

    def version(self) -> str:
        """Return radon's version."""
        return f"radon {version('radon')}"

    def analyse(self, subject: Subject) -> Analysis:
        """Judge every function, method and closure."""
        hard = whole = 0.0
        findings: list[Finding] = []
        failed: list[NotAnalysed] = []
        for source in subject.tree.product:
            try:
                functions = list(_functions(source))
            except RADON_TRIPS as error:
                reason = f"complexity: radon could not read it ({type(error).__name__})"
                failed.append(NotAnalysed(source.path, reason))
                continue
            lines_of = CodeLines(source)
            for function in functions:
                lines = _counted(function, lines_of)
                whole += lines
                hard += lines * _weight(function.complexity)
                if function.complexity > HARD:
                    amount = lines * _weight(function.complexity)
                    findings.append(_finding(source.path, function, amount=amount))
        measure = (
            Measure(hard, whole)
            if whole
            else NotMeasured("there is no function to measure", is_empty=True)
        )
        return Analysis(measure, tuple(findings), tuple(failed))


def _counted(function: Function, lines: CodeLines) -> int:
    """Return a function's lines, of a long one without the blank lines and comments that fill it up."""
    every = function.endline - function.lineno + 1
    return every if every <= LONG else lines.counted(function.lineno, function.endline)


def _functions(source: Source) -> Iterator[Function]:
    seen: set[tuple[int, int]] = set()
    for block in add_inner_blocks(cc_visit_ast(source.tree)):
        place = (block.lineno, block.col_offset)
        if isinstance(block, Function) and place not in seen:
            seen.add(place)
            yield block


def _weight(complexity: int) -> float:
    if complexity > VERY_HARD:
        return 1.0
    return HALF if complexity > HARD else 0.0


def _finding(path: str, function: Function, *, amount: float) -> Finding:
    limits = (
        (EXTREME, Severity.HIGH),
        (VERY_HARD, Severity.MEDIUM),
        (-math.inf, Severity.LOW),
    )
    severity = next(severity for limit, severity in limits if function.complexity > limit)
    return Finding(
        path=path,
        start_line=function.lineno,
        end_line=function.endline,
        rule="complex-function",
        severity=severity,
        confidence=Confidence.HIGH,
        message=MESSAGE.format(name=function.fullname, value=function.complexity, limit=HARD),
        hint=HINT,
        dimension=Dimension.CODE_QUALITY,
        analyser=ComplexityAnalyser.name,
        anchor=function.fullname,
        amount=amount,
    )
