"""What the language's own and the standard library's functions do with what they are given."""

from ccg.graph import CallKind
from ccg.solve.arguments import Arguments
from ccg.solve.library import builtin, classes, methods, stdlib, wrappers
from ccg.solve.library.rules import Rule
from ccg.solve.solver import Site, Solver

_RULES: dict[str, Rule] = {**builtin.RULES, **methods.RULES, **stdlib.RULES, **wrappers.RULES}
_ALIASES = {"typing_extensions": "typing", "collections.abc": "typing", "_functools": "functools"}


def call_outside(s: Solver, site: Site, name: str, arguments: Arguments, receiver: int) -> bool:
    """Call a name from outside; return whether it is known what it gives."""
    if site.kind is CallKind.DECORATOR and name.startswith("<builtin>."):
        s.resolved.add((site.module.index, site.value))
    else:
        s.record(site, name)
    rule = _RULES.get(_canonical(name)) or _method_rule(name)
    if rule is not None:
        return rule(s, site, arguments, receiver) is not False
    if site.kind is CallKind.DECORATOR:
        # an unknown decorator more often registers or wraps than replaces
        first = arguments.at(0)
        if first is not None:
            s.flow(first, site.result)
    return False


def _canonical(name: str) -> str:
    top, _, rest = name.partition(".")
    return f"{_ALIASES[top]}.{rest}" if top in _ALIASES else name


def _method_rule(name: str) -> Rule | None:
    """Return the rule of a builtin class's method that is reached through a subclass or the class."""
    owner, _, method = name.rpartition(".")
    short = owner.rpartition(".")[2]
    kind = {"OrderedDict": "dict", "UserDict": "dict", "UserList": "list", "Counter": "dict"}.get(
        short, short
    )
    if owner.startswith(("<builtin>.", "collections.")):
        return methods.on_subclass(kind, method)
    return None


__all__ = ["call_outside", "classes"]
