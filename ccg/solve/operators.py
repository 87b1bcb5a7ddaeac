"""Operators, comparisons, truth, formatting, `raise`: what calls a method without saying so; no I/O."""

from ccg.solve import containers
from ccg.solve.calls import NOTHING, make_instance
from ccg.solve.frame import CALL, DUNDER, Frame, Site
from ccg.solve.invoke import first_of, invoke
from ccg.solve.iteration import hashed, iterate, split
from ccg.solve.objects import Class, Constant, Container, Instance
from ccg.solve.sets import EMPTY
from ccg.solve.solver import Rule, Solver
from ccg.syntax import ops
from ccg.syntax.facts import Op


def _binary(s: Solver, frame: Frame, value: int, op: Op) -> int:
    site = Site(frame, value, DUNDER)
    return operate(s, site, op[1], frame.values[op[2]], frame.values[op[3]])


def operate(s: Solver, site: Site, name: str, left: int, right: int) -> int:
    """Carry out an operator: in place where there is a method for it, then plain, then reflected."""
    is_in_place = name.startswith("i") and name != "invert"
    plain = name[1:] if is_in_place else name
    found, others = [], left
    for method in [f"__i{plain}__", f"__{plain}__"] if is_in_place else [f"__{plain}__"]:
        result, others = invoke(s, site, others, method, [right])
        found.append(result)
    for number, item in s.members(others):
        if isinstance(item, Container):
            if item.type in _JOINED.get(plain, ()):
                found.append(_join(s, site, number, right, is_in_place))
            else:
                found.append(s.sets.single(number))
                if item.type == "tuple" and plain == "add":
                    found.append(s.sets.of(split(s, right)[0]))
        elif isinstance(item, Constant):
            found.append(s.sets.single(number))
            if plain == "mul" and item.type == "int":
                found.append(s.sets.of(split(s, right)[0]))
        elif isinstance(item, Class) and plain == "or":  # `A | B` as a type
            found += [s.sets.single(number), right]
    if others or (not left and right and s.settled(site.frame)):
        found.append(invoke(s, site, right, f"__r{plain}__", [left])[0])
    return s.sets.union_all(found)


def _join(s: Solver, site: Site, number: int, right: int, is_in_place: bool) -> int:  # noqa: FBT001
    """Return what `+` or `|` of containers gives; in place it is the left one."""
    left_number, left = number, containers.of_number(s, number)
    target = left
    if not is_in_place:
        number, target = s.container(left.type, ("joined", *site.place))
        containers.copy_into(s, left_number, target)
    own, others = split(s, right)
    for one in own:
        if left.type in containers.DICTS:
            containers.copy_into(s, one, target)
        else:
            s.write(target.rest, containers.iterated(s, one))
    if is_in_place:
        s.write(target.rest, iterate(s, site, others))
    return s.sets.single(number)


def _unary(s: Solver, frame: Frame, value: int, op: Op) -> int:
    site = Site(frame, value, DUNDER)
    return invoke(s, site, frame.values[op[2]], f"__{op[1]}__")[0]


_JOINED = {
    "add": {"list", "deque"},
    "or": {"dict", "defaultdict", "set"},
    "xor": {"set"},
}
"""Operators that give a container with what stands in both, and of which."""
_MIRRORED = {"lt": "gt", "gt": "lt", "le": "ge", "ge": "le", "eq": "eq", "ne": "ne"}


def _compare(s: Solver, frame: Frame, value: int, op: Op) -> int:
    left, right = frame.values[op[2]], frame.values[op[3]]
    if left or right:
        compare(s, Site(frame, value, DUNDER), op[1], left, right)
    return EMPTY


def compare(s: Solver, site: Site, name: str, left: int, right: int) -> None:
    """Carry out a comparison, or `in` with the container on the left."""
    if name == "contains":
        _contains(s, site, left, right)
    elif _compare_with(s, site, name, left, right):
        _compare_with(s, site, _MIRRORED[name], right, left)


def _compare_with(s: Solver, site: Site, name: str, objects: int, other: int) -> int:
    """Call a comparison's method; return what has none."""
    for one in [name, "eq"] if name == "ne" else [name]:
        _, objects = invoke(s, site, objects, f"__{one}__", [other])
    return objects


def _contains(s: Solver, site: Site, objects: int, element: int) -> None:
    _, rest = invoke(s, site, objects, "__contains__", [element])
    own, others = split(s, rest)
    instances = s.sets.of(n for n, item in s.members(others) if isinstance(item, Instance))
    iterate(s, site, instances)
    for number in own:
        if containers.of_number(s, number).type in {"list", "tuple", "generator", "deque"}:
            invoke(s, site, containers.elements(s, number), "__eq__", [element])
        else:
            hashed(s, site, element)


def truth(s: Solver, site: Site, objects: int) -> None:
    """Test a value."""
    _, others = invoke(s, site, objects, "__bool__")
    invoke(s, site, others, "__len__")


def _truth(s: Solver, frame: Frame, value: int, op: Op) -> int:
    objects = frame.values[op[1]]
    if objects:
        truth(s, Site(frame, value, DUNDER), objects)
    return EMPTY


_FORMATTING = {"r": ("__repr__",), "a": ("__repr__",), "s": ("__str__", "__repr__")}


def _format(s: Solver, frame: Frame, value: int, op: Op) -> int:
    names = _FORMATTING.get(op[2], ("__format__", "__str__", "__repr__"))
    first_of(s, Site(frame, value, DUNDER), frame.values[op[1]], names)
    return EMPTY


def _raise(s: Solver, frame: Frame, value: int, op: Op) -> int:
    site = Site(frame, value, CALL)
    for number, item in s.members(frame.values[op[1]]):
        if isinstance(item, Class):
            make_instance(s, site, number, item, NOTHING)
    return EMPTY


RULES: dict[int, Rule] = {
    ops.BINARY: _binary,
    ops.COMPARE: _compare,
    ops.FORMAT: _format,
    ops.RAISE: _raise,
    ops.TRUTH: _truth,
    ops.UNARY: _unary,
}
