"""`eval` and `exec` under another name, where whoever looks for the two words does not find a call."""

import ast
import re
from collections.abc import Collection, Iterator, Mapping
from typing import TypeGuard

from ccg.source import Source
from p2a.domain import Dimension
from quality.analysers.interface import Analysis, Scope, Subject
from quality.anchors import anchors
from quality.dotted import dotted_name, imported_names
from quality.finding import Confidence, Finding, Severity
from quality.unparsed import unparsed

VERSION = "2"
_RUNNERS = frozenset({"eval", "exec"})
_HOMES = frozenset({"builtins", "__builtins__"})
_ANY = re.compile(r"\b(?:eval|exec|getattr|(?:__)?builtins(?:__)?)\b")
"""One of these is in every file that hides a call."""
_TABLES = frozenset({"globals", "locals", "vars"})
_IMPORTERS = frozenset({"__import__", "importlib.import_module"})
RUNS = "{shown} is {name} under another name: it runs code made of text"
HANDED_ON = "{name} is handed on: whatever calls it under its new name runs code made of text"
SPLIT = "{shown} puts the name of what it takes together from pieces, which hides it"
HINT = "Call what is meant by its name, or look the name up in a dictionary of what is allowed."
MAX_SHOWN = 60


class HiddenCallAnalyser:
    """Looks for ways to `eval` and `exec` that bandit, which knows calls by these names, does not see.

    What means to hide will still find others: names computed at run time are not followed.
    """

    name = "hidden_calls"
    scope = Scope.FILE
    dimensions = (Dimension.SECURITY,)

    def version(self) -> str:
        """Return the version of our own rules."""
        return VERSION

    def analyse(self, subject: Subject) -> Analysis:
        """Look at each expression of the product."""
        return Analysis(
            None,
            tuple(finding for source in subject.tree.product for finding in _judge(source)),
        )


def _judge(source: Source) -> Iterator[Finding]:
    if not _ANY.search(source.text):
        return
    names = imported_names(source)
    runners = _RUNNERS.union(name for name, dotted in names.items() if _runner(dotted))
    looked_at = [node for node in source.nodes if _may_hide(node, runners)]
    nodes = source.nodes if any(isinstance(node, ast.Name) for node in looked_at) else ()
    called = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
    own = _bound(nodes)
    for node in looked_at:
        if isinstance(node, ast.Name):
            is_plain = node.id in own or (id(node) in called and node.id not in names)
            name = "" if is_plain else _runner(names.get(node.id, f"builtins.{node.id}"))
        else:
            name = _taken(node, names)
        if name:
            shown = unparsed(node)[:MAX_SHOWN]
            message = HANDED_ON if shown == name else RUNS
            yield _finding(source, node, message.format(shown=shown, name=name))
        elif _is_split(node):
            message = SPLIT.format(shown=unparsed(node)[:MAX_SHOWN])
            yield _finding(source, node, message)


_Looked = ast.Name | ast.Attribute | ast.Subscript | ast.Call


def _may_hide(node: ast.AST, runners: Collection[str]) -> TypeGuard[_Looked]:
    """Tell quickly of most expressions that they hide nothing."""
    if isinstance(node, ast.Name):
        return node.id in runners and isinstance(node.ctx, ast.Load)
    if isinstance(node, ast.Attribute):
        return node.attr in _RUNNERS
    if isinstance(node, ast.Subscript):
        return not isinstance(node.slice, ast.Name) and _text(node.slice) in _RUNNERS
    return isinstance(node, ast.Call) and getattr(node.func, "id", "") == "getattr"


def _bound(nodes: tuple[ast.AST, ...]) -> set[str]:
    """Return the names that a file gives a meaning of its own, but for imports."""
    found = set()
    for node in nodes:
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            found.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
    return found


def _runner(dotted: str) -> str:
    home, _, name = dotted.rpartition(".")
    return name if home in _HOMES and name in _RUNNERS else ""


def _taken(node: _Looked, names: Mapping[str, str]) -> str:
    """Return `eval` or `exec` where an expression takes it out of the builtins, else nothing."""
    match node:
        case ast.Attribute():
            key: str | None = node.attr
            home: ast.expr = node.value
        case ast.Subscript():
            key, home = _text(node.slice), node.value
        case ast.Call(func=ast.Name(id="getattr"), args=[home, wanted, *_]):
            key = _text(wanted)
        case _:
            return ""
    return key if key is not None and key in _RUNNERS and _is_home(home, names) else ""


def _is_home(node: ast.expr, names: Mapping[str, str]) -> bool:
    """Tell whether an expression is the builtins, as a module or as its dictionary."""
    match node:
        case ast.Attribute(attr="__dict__") | ast.Attribute(attr="__builtins__"):
            return node.attr == "__builtins__" or _is_home(node.value, names)
        case ast.Subscript(slice=key):
            return _text(key) in _HOMES
        case ast.Call(func=func, args=[argument, *_]):
            called = dotted_name(func, names)
            is_module = called in _IMPORTERS and _text(argument) in _HOMES
            return is_module or (called in _TABLES and _is_home(argument, names))
    return dotted_name(node, names) in _HOMES


def _is_split(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="getattr"), args=[_, wanted, *_]):
            return not isinstance(wanted, ast.Constant) and _text(wanted) is not None
    return False


def _text(node: ast.expr) -> str | None:
    """Return the text that an expression of literals alone is; None where it is not known."""
    parts: list[str] = []
    waiting = [node]
    while waiting:
        here = waiting.pop()
        if isinstance(here, ast.BinOp) and isinstance(here.op, ast.Add):
            waiting += [here.right, here.left]
            continue
        part = _piece(here)
        if part is None:
            return None
        parts.append(part)
    return "".join(parts)


def _piece(node: ast.expr) -> str | None:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.Call(
            func=ast.Attribute(attr="join", value=ast.Constant(value=str(glue))),
            args=[ast.List(elts=parts) | ast.Tuple(elts=parts)],
        ):
            texts = [_text(part) for part in parts]
            return None if None in texts else glue.join(text for text in texts if text is not None)
        case ast.Subscript(
            value=ast.Constant(value=str(text)),
            slice=ast.Slice(
                lower=None, upper=None, step=ast.UnaryOp(ast.USub(), ast.Constant(value=1))
            ),
        ):
            return text[::-1]
    return None


def _finding(source: Source, node: ast.expr, message: str) -> Finding:
    return Finding(
        path=source.path,
        start_line=node.lineno,
        end_line=node.end_lineno or node.lineno,
        rule="hidden-call",
        severity=Severity.MEDIUM,
        confidence=Confidence.HIGH,
        message=message,
        hint=HINT,
        dimension=Dimension.SECURITY,
        analyser=HiddenCallAnalyser.name,
        anchor=anchors(source).at(node.lineno, node.col_offset),
    )
