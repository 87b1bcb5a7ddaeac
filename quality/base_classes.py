"""Which base classes a class has, as far as the text alone tells; no I/O.

Names are looked up as an import would: in the file, then in the file that it has them from. A base
that is made by a call, assigned, or reached in another way is not told: whoever needs it asks the
graph, which costs a hundred times as much.
"""

import ast
import builtins
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from ccg.source import Source
from quality.definitions import Definition, inner_statements
from quality.imports import absolute, modules

MAX_STEPS = 100
"""What may bind the names that are looked up for one class: a ring of imports has no end."""
_KEEPING = frozenset({"dataclass", "final", "runtime_checkable", "total_ordering", "unique"})
"""Decorators, by their last names, that give back the class that they are given."""


@dataclass(frozen=True, slots=True)
class Outside:
    """A class, module or name that no file of the tree defines, by its dotted name."""

    name: str
    is_builtin: bool = False


@dataclass(frozen=True, slots=True)
class _Place:
    """A module of the tree, or a class at the top level of one."""

    module: str
    node: ast.ClassDef | None = None


_Known = Outside | _Place
_Binding = ast.ClassDef | tuple[ast.Import | ast.ImportFrom, ast.alias] | None
"""What binds a name: a class, a name of an import, or None for anything else."""


class _Unknown(Exception):
    """The text alone does not tell."""


class BaseClasses:
    """Follows the bases of the classes of a tree.

    Args:
        sources: all files of the tree.
    """

    def __init__(self, sources: Sequence[Source]) -> None:
        self._modules = modules(sources)
        self._names = {source.path: name for name, source in self._modules.items()}
        self._tops = frozenset(name.partition(".")[0] for name in self._modules)
        self._bindings = cache(self._bindings_of)
        self._steps = 0

    def outside(self, path: str, node: ast.ClassDef) -> frozenset[Outside] | None:
        """Return all classes from outside of the tree that a class has above it, metaclasses too.

        None where that is not certain.

        Args:
            path: the file, relative to the tree.
            node: a class at its top level.
        """
        module = self._names.get(path)
        if module is None or self._bindings(module).get(node.name) != [node]:
            return None
        self._steps = 0
        try:
            return frozenset(self._above(_Place(module, node)))
        except (_Unknown, RecursionError):  # a name may have a thousand dots
            return None

    def _above(self, first: _Place) -> Iterator[Outside]:
        seen: set[_Place] = set()
        waiting = [first]
        while waiting:
            place = waiting.pop()
            if place.node is None:
                raise _Unknown
            if place not in seen:
                seen.add(place)
                for base in _above(place.node):
                    for known in self._resolve(base, place.module):
                        if isinstance(known, Outside):
                            yield known
                        else:
                            waiting.append(known)

    def _resolve(self, node: ast.expr, module: str) -> tuple[_Known, ...]:
        """Return what an expression at the top level of a module stands for."""
        match node:
            case ast.Subscript():  # such as `Generic[T]`
                return self._resolve(node.value, module)
            case ast.Name():
                return self._look_up(node.id, module)
            case ast.Attribute():
                owners = self._resolve(node.value, module)
                return tuple(
                    found for owner in owners for found in self._attribute(owner, node.attr)
                )
        raise _Unknown

    def _attribute(self, owner: _Known, name: str) -> tuple[_Known, ...]:
        if isinstance(owner, Outside):
            return (Outside(f"{owner.name}.{name}"),)
        if owner.node is not None:
            raise _Unknown
        return self._member(owner.module, name)

    def _member(self, module: str, name: str) -> tuple[_Known, ...]:
        """Return what a module of the tree has under a name."""
        submodule = f"{module}.{name}"
        if name in self._bindings(module):
            return self._look_up(name, module)
        if submodule in self._modules:
            return (_Place(submodule),)
        raise _Unknown

    def _look_up(self, name: str, module: str) -> tuple[_Known, ...]:
        bindings = self._bindings(module)
        bound = bindings.get(name, [])
        self._steps += max(1, len(bound))
        if "*" in bindings or self._steps > MAX_STEPS:
            raise _Unknown
        if not bound and hasattr(builtins, name):
            return (Outside(name, is_builtin=True),)
        found = tuple(known for each in bound for known in self._bound_to(each, module))
        if not found or (len(bound) > 1 and any(isinstance(known, _Place) for known in found)):
            raise _Unknown  # which of them it is depends on what runs
        return found

    def _bound_to(self, binding: _Binding, module: str) -> tuple[_Known, ...]:
        if isinstance(binding, ast.ClassDef) and all(map(_keeps, binding.decorator_list)):
            return (_Place(module, binding),)
        if binding is None or isinstance(binding, ast.ClassDef):
            raise _Unknown
        statement, alias = binding
        if isinstance(statement, ast.Import):
            return self._module(alias.name if alias.asname else alias.name.partition(".")[0])
        is_package = self._modules[module].path.endswith("__init__.py")
        base = absolute(statement.module or "", statement.level, module, is_package=is_package)
        if base in self._modules:
            return self._member(base, alias.name)
        (owner,) = self._module(base)
        return self._attribute(owner, alias.name)

    def _module(self, name: str) -> tuple[_Known, ...]:
        if name in self._modules:
            return (_Place(name),)
        if not name or name.partition(".")[0] in self._tops:
            raise _Unknown
        return (Outside(name),)

    def _bindings_of(self, module: str) -> Mapping[str, list[_Binding]]:
        """Return what binds each name of a module at its top level, `*` for names that are not told."""
        found: dict[str, list[_Binding]] = defaultdict(list)
        for name, binding in _bound(self._modules[module].tree.body):
            found[name].append(binding)
        return dict(found)


def _above(node: ast.ClassDef) -> Iterator[ast.expr]:
    """Yield the bases and the metaclass."""
    yield from node.bases
    yield from (keyword.value for keyword in node.keywords if keyword.arg == "metaclass")


def _keeps(decorator: ast.expr) -> bool:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return getattr(called, "attr", getattr(called, "id", "")) in _KEEPING


def _bound(body: Sequence[ast.stmt]) -> Iterator[tuple[str, _Binding]]:
    waiting = list(body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.ClassDef):
            yield node.name, node
        elif isinstance(node, Definition):
            yield node.name, None
        elif isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                yield alias.asname or alias.name.partition(".")[0], (node, alias)
        else:
            waiting.extend(inner_statements(node))
            yield from ((name, None) for name in _stored(node))


def _stored(node: ast.stmt) -> Iterator[str]:
    """Yield the names that a statement gives a value by itself, not in statements within it."""
    waiting: list[ast.AST] = [node]
    while waiting:
        here = waiting.pop()
        if isinstance(here, ast.Name) and isinstance(here.ctx, ast.Store | ast.Del):
            yield here.id
        elif isinstance(here, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and here.name:
            yield here.name
        waiting.extend(
            each for each in ast.iter_child_nodes(here) if not isinstance(each, ast.stmt)
        )
