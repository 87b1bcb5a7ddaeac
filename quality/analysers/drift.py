"""Docstrings that no longer fit their code: parameters, exceptions and results they promise."""

import ast
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from ccg.nodes import walk
from ccg.source import Source
from p2a.domain import Dimension
from quality.analysers.interface import Analysis, Scope, Subject
from quality.definitions import Defined, Function, definitions, own_nodes
from quality.docstring import Named, Promises, read_docstring
from quality.finding import Confidence, Finding, Severity
from quality.raised import Hierarchy, by_name, is_implicit, raised
from quality.remembered import remembered

VERSION = "3"
UNDESCRIBED_SHARE = 0.5
"""Of its parameters a docstring leaves out less than this: then it means to describe all."""
SHOWN = 3
"""Parameters in a message."""
_PLAIN_DECORATORS = frozenset(
    {"abstractmethod", "asynccontextmanager", "cache", "cached_property", "classmethod"}
    | {"contextmanager", "deprecated", "final", "lru_cache", "override", "property", "setter"}
    | {"staticmethod"}
)
"""Decorators after which a function is called with the parameters that it declares."""
_PROPERTIES = frozenset({"cached_property", "property"})


class DriftAnalyser:
    """Compares what docstrings promise with signatures and bodies.

    It reads the styles of Google, NumPy and Sphinx, and keeps silent where a decorator, `**kwargs`
    or a call that is not known may make a promise true.
    """

    name = "drift"
    scope = Scope.TREE
    dimensions = (Dimension.DOCUMENTATION,)

    def version(self) -> str:
        """Return the version of our own rules."""
        return VERSION

    def analyse(self, subject: Subject) -> Analysis:
        """Look at every function and class with a docstring."""
        hierarchy = Hierarchy(subject.tree.sources)
        findings = (
            finding
            for source in subject.tree.product
            for finding in _judge(source, hierarchy=hierarchy)
        )
        return Analysis(None, tuple(findings))


@dataclass(frozen=True, slots=True)
class _Signature:
    names: tuple[str, ...]
    """In their order, without `self` and `cls`."""
    needed: tuple[str, ...]
    """Those of them that a description of all would have: no stars, none that is private."""
    also: tuple[str, ...]
    """Other names that a description may mean."""
    is_open: bool
    """More names may be given than are written."""
    is_decorated: bool
    """By something that may change what is given."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A definition with its docstring, and what findings about it have in common."""

    path: str
    item: Defined
    promises: Promises
    docstring_line: int
    last_line: int

    def finding(
        self, rule: str, severity: Severity, line: int, *, subject: str, message: str, hint: str
    ) -> Finding:
        place = min(self.docstring_line + line, self.last_line)
        return Finding(
            path=self.path,
            start_line=place,
            end_line=place,
            rule=rule,
            severity=severity,
            confidence=Confidence.HIGH if severity is Severity.MEDIUM else Confidence.MEDIUM,
            message=message,
            hint=hint,
            dimension=Dimension.DOCUMENTATION,
            analyser=DriftAnalyser.name,
            anchor=f"{self.item.name}: {subject}" if subject else self.item.name,
        )


def _judge(source: Source, *, hierarchy: Hierarchy) -> Iterator[Finding]:
    items = list(definitions(source.tree))
    functions = by_name(items)
    alike: dict[str, list[Defined]] = defaultdict(list)
    for item in items:
        alike[item.name].append(item)
    known = cache(lambda name: _known_names(alike[name]))
    for item in items:
        place = _place(source.path, item)
        if place is None:
            continue
        yield from _judge_parameters(place, known)
        if not isinstance(item.node, ast.ClassDef) and _is_plain(item.node):
            yield from _judge_exceptions(place, functions, hierarchy)
            yield from _judge_result(place, item.node)


