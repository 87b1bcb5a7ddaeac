"""The test functions and methods of a file, by the names that pytest and unittest go by; no I/O."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from ccg.source import Source
from quality.dotted import dotted_name
from quality.product import is_test

Function = ast.FunctionDef | ast.AsyncFunctionDef

_TEST_CLASS = re.compile(r"^Test|Tests?$|TestCase|TestBase")


@dataclass(frozen=True, slots=True)
class FoundTest:
    """A test with its file and its name within it, such as `TestA.test_b`."""

    path: str
    name: str
    node: Function

    @property
    def key(self) -> tuple[str, str]:
        """Return what tells it from every other test of the tree."""
        return (self.path, self.name)


def tests_in(source: Source) -> Iterator[FoundTest]:
    """Yield the tests from the top; a file that is no test file has none."""
    *folders, name = PurePosixPath(source.path).parts
    if not is_test(source.path) or any(folder.startswith("bench") for folder in folders):
        return
    # By the default patterns of pytest and Django; mix-ins of tests stand in other files too.
    is_collected = name.startswith("test") or name.endswith(("_test.py", "_tests.py"))
    for test, node in _functions(source.tree.body, ""):
        if is_collected or "." in test:
            yield FoundTest(source.path, test, node)


def _functions(body: list[ast.stmt], prefix: str) -> Iterator[tuple[str, Function]]:
    for node in body:
        if isinstance(node, ast.ClassDef):
            if _is_test_class(node):
                yield from _functions(node.body, f"{prefix}{node.name}.")
        elif isinstance(node, Function) and node.name.startswith("test") and not _is_other(node):
            yield prefix + node.name, node
        elif isinstance(node, ast.If | ast.Try):
            yield from _functions([*node.body, *node.orelse], prefix)


def _is_test_class(node: ast.ClassDef) -> bool:
    bases = [dotted_name(base, {}).rpartition(".")[2] for base in node.bases]
    return "Test" in node.name or any(_TEST_CLASS.search(name) for name in bases)


def _is_other(node: Function) -> bool:
    """Tell whether a decorator makes something else of a function with a test's name."""
    for decorator in node.decorator_list:
        function = decorator.func if isinstance(decorator, ast.Call) else decorator
        name = dotted_name(function, {}).rpartition(".")[2]
        if name in {"fixture", "property", "cached_property", "staticmethod", "route", "command"}:
            return True
    return False
