"""Reading, storing and deleting attributes: properties and descriptors are called; no I/O."""

from collections.abc import Sequence

from ccg.solve import members, program, special
from ccg.solve.arguments import Arguments
from ccg.solve.calls import call, call_as_methods, read_values
from ccg.solve.frame import CALL, PROPERTY, Frame, Site
from ccg.solve.objects import Class, Instance, Property, Super
from ccg.solve.sets import ACCESS, EMPTY
from ccg.solve.solver import Rule, Solver
from ccg.syntax import ops
from ccg.syntax.facts import Op

_HOOK = "__getattribute__"


def read_attribute(s: Solver, site: Site, base: int, name: str) -> int:
    """Return what an attribute of objects is; a property is called."""
    if not base:
        return EMPTY
    own = special.holders(s, base, "__getattribute__")[0] if _HOOK in s.class_names else EMPTY
    if own:
        methods = special.special_methods(s, own, "__getattribute__")
        call(s, site.of(PROPERTY), methods, Arguments([s.text()]))
    return read_values(s, site, members.attribute(s, base, name))


def _attribute(s: Solver, frame: Frame, value: int, op: Op) -> int:
    base = frame.values[op[1]]
    if not base:
        return EMPTY
    if _HOOK not in s.class_names or not special.holders(s, base, _HOOK)[0]:
        found = members.attribute(s, base, op[2])
        if not s.sets.together[found] & ACCESS:
            return found
        return read_values(s, Site(frame, value, PROPERTY), found)
    return read_attribute(s, Site(frame, value, PROPERTY), base, op[2])


def _store_attribute(s: Solver, frame: Frame, value: int, op: Op) -> int:
    base, name, stored = frame.values[op[1]], op[2], frame.values[op[3]]
    if op[1] == frame.body.receiver and frame.cls is not None:
        s.write(s.field(frame.cls.id, name), stored)
        for number, item in s.members(base):
            if not isinstance(item, Instance):
                members.store(s, number, name, stored)
    else:
        for number in s.sets.members[base]:
            members.store(s, number, name, stored)
    _set_through(s, Site(frame, value, PROPERTY), base, name, stored)
    return EMPTY


def write_attribute(s: Solver, site: Site, base: int, name: str, stored: int) -> None:
    """Store an attribute of objects; a property's setter is called."""
    for number in s.sets.members[base]:
        members.store(s, number, name, stored)
    _set_through(s, site, base, name, stored)


def _set_through(s: Solver, site: Site, base: int, name: str, stored: int) -> None:
    if not base:
        return
    hooked, _ = special.holders(s, base, "__setattr__")
    if hooked:
        text = s.text(name)
        _hook(s, site, hooked, "__setattr__", [text, stored])
    _through_descriptors(s, site, base, name, "__set__", [stored])


def _hook(s: Solver, site: Site, hooked: int, hook: str, arguments: Sequence[int]) -> None:
    """Call a hook of attribute access."""
    methods = special.special_methods(s, hooked, hook)
    call(s, site.of(PROPERTY), methods, Arguments(arguments))


def _through_descriptors(
    s: Solver, site: Site, base: int, name: str, method: str, arguments: Sequence[int]
) -> None:
    """Call the setters or deleters that classes have under the name."""
    key = ("owners", base, name, s.world.value)
    owners: dict[Class, list[int]] | None = s.memo.get(key)
    if owners is None:
        owners = s.memo[key] = members.owners_of(s, s.instances_in(base), name)[0]
    for owner, numbers in owners.items():
        receivers = s.sets.of(numbers)
        for value, item in s.members(members.class_value(s, owner, name)):
            inner = site.of(PROPERTY)
            if isinstance(item, Property):
                functions = s.read(item.setter if method == "__set__" else item.deleter)
                call_as_methods(s, inner, functions, receivers, Arguments(arguments))
            elif isinstance(item, Instance) and program.lookup(item.cls, method) is not None:
                methods = special.special_methods(s, s.sets.single(value), method)
                call(s, inner, methods, Arguments([receivers, *arguments]))


def _delete_attribute(s: Solver, frame: Frame, value: int, op: Op) -> int:
    base = frame.values[op[1]]
    site = Site(frame, value, PROPERTY)
    if base:
        hooked, _ = special.holders(s, base, "__delattr__")
        if hooked:
            _hook(s, site, hooked, "__delattr__", [EMPTY])
        _through_descriptors(s, site, base, op[2], "__delete__", ())
    return EMPTY


def _super(s: Solver, frame: Frame, value: int, op: Op) -> int:
    cls = program.class_of(s, frame.module, op[1])
    s.record(Site(frame, value, CALL), "<builtin>.super")
    receivers = frame.values[op[2]]
    if not receivers:
        return EMPTY
    key = ("super", cls.id, receivers)
    number = s.known(key)
    return s.sets.single(s.number(Super(cls, receivers), key) if number is None else number)


RULES: dict[int, Rule] = {
    ops.ATTR: _attribute,
    ops.DELETE_ATTR: _delete_attribute,
    ops.STORE_ATTR: _store_attribute,
    ops.SUPER: _super,
}
