"""What the language's own and the standard library's functions do with what they are given."""

from ccg.solve.arguments import Arguments
from ccg.solve.frame import DECORATOR, Site
from ccg.solve.library import builtin, classes, methods, mixins, operator, stdlib, wrappers
from ccg.solve.library.rules import Rule
from ccg.solve.objects import Class
from ccg.solve.sets import EMPTY
from ccg.solve.solver import Solver

_RULES: dict[str, Rule] = {
    **builtin.RULES,
    **methods.RULES,
    **mixins.RULES,
    **operator.RULES,
    **stdlib.RULES,
    **wrappers.RULES,
}
_ALIASES = {
    "typing_extensions": "typing",
    "collections.abc": "typing",
    "_collections_abc": "typing",
    "_functools": "functools",
}
_LIKE = {"OrderedDict": "dict", "UserDict": "dict", "UserList": "list", "Counter": "dict"}


def call_outside(
    s: Solver, site: Site, name: str, arguments: Arguments, receivers: int
) -> int | None:
    """Call a name from outside; return what that gives, None where it is not known."""
    if site.kind is DECORATOR and name.startswith("<builtin>."):
        site.frame.module.resolved.add(site.value)
    else:
        s.record(site, name)
    rule = _rule(s, name)
    if rule is not None:
        return rule(s, site, arguments, receivers)
    if site.kind is DECORATOR:
        # an unknown decorator more often registers or wraps than replaces
        first = arguments.at(0) or EMPTY
        if first and all(isinstance(item, Class) for _, item in s.members(first)):
            return first
        return s.sets.union(first, s.sets.single(s.outside(name, is_instance=True)))
    return None


def _rule(s: Solver, name: str) -> Rule | None:
    key = ("rule", name)
    if key not in s.memo:
        s.memo[key] = _RULES.get(_canonical(name)) or _method_rule(name)
    found: Rule | None = s.memo[key]
    return found


def _canonical(name: str) -> str:
    top, _, rest = name.partition(".")
    if rest.startswith("abc."):
        top, rest = f"{top}.abc", rest[len("abc.") :]
    return f"{_ALIASES[top]}.{rest}" if top in _ALIASES else name


def _method_rule(name: str) -> Rule | None:
    """Return the rule of a builtin class's method that is reached through a subclass or the class."""
    owner, _, method = name.rpartition(".")
    short = owner.rpartition(".")[2]
    if owner.startswith(("<builtin>.", "collections.")):
        return methods.on_subclass(_LIKE.get(short, short), method)
    return None


__all__ = ["call_outside", "classes"]