def _place(path: str, item: Defined) -> _Place | None:
    first = item.node.body[0]
    if not (isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)):
        return None
    text = first.value.value
    if not isinstance(text, str) or (":" not in text and "---" not in text):
        return None
    return _Place(path, item, read_docstring(text), first.lineno, first.end_lineno or first.lineno)


def _known_names(alike: Iterable[Defined]) -> frozenset[str]:
    signatures = filter(None, map(_signature, alike))
    return frozenset(name for each in signatures for name in each.names + each.also)


def _judge_parameters(
    place: _Place, known_of: Callable[[str], Container[str]]
) -> Iterator[Finding]:
    """Compare with the signature; another definition of the name, as an overload, counts too."""
    promises = place.promises
    signature = _signature(place.item) if promises.parameters else None
    if signature is None:
        return
    known = known_of(place.item.name)
    described = {named.name: named for named in reversed(promises.parameters)}
    missing = [name for name in signature.needed if not _among(name, described)]
    unknown = [named for named in described.values() if not _among(named.name, known)]
    if unknown:
        if not signature.is_open and (missing or not signature.is_decorated):
            first = min(unknown, key=lambda named: named.line)  # tells what is missing, once
            for named in unknown:
                yield _unknown_parameter(place, named, missing if named is first else [])
        return
    is_judged = promises.is_complete and not signature.is_decorated
    for name in missing if is_judged and _means_all(missing, signature.needed) else ():
        yield _missing_parameter(place, name)


def _means_all(missing: Sequence[str], needed: Sequence[str]) -> bool:
    """Tell whether a docstring leaves out little by what it says; its subject may go without."""
    is_subject_alone = list(missing) == list(needed[:1])
    return not is_subject_alone and len(missing) < UNDESCRIBED_SHARE * len(needed)


def _among(name: str, names: Container[str]) -> bool:
    """Tell whether a name is there, also with the underscore that keeps it from a keyword."""
    return any(each in names for each in (name, f"{name}_", name.removesuffix("_")))


def _unknown_parameter(place: _Place, named: Named, missing: list[str]) -> Finding:
    instead = f"; {_listed(missing)} not described" if missing else ""
    return place.finding(
        "docstring-unknown-parameter",
        Severity.MEDIUM,
        named.line,
        subject=named.name,
        message=f"the docstring of {place.item.name} describes {named.name}, "
        f"which is not among its parameters{instead}",
        hint="Give it the parameter's present name, or take the description out.",
    )


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN} more" if names[SHOWN:] else "")
    return f"{shown} {'is' if len(names) == 1 else 'are'}"


def _missing_parameter(place: _Place, name: str) -> Finding:
    return place.finding(
        "docstring-missing-parameter",
        Severity.LOW,
        place.promises.parameters[0].line,
        subject=name,
        message=f"the docstring of {place.item.name} describes other parameters, but not {name}",
        hint="Describe it beside the others.",
    )


def _signature(item: Defined) -> _Signature | None:
    """Return what a call may give; None where that is not known."""
    if not isinstance(item.node, ast.ClassDef):
        if not _PROPERTIES.isdisjoint(_decorators(item.node)):
            return None  # its docstring may speak of what it hands out
        return _of_function(item.node, is_method=isinstance(item.owner, ast.ClassDef))
    makers = [
        node
        for node in item.node.body
        if isinstance(node, Function) and node.name in {"__init__", "__new__"}
    ]
    if len(makers) != 1:
        return None
    signature = _of_function(makers[0], is_method=True)
    return replace(signature, also=(*signature.also, *_attributes(item.node)))


def _of_function(function: Function, *, is_method: bool) -> _Signature:
    arguments = function.args
    positional = [*arguments.posonlyargs, *arguments.args]
    decorators = _decorators(function)
    bound = positional[:1] if is_method and "staticmethod" not in decorators else []
    written = [each.arg for each in (*positional[len(bound) :], *arguments.kwonlyargs)]
    stars = [each.arg for each in (arguments.vararg, arguments.kwarg) if each]
    is_plain = decorators <= _PLAIN_DECORATORS
    return _Signature(
        names=(*written, *stars),
        needed=tuple(name for name in written if not name.startswith("_")),
        also=(
            *_inner_names(function),
            *(each.arg for each in bound),
        ),
        is_open=bool(stars),
        is_decorated=not is_plain,
    )


