"""Tests that pass whatever the code does: without a check, empty, or with checks always true."""

import ast
import re
from collections.abc import Iterator

from ccg.nodes import walk
from p2a.domain import Dimension
from quality.analysers.always_true import AlwaysTrue, always_true
from quality.analysers.checks import find_helpers, uses
from quality.analysers.found_tests import FoundTest, Function, tests_in
from quality.analysers.interface import Analysis, Scope, Subject
from quality.dotted import dotted_name
from quality.finding import Confidence, Finding, Severity
from quality.remembered import remembered
from quality.unparsed import unparsed

VERSION = "2"
_SMOKE = re.compile(
    r"smoke|import|(?:no|not|n_?t|without|never|ignore\w*|suppress\w*)_(?:\w+_)?"
    r"(?:raise|error|exception|crash|warn|fail|break|hang|recurs)",
    re.IGNORECASE,
)
"""In a test's name: that nothing is raised is what it is about."""
LONGEST_NAME = 200
"""Characters of a test's name that are looked at: the pattern takes more than their square."""
_SMOKE_TEXT = re.compile(
    r"nothing happens|(?:no|not|n't|without|never)\s(?:\w+\s)?(?:rais|error|exception|crash|fail)",
    re.IGNORECASE,
)
"""The same in its docstring."""
_EQUALITY = re.compile(r"eq|hash|ident|compar|reflex|order|same|self|cach|singleton", re.IGNORECASE)
"""In a test's name: comparing something with itself may be meant."""
_EXCUSED = re.compile(r"skip|xfail|expectedFailure|benchmark|filterwarnings|given", re.IGNORECASE)
"""In a decorator, or a parameter: the test does not run, or something else checks."""

EMPTY = "{name} has an empty body and passes whatever the code does"
UNCHECKED = "{name} checks nothing: it fails only when something is raised"
TRUE = "{name} asserts {reason}, which always holds"
HINT_UNCHECKED = "Assert what the code returned or changed."
HINT_TRUE = "Assert something that is false when the code is wrong."


class HollowTestAnalyser:
    """Looks at each test function and method; helpers that check are found by their code or name."""

    name = "hollow_tests"
    scope = Scope.TREE
    dimensions = (Dimension.TEST_COVERAGE,)

    def version(self) -> str:
        """Return the version of our own rules."""
        return VERSION

    def analyse(self, subject: Subject) -> Analysis:
        """Judge every test of the tree."""
        helpers = find_helpers(subject.tree.sources)
        findings: list[Finding] = []
        for source in subject.tree.sources:
            tests = list(tests_in(source))
            if tests:
                known = helpers.known_in(source)
                for test in tests:
                    findings += _judge(test, known=known, inherited=helpers.everywhere)
        return Analysis(None, tuple(findings))


def _judge(
    test: FoundTest, *, known: frozenset[str], inherited: frozenset[str]
) -> Iterator[Finding]:
    true = list(_always_true(test))
    yield from true
    if true or _is_excused(test.node):
        return
    if _is_empty(test.node):
        message = EMPTY.format(name=test.name)
        yield _finding(test, test.node, "empty-test", message, confidence=Confidence.HIGH)
    elif not _is_smoke(test.node) and not uses(test.node).checks(known=known, inherited=inherited):
        message = UNCHECKED.format(name=test.name)
        yield _finding(test, test.node, "test-without-check", message, confidence=Confidence.LOW)


def _always_true(test: FoundTest) -> Iterator[Finding]:
    for node, found in _empty_assertions(test.node):
        if found.may_test_equality and _EQUALITY.search(test.name):
            continue
        confidence = Confidence.LOW if found.may_test_equality else Confidence.HIGH
        message = TRUE.format(name=test.name, reason=found.reason)
        yield _finding(test, node, "assertion-always-true", message, confidence=confidence)


@remembered
def _empty_assertions(
    function: Function,
) -> tuple[tuple[ast.Assert | ast.Call, AlwaysTrue], ...]:
    return tuple(
        (node, found)
        for node in walk(function)
        if isinstance(node, ast.Assert | ast.Call)
        for found in [always_true(node)]
        if found is not None
    )


def _is_excused(node: Function) -> bool:
    marks = [
        dotted_name(item.func if isinstance(item, ast.Call) else item, {})
        for item in node.decorator_list
    ]
    parameters = [argument.arg for argument in node.args.args]
    return any(_EXCUSED.search(word) for word in [*marks, *parameters])


def _is_smoke(node: Function) -> bool:
    name = node.name[:LONGEST_NAME]
    return bool(_SMOKE.search(name) or _SMOKE_TEXT.search(ast.get_docstring(node) or ""))


def _is_empty(node: Function) -> bool:
    """Tell whether nothing but a docstring, `pass` and `...` stands in the body."""
    return all(
        isinstance(item, ast.Pass)
        or (isinstance(item, ast.Expr) and isinstance(item.value, ast.Constant))
        for item in node.body
    )


def _finding(
    test: FoundTest,
    node: ast.Assert | ast.Call | Function,
    rule: str,
    message: str,
    *,
    confidence: Confidence,
) -> Finding:
    is_assertion = rule == "assertion-always-true"
    return Finding(
        path=test.path,
        start_line=node.lineno,
        end_line=(node.end_lineno or node.lineno) if is_assertion else node.lineno,
        rule=rule,
        severity=Severity.LOW,
        confidence=confidence,
        message=message,
        hint=HINT_TRUE if is_assertion else HINT_UNCHECKED,
        dimension=Dimension.TEST_COVERAGE,
        analyser=HollowTestAnalyser.name,
        anchor=f"{test.name} {unparsed(node)}" if is_assertion else test.name,
    )
