"""Tests that are skipped or expected to fail, by decorator, mark or call; no I/O."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from ccg.source import Source
from quality.dotted import dotted_name, imported_names


class SkipKind(StrEnum):
    """What becomes of the test; the value is the rule's name."""

    SKIPPED = "test-skipped"
    EXPECTED_TO_FAIL = "test-expected-to-fail"


_HINTS = {
    SkipKind.SKIPPED: "Let the test run, or remove it together with what it was for.",
    SkipKind.EXPECTED_TO_FAIL: "Mend what the test shows, and let it pass.",
}
_MARKS = {
    "pytest.mark.skip": (SkipKind.SKIPPED, False),
    "pytest.mark.skipif": (SkipKind.SKIPPED, True),
    "pytest.mark.xfail": (SkipKind.EXPECTED_TO_FAIL, False),
    "unittest.skip": (SkipKind.SKIPPED, False),
    "unittest.skipIf": (SkipKind.SKIPPED, True),
    "unittest.skipUnless": (SkipKind.SKIPPED, True),
    "unittest.expectedFailure": (SkipKind.EXPECTED_TO_FAIL, False),
}
"""By dotted name: what becomes of the test, and whether on a condition."""
_CALLS = {
    "pytest.skip": SkipKind.SKIPPED,
    "pytest.xfail": SkipKind.EXPECTED_TO_FAIL,
    "self.skipTest": SkipKind.SKIPPED,
    "unittest.SkipTest": SkipKind.SKIPPED,
}
_Function = ast.FunctionDef | ast.AsyncFunctionDef
_WHOLE_FILE = "every test of the file"


@dataclass(frozen=True, slots=True)
class Skip:
    """One mark or call: where it stands, which test it is about and how it is written."""

    line: int
    test: str
    how: str
    kind: SkipKind
    is_conditional: bool

    @property
    def message(self) -> str:
        """Return the sentence that a finding says."""
        becomes = "skipped" if self.kind is SkipKind.SKIPPED else "expected to fail"
        condition = " on a condition" if self.is_conditional else ""
        return f"{self.test} is {becomes}{condition} by {self.how}"

    @property
    def hint(self) -> str:
        """Return what to do about it."""
        return _HINTS[self.kind]


def skips(source: Source) -> Iterator[Skip]:
    """Yield every mark of a test, and every call that skips without a condition before it."""
    tree, names = source.tree, imported_names(source)
    yield from _module_marks(tree, names)
    yield from _calls(tree.body, _WHOLE_FILE, names)
    yield from _members(tree.body, "", names)


def _members(body: list[ast.stmt], prefix: str, names: Mapping[str, str]) -> Iterator[Skip]:
    for node in body:
        if isinstance(node, ast.ClassDef | _Function):
            test = prefix + node.name
            for decorator in node.decorator_list:
                yield from _marks(decorator, test, names)
            if isinstance(node, ast.ClassDef):
                yield from _members(node.body, f"{test}.", names)
            else:
                yield from _calls(node.body, test, names)


def _module_marks(tree: ast.Module, names: Mapping[str, str]) -> Iterator[Skip]:
    """Find the marks that are given a name: `pytestmark` is for the file, others for whom they mark."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            test = _WHOLE_FILE if name == "pytestmark" else f"every test marked {name}"
            yield from _marks(node.value, test, names)


def _marks(node: ast.expr, test: str, names: Mapping[str, str]) -> Iterator[Skip]:
    """Find the marks in a decorator or a list of marks, those of single parameters included."""
    inner = {id(child.func) for child in ast.walk(node) if isinstance(child, ast.Call)}
    for child in ast.walk(node):
        if isinstance(child, ast.Call):
            function, call = child.func, child
        elif isinstance(child, ast.Name | ast.Attribute) and id(child) not in inner:
            function, call = child, None
        else:
            continue
        how = dotted_name(function, names)
        if how in _MARKS:
            kind, conditional = _MARKS[how]
            yield Skip(
                child.lineno, test, how, kind, _has_condition(call, how, conditional=conditional)
            )


def _has_condition(call: ast.Call | None, how: str, *, conditional: bool) -> bool:
    """Tell whether the mark takes effect only sometimes; a constant is no condition."""
    if call is None:
        return False
    given = [*call.args[:1], *(word.value for word in call.keywords if word.arg == "condition")]
    takes_condition = conditional or how == "pytest.mark.xfail"
    return takes_condition and bool(given) and not isinstance(given[0], ast.Constant)


def _calls(body: list[ast.stmt], test: str, names: Mapping[str, str]) -> Iterator[Skip]:
    """Look at the statements of the body itself: what stands deeper has a condition."""
    for node in body:
        call = _call(node)
        if call is not None:
            how = dotted_name(call.func, names)
            if how in _CALLS:
                yield Skip(node.lineno, test, how, _CALLS[how], is_conditional=False)
                return


def _call(node: ast.stmt) -> ast.Call | None:
    value = node.value if isinstance(node, ast.Expr) else None
    if isinstance(node, ast.Raise):
        value = node.exc
    return value if isinstance(value, ast.Call) else None
