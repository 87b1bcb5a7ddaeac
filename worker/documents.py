"""Which files are documents, and whether an edit of a Python file touches its docstrings alone; no I/O."""

import ast
import io
import tokenize
import warnings
from pathlib import PurePosixPath

NAMES = frozenset({"readme", "changelog", "changes", "history", "news"})
_FOLDERS = frozenset({"doc", "docs"})
_SUFFIXES = frozenset({".md", ".rst", ".markdown", ".adoc"})
_Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def is_document(path: str) -> bool:
    """Tell whether a file is written for people: by its suffix, its name or its folder."""
    place = PurePosixPath(path)
    suffix, stem = place.suffix.lower(), place.stem.lower()
    if suffix in _SUFFIXES:
        return True
    if stem in NAMES:
        return suffix in {"", ".txt"}
    is_below = place.parts[0].lower() in _FOLDERS and len(place.parts) > 1
    return is_below and suffix == ".txt" and not stem.startswith("requirements")


def is_record_of_changes(path: str) -> bool:
    """Tell whether a document tells of past versions, where old names are right."""
    return PurePosixPath(path).stem.lower() in NAMES - {"readme"}


def differ_in_docstrings_alone(before: str, after: str) -> bool:
    """Tell whether two texts are the same Python code with the same comments, but for docstrings."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about the code that is judged, not about ours
            old, new = _undocumented(before), _undocumented(after)
        return old == new and _comments(before) == _comments(after)
    except (SyntaxError, ValueError, RecursionError, MemoryError, tokenize.TokenError):
        return False


def _undocumented(text: str) -> str:
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, _Documented) and ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:]
    return ast.dump(tree)


def _comments(text: str) -> list[str]:
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return [token.string for token in tokens if token.type == tokenize.COMMENT]
