"""Which functions and classes of private modules the public ones of a tree hand on as their own; no I/O."""

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ccg.source import Source
from quality.definitions import Definition, inner_statements
from quality.imports import absolute, modules
from quality.remembered import remembered

MOST_STEPS = 500_000
"""Names that are followed from a module to the next; a tree made to exhaust us has more."""
_ALL = "__all__"
_INIT = "__init__.py"


@dataclass(frozen=True, slots=True)
class _Origin:
    """Where an import takes a name from."""

    level: int
    module: str
    name: str


@dataclass(slots=True)
class _Names:
    """What a module binds outside of functions and classes, and what it says that it offers."""

    defined: set[str] = field(default_factory=set)
    imports: dict[str, list[_Origin]] = field(default_factory=lambda: defaultdict(list))
    redundant: set[str] = field(default_factory=set)
    """Names that are imported as themselves: `from ._a import b as b`."""
    stars: dict[_Origin, None] = field(default_factory=dict)
    """Modules of which everything is imported, in their order."""
    offered: dict[str, None] | None = None
    """The literal names in `__all__`, in their order; None where there is none."""
    has_others: bool = False
    """`__all__` takes over that of another module."""
    is_computed: bool = False
    """`__all__` is made of what only a run tells: it is then as if there was none."""

    def offers(self, name: str, *, is_package: bool) -> bool:
        """Tell whether an imported name is one of the module's own to whoever imports it."""
        if name.startswith("_"):
            return False
        if name in self.redundant:
            return True
        return is_package if self.offered is None else name in self.offered

    def gives(self, name: str) -> bool:
        """Tell whether `import *` takes a name that is defined here."""
        return not name.startswith("_") if self.offered is None else name in self.offered


def is_private(path: str) -> bool:
    """Tell whether an underscore hides a module: its own or that of a folder."""
    return any(part.startswith("_") and part != _INIT for part in path.split("/"))


def exports(sources: Sequence[Source]) -> Mapping[str, frozenset[str]]:
    """Return the names that the files of private modules define and public modules export, by path.

    A module exports what it imports under the same name again (`from ._a import b as b`), what it
    names in `__all__`, a package's `__init__.py` without `__all__` every public name that it imports, and
    every module what it takes by `import *`, unless its `__all__` leaves it out. A name is followed
    through all modules up to its definition; nothing is imported.
    """
    return _Exports(sources).found()


class _Exports:
    def __init__(self, sources: Sequence[Source]) -> None:
        self._known = modules(sources)
        self._found: dict[str, set[str]] = defaultdict(set)
        self._seen: set[tuple[str, str]] = set()
        self._steps = 0
        self._waiting: list[tuple[str, str]] = []
        """Modules and the name that is asked of each, `*` for all that it gives."""

    def found(self) -> Mapping[str, frozenset[str]]:
        for module, source in self._known.items():
            if not is_private(source.path):
                self._ask_offered(module)
        while self._waiting:
            module, name = self._waiting.pop()
            if name == "*":
                self._ask_given(module)
            else:
                self._ask_origins(module, name)
        return {path: frozenset(names) for path, names in self._found.items() if names}

    def _ask(self, module: str, origin: _Origin, name: str) -> None:
        if self._steps == MOST_STEPS:
            return
        self._steps += 1
        is_package = self._known[module].path.endswith(_INIT)
        target = absolute(origin.module, origin.level, module, is_package=is_package)
        asked = (target, name)
        if target in self._known and asked not in self._seen:
            self._seen.add(asked)
            self._waiting.append(asked)

    def _ask_offered(self, module: str) -> None:
        """Ask for what a public module has from others."""
        source = self._known[module]
        names = _names(source)
        for bound, origins in names.imports.items():
            if names.offers(bound, is_package=source.path.endswith(_INIT)):
                for origin in origins:
                    self._ask(module, origin, origin.name)
        self._ask_stars(module, names)

    def _ask_given(self, module: str) -> None:
        """Ask for all that `import *` takes from a module."""
        source = self._known[module]
        names = _names(source)
        self._found[source.path].update(filter(names.gives, names.defined))
        self._ask_offered(module)

    def _ask_origins(self, module: str, name: str) -> None:
        """Ask for one name, wherever the module has it from."""
        source = self._known[module]
        names = _names(source)
        if name in names.defined:
            self._found[source.path].add(name)
        origins = names.imports.get(name, ())
        for origin in origins:
            self._ask(module, origin, origin.name)
        if not origins and name not in names.defined:
            self._ask_star(module, names, name)

    def _ask_stars(self, module: str, names: _Names) -> None:
        if names.offered is None or names.has_others:
            for star in names.stars:
                self._ask(module, star, "*")
            return
        for name in names.offered:
            if name not in names.defined and name not in names.imports:
                self._ask_star(module, names, name)

    def _ask_star(self, module: str, names: _Names, name: str) -> None:
        """Ask the modules of which everything is imported for one name that they may give."""
        for star in names.stars:
            if self._steps == MOST_STEPS:
                return
            self._ask(module, star, name)


@remembered
def _names(source: Source) -> _Names:
    names = _Names()
    waiting: list[ast.stmt] = list(source.tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, Definition):
            names.defined.add(node.name)
        elif isinstance(node, ast.ImportFrom):
            _add_import(names, node)
        else:
            _add_offered(names, node)
            waiting.extend(inner_statements(node))
    if names.is_computed:
        names.offered = None
    return names


def _add_import(names: _Names, node: ast.ImportFrom) -> None:
    for alias in node.names:
        origin = _Origin(node.level, node.module or "", alias.name)
        if alias.name == "*":
            names.stars[origin] = None
            continue
        names.imports[alias.asname or alias.name].append(origin)
        if alias.asname == alias.name:
            names.redundant.add(alias.name)


def _add_offered(names: _Names, node: ast.stmt) -> None:
    """Read `__all__ = [...]`, `__all__ += [...]` and `__all__.extend([...])`."""
    for value in _offering(node):
        names.offered = names.offered if names.offered is not None else {}
        for part in _parts(value):
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                names.offered[part.value] = None
            elif isinstance(part, ast.Attribute) and part.attr == _ALL:
                names.has_others = True
            else:
                names.is_computed = True


def _offering(node: ast.stmt) -> Iterator[ast.expr]:
    match node:
        case ast.Assign(targets=targets, value=value):
            is_meant = any(getattr(target, "id", "") == _ALL for target in targets)
            yield from [value] if is_meant else []
        case ast.AnnAssign(target=ast.Name(id="__all__"), value=ast.expr() as value):
            yield value
        case ast.AugAssign(target=ast.Name(id="__all__"), value=value):
            yield value
        case ast.Expr(
            value=ast.Call(
                func=ast.Attribute(value=ast.Name(id="__all__"), attr="append" | "extend"),
                args=arguments,
            )
        ):
            yield from arguments


def _parts(value: ast.expr) -> Iterator[ast.expr]:
    """Yield what a list is put together from."""
    waiting = [value]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.List | ast.Tuple | ast.Set):
            waiting.extend(node.elts)
        elif isinstance(node, ast.BinOp):
            waiting += [node.left, node.right]
        elif isinstance(node, ast.Starred):
            waiting.append(node.value)
        else:
            yield node
