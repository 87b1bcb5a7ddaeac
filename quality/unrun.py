"""Files of the product that coverage's report does not have: no test ran anything of them."""

import ast
from collections.abc import Container, Iterable
from pathlib import Path

from ccg.source import MAX_BYTES, Source, read_regular, read_source
from quality.definitions import statements
from quality.product import is_product
from quality.suite_result import FileCoverage


def is_recorded(path: str) -> bool:
    """Tell whether coverage can write this path down; of one that is no UTF-8 it fails as a whole."""
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def is_same(path: str, tree: Path, copy: Path) -> bool:
    """Tell whether a file of the copy that the tests ran in is still what it is in the tree.

    A report is made from what lies in the copy after the tests.
    """
    try:
        before = read_regular(tree, path, limit=MAX_BYTES)
        return before == read_regular(copy, path, limit=len(before))
    except OSError:
        return False


def unrun_files(
    tree: Path, paths: Iterable[str], *, reported: Container[str]
) -> dict[str, FileCoverage]:
    """Return what is left of the product's files, every statement of them as one that did not run.

    Coverage passes over names that it takes for an editor's (coverage.files.find_python_files), and is
    told to pass over those that it cannot write down; a test may also take a file away, or write another
    in its place.

    Args:
        tree: the files, as they were before the tests.
        paths: those that count.
        reported: the paths that coverage knows.
    """
    left = [path for path in paths if path.endswith(".py") and path not in reported]
    read = [read_source(tree, path) for path in left if is_product(path)]
    found = {source.path: _lines(source) for source in read if isinstance(source, Source)}
    return {path: FileCoverage((), lines) for path, lines in found.items() if lines}


def _lines(source: Source) -> tuple[int, ...]:
    """Return where its statements begin; a lone text, such as a docstring, is none (coverage.parser)."""
    nodes = [node for node in statements(source.tree) if not _is_text(node)]
    return tuple(sorted({node.lineno for node in nodes}))


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
