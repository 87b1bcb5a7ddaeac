"""The module `operator`; no I/O."""

from ccg.solve.arguments import Arguments
from ccg.solve.attributes import read_attribute
from ccg.solve.frame import DUNDER, PROPERTY, Site
from ccg.solve.invoke import invoke
from ccg.solve.iteration import read_item
from ccg.solve.library.rules import Rule, call_back_with, kept, make_special
from ccg.solve.objects import Constant, Special
from ccg.solve.sets import EMPTY
from ccg.solve.solver import Solver


def _getter(kind: str) -> Rule:
    def rule(s: Solver, site: Site, arguments: Arguments, receivers: int) -> int:
        return make_special(s, site, kind, EMPTY, arguments)

    return rule


def call_getter(s: Solver, site: Site, item: Special, arguments: Arguments) -> int:
    """Call an `attrgetter`, `itemgetter` or `methodcaller`."""
    given, base = kept(s, item), arguments.at(0) or EMPTY
    first = given.at(0) or EMPTY
    if item.kind == "itemgetter":
        return read_item(s, site.of(DUNDER), base, first)
    found = []
    for _, name in s.members(first):
        if isinstance(name, Constant) and isinstance(name.value, str):
            s.spelled.add(name.value)
            value = _get_path(s, site, base, name.value)
            if item.kind == "methodcaller":
                value = call_back_with(s, site, value, given.after(1))
            found.append(value)
    return s.sets.union_all(found)


def _get_path(s: Solver, site: Site, base: int, path: str) -> int:
    for part in path.split("."):
        base = read_attribute(s, site.of(PROPERTY), base, part)
    return base


def _operator(name: str) -> Rule:
    def rule(s: Solver, site: Site, arguments: Arguments, receivers: int) -> int:
        return invoke(s, site, arguments.at(0) or EMPTY, name, arguments.positional[1:])[0]

    return rule


RULES: dict[str, Rule] = {
    "operator.attrgetter": _getter("attrgetter"),
    "operator.itemgetter": _getter("itemgetter"),
    "operator.methodcaller": _getter("methodcaller"),
    **{
        f"operator.{name}": _operator(f"__{name}__")
        for name in ("add", "getitem", "setitem", "contains", "eq", "lt")
    },
}
