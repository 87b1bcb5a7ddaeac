"""Hooks of pytest by which a repository's own files can change what becomes of a single test."""

import ast
from collections.abc import Iterator

from ccg.source import Source
from p2a.domain import Dimension
from quality.analysers.interface import Analysis, Scope, Subject
from quality.definitions import Function
from quality.finding import Confidence, Finding, Severity, digest
from quality.product import is_test
from quality.unparsed import unparsed

VERSION = "2"
HOOKS = frozenset(
    {
        "pytest_pyfunc_call",
        "pytest_report_teststatus",
        "pytest_runtest_call",
        "pytest_runtest_logreport",
        "pytest_runtest_makereport",
        "pytest_runtest_protocol",
    }
)
"""Those that run a test, or make or get its report (pytest's reference, Hooks)."""
MESSAGE = "{name} can turn a test that fails into one that passes, and no run of the tests shows it"
HINT = "Read what it does to a test's outcome; mark a test that may fail where it stands instead."


class OutcomeHookAnalyser:
    """Names each hook in test code; one that says something else is another finding.

    A runner that hides every failure is found by failing tests that are planted. One that picks out a
    test by its name is not, so whoever reads the change is told to look.
    """

    name = "outcome_hooks"
    scope = Scope.TREE
    dimensions = (Dimension.TEST_COVERAGE,)

    def version(self) -> str:
        """Return the version of our own rules."""
        return VERSION

    def analyse(self, subject: Subject) -> Analysis:
        """Look for functions of these names, in classes too: a plugin may be an object.

        A module of the product counts where test code names it for a plugin of its own.
        """
        tests = [source for source in subject.tree.sources if is_test(source.path)]
        listing = "\n".join(source.text for source in tests if "pytest_plugins" in source.text)
        plugins = [
            source for source in subject.tree.product if listing and _module(source.path) in listing
        ]
        return Analysis(
            None,
            tuple(
                _finding(source, node) for source in (*tests, *plugins) for node in _hooks(source)
            ),
        )


def _module(path: str) -> str:
    return path.removesuffix(".py").removeprefix("src/").replace("/", ".")


def _hooks(source: Source) -> Iterator[Function]:
    if not any(name in source.text for name in HOOKS):
        return
    for node in source.nodes:
        if isinstance(node, Function) and (node.name in HOOKS or _is_named_so(node)):
            yield node


def _is_named_so(node: Function) -> bool:
    """Tell whether a decorator says which hook a function of another name is (`hookimpl(specname=...)`)."""
    return any(
        keyword.arg == "specname"
        and isinstance(keyword.value, ast.Constant)
        and keyword.value.value in HOOKS
        for decorator in node.decorator_list
        if isinstance(decorator, ast.Call)
        for keyword in decorator.keywords
    )


def _finding(source: Source, node: Function) -> Finding:
    return Finding(
        path=source.path,
        start_line=node.lineno,
        end_line=node.end_lineno or node.lineno,
        rule="outcome-hook",
        severity=Severity.MEDIUM,
        confidence=Confidence.LOW,
        message=MESSAGE.format(name=node.name),
        hint=HINT,
        dimension=Dimension.TEST_COVERAGE,
        analyser=OutcomeHookAnalyser.name,
        anchor=f"{node.name} {digest(unparsed(node))}",
    )
