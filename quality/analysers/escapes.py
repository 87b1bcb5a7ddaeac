"""Paths made of what comes from outside, opened without a check that they stay where they belong."""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence

from ccg.nodes import walk
from ccg.source import Source
from p2a.domain import Dimension
from quality.analysers.interface import Analysis, Scope, Subject
from quality.dotted import dotted_name, imported_names
from quality.finding import Confidence, Finding, Severity
from quality.unparsed import unparsed

VERSION = "2"
_REQUEST = re.compile(
    r"^(?:self\.)?(?:flask\.)?request\.(?:args|form|files|values|json|headers|cookies|GET|POST|FILES|query_params|path_params|match_info)\b"
)
_MEMBERS = frozenset({"namelist", "infolist", "getmembers", "getnames"})
_SINKS = frozenset({"open", "io.open", "os.remove", "os.unlink", "os.rename", "os.makedirs"})
_SINK_MODULES = ("shutil.",)
_SINK_METHODS = frozenset(
    {"open", "read_text", "read_bytes", "write_text", "write_bytes", "unlink", "mkdir", "touch"}
)
_CHECKS = re.compile(
    r"is_relative_to|relative_to|commonpath|commonprefix|startswith|safe_join|secure_filename"
    r"|resolve|realpath|abspath|basename|normpath|data_filter|uuid|isalnum|isidentifier|fullmatch|match"
)
MESSAGE = "{name} opens a path made of {source} without a check that it stays in its folder"
HINT = "Resolve the path and refuse it unless it is_relative_to the folder."
_Function = ast.FunctionDef | ast.AsyncFunctionDef


class EscapeAnalyser:
    """Follows values from a request or an archive's listing to a joined path within one function."""

    name = "escapes"
    scope = Scope.FILE
    dimensions = (Dimension.SECURITY,)

    def version(self) -> str:
        """Return the version of our own rules."""
        return VERSION

    def analyse(self, subject: Subject) -> Analysis:
        """Judge every function of the product."""
        findings = [
            _finding(source.path, function, call, origin)
            for source in subject.tree.product
            if "request" in source.text or any(name in source.text for name in _MEMBERS)
            for function, call, origin in _escapes(source)
        ]
        return Analysis(None, tuple(findings))


def _escapes(source: Source) -> Iterator[tuple[_Function, ast.Call, str]]:
    names = imported_names(source)
    for function in source.nodes:
        if not isinstance(function, _Function):
            continue
        nodes = walk(function)
        if _is_checked(nodes):
            continue
        outside = _outside(nodes)
        joined = _joined(nodes, outside, names)
        for call in nodes:
            origin = _opened(call, outside, joined, names) if isinstance(call, ast.Call) else ""
            if origin and isinstance(call, ast.Call):
                yield function, call, origin


def _is_checked(nodes: Sequence[ast.AST]) -> bool:
    """Tell whether anything in the function may be a check of the path."""
    return any(
        (isinstance(node, ast.Attribute) and _CHECKS.search(node.attr))
        or (isinstance(node, ast.Name) and _CHECKS.search(node.id))
        or (isinstance(node, ast.Constant) and node.value == "..")
        for node in nodes
    )


def _outside(nodes: Sequence[ast.AST]) -> dict[str, str]:
    """Return the variables that hold something from outside, and where it is from."""
    found: dict[str, str] = {}
    for node in nodes:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            origin = _origin(node.value, found)
            if origin:
                found[node.targets[0].id] = origin
        elif isinstance(node, ast.For) and isinstance(node.target, ast.Name):
            match node.iter:
                case ast.Call(func=ast.Attribute(attr=name)) if name in _MEMBERS:
                    found[node.target.id] = "an archive's member"
    return found


def _origin(node: ast.expr, outside: Mapping[str, str]) -> str:
    """Return where the value of an expression is from, empty where it is not from outside."""
    for child in ast.walk(node):
        if isinstance(child, ast.Attribute) and _REQUEST.match(dotted_name(child, {})):
            return "a request"
        if isinstance(child, ast.Name) and child.id in outside:
            return outside[child.id]
    return ""


def _joined(
    nodes: Sequence[ast.AST], outside: Mapping[str, str], names: Mapping[str, str]
) -> dict[str, str]:
    """Return the variables that hold a path with something from outside in it."""
    found: dict[str, str] = {}
    for node in nodes:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            origin = _join(node.value, outside, names)
            if origin:
                found[node.targets[0].id] = origin
    return found


def _join(node: ast.expr, outside: Mapping[str, str], names: Mapping[str, str]) -> str:
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        origin = _origin(node.right, outside)
        if origin:
            return origin
        node = node.left
    if isinstance(node, ast.Call) and dotted_name(node.func, names) == "os.path.join":
        return next(filter(None, (_origin(item, outside) for item in node.args[1:])), "")
    if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "joinpath":
        return next(filter(None, (_origin(item, outside) for item in node.args)), "")
    if isinstance(node, ast.JoinedStr) and len(node.values) > 1 and "/" in unparsed(node):
        return _origin(node, outside)
    return ""


def _opened(
    call: ast.Call, outside: Mapping[str, str], joined: Mapping[str, str], names: Mapping[str, str]
) -> str:
    """Return where a path that the call opens is from, empty when it is none of these."""
    name = dotted_name(call.func, names)
    paths: list[ast.expr] = []
    if name in _SINKS or name.startswith(_SINK_MODULES):
        paths = list(call.args[:2])
    elif isinstance(call.func, ast.Attribute) and call.func.attr in _SINK_METHODS:
        paths = [call.func.value]
    elif isinstance(call.func, ast.Attribute) and call.func.attr == "save":
        paths = list(call.args[:1])  # an uploaded file's
    for path in paths:
        if isinstance(path, ast.Name) and path.id in joined:
            return joined[path.id]
        origin = _join(path, outside, names)
        if origin:
            return origin
    return ""


def _finding(path: str, function: _Function, call: ast.Call, origin: str) -> Finding:
    return Finding(
        path=path,
        start_line=call.lineno,
        end_line=call.end_lineno or call.lineno,
        rule="path-may-escape",
        severity=Severity.HIGH,
        confidence=Confidence.MEDIUM,
        message=MESSAGE.format(name=function.name, source=origin),
        hint=HINT,
        dimension=Dimension.SECURITY,
        analyser=EscapeAnalyser.name,
        anchor=f"{function.name} {unparsed(call)}",
    )