@remembered
def _inner_names(function: Function) -> tuple[str, ...]:
    """Return the parameters of a function and of those within it."""
    inner = (node for node in walk(function) if isinstance(node, Function | ast.Lambda))
    return tuple(name for node in inner for name in _all_names(node.args))


def _all_names(arguments: ast.arguments) -> Iterator[str]:
    for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
        yield each.arg
    for star in (arguments.vararg, arguments.kwarg):
        if star:
            yield star.arg


def _attributes(node: ast.ClassDef) -> Iterator[str]:
    for statement in node.body:
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        if isinstance(statement, ast.AnnAssign):
            targets = [statement.target]
        yield from (target.id for target in targets if isinstance(target, ast.Name))


def _judge_exceptions(
    place: _Place, functions: Mapping[str, Function], hierarchy: Hierarchy
) -> Iterator[Finding]:
    promised = place.promises.exceptions
    if not promised:
        return
    possible = raised(place.item.name, functions)
    if not possible or possible == {"NotImplementedError"}:
        return
    families = [hierarchy.ancestors(name) for name in sorted(possible)]
    for named in promised:
        name = named.name.rpartition(".")[2]
        if is_implicit(name) or any(family is None or name in family for family in families):
            continue
        names = " and ".join(sorted(possible))
        yield place.finding(
            "docstring-unknown-exception",
            Severity.LOW,
            named.line,
            subject=name,
            message=f"the docstring of {place.item.name} says it raises {name}, "
            f"but it raises {names} only",
            hint="Name the exception that is raised now.",
        )


def _judge_result(place: _Place, function: Function) -> Iterator[Finding]:
    promised = place.promises.result
    if promised is None or _promises_nothing(promised.name) or _is_hook(function):
        return
    if _gives_value(function):
        return
    yield place.finding(
        "docstring-no-result",
        Severity.MEDIUM,
        promised.line,
        subject="",
        message=f"the docstring of {place.item.name} describes a result, "
        "but it never returns a value",
        hint="Return what is described, or take the description out.",
    )


def _promises_nothing(text: str) -> bool:
    words = text.strip("`*:. ").lower()
    return not words or words.startswith(("none", "nothing", "``none"))


def _is_hook(function: Function) -> bool:
    """Tell whether a body stands there for others to override: it does nothing, or refuses."""
    rest = [node for node in function.body if not _is_text(node)]
    does_nothing = all(isinstance(node, ast.Pass | ast.Return) for node in rest)
    return does_nothing or isinstance(rest[-1], ast.Raise)


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _gives_value(function: Function) -> bool:
    return any(
        isinstance(node, ast.Yield | ast.YieldFrom)
        or (isinstance(node, ast.Return) and not _is_none(node.value))
        for node in own_nodes(function)
    )


def _is_none(value: ast.expr | None) -> bool:
    return value is None or (isinstance(value, ast.Constant) and value.value is None)


def _is_plain(function: Function) -> bool:
    decorators = _decorators(function)
    return decorators <= _PLAIN_DECORATORS and "abstractmethod" not in decorators


def _decorators(function: Function) -> frozenset[str]:
    """Return the last names of the decorators, empty for other expressions."""
    return frozenset(map(_last_name, function.decorator_list))


def _last_name(decorator: ast.expr) -> str:
    if isinstance(decorator, ast.Call):
        decorator = decorator.func
    if isinstance(decorator, ast.Attribute):
        return decorator.attr
    return decorator.id if isinstance(decorator, ast.Name) else ""
