"""Making classes and instances where the interpreter or a library writes the code; no I/O."""

from ccg.solve import containers, members, program, special
from ccg.solve.arguments import Arguments
from ccg.solve.calls import NOTHING, call, call_as_methods
from ccg.solve.frame import CALLBACK, DUNDER, Frame, Site
from ccg.solve.library.rules import call_back
from ccg.solve.objects import Class, Instance, Module
from ccg.solve.sets import EMPTY
from ccg.solve.solver import Rule, Solver
from ccg.syntax import ops
from ccg.syntax.facts import Op

_DATA_DECORATORS = frozenset(
    {"dataclass", "define", "frozen", "mutable", "attrs", "attr", "s", "dataclass_transform"}
)
_DATA_BASES = frozenset({"NamedTuple", "Struct", "BaseModel"})
_FIELD_MAKERS = frozenset({"field", "ib", "attrib", "Factory", "Field"})


def make(s: Solver, site: Site, cls: Class, arguments: Arguments) -> int | None:
    """Make an instance of a class whose `__init__` nobody wrote; None for any other class."""
    kind = s.memo.get(("kind", cls.id))
    if kind is None:
        kind = s.memo["kind", cls.id] = _kind(cls)
    if kind == "dict":
        number, container = s.container("dict", site.place)
        for name, given in arguments.keywords:
            if name:
                containers.put(s, container, ("str", name), given)
        return s.sets.single(number)
    if kind == "plain":
        return None
    cls.is_made = True
    instance = s.sets.single(s.instance(cls))
    if kind == "data":
        _fill_fields(s, site, cls, arguments)
        if program.lookup(cls, "__post_init__") is not None:
            methods = members.attribute(s, instance, "__post_init__")
            call(s, site.of(CALLBACK), methods, NOTHING)
    return instance


def _kind(cls: Class) -> str:
    bases = {name.rpartition(".")[2] for name in cls.outside}
    if "TypedDict" in bases:
        return "dict"
    if bases & members.ENUMS and not cls.unit.bindings.get("__call__"):
        return "enum"
    if program.lookup(cls, "__init__") is not None or program.lookup(cls, "__new__") is not None:
        return "plain"
    return "data" if is_data(cls) or bases & _DATA_BASES else "plain"


def is_data(cls: Class) -> bool:
    """Tell whether a decorator of the class, or of one above it, writes its `__init__`."""
    return any(
        _last_name(ancestor.module, value) in _DATA_DECORATORS
        for ancestor in cls.mro
        for value in ancestor.unit.decorators
    )


def _last_name(module: Module, value: int) -> str:
    op = module.facts.ops[value]
    if op[0] == ops.CALL:
        return _last_name(module, op[1])
    if op[0] == ops.PHI and op[1]:
        return _last_name(module, op[1][0])
    if op[0] in {ops.ATTR, ops.GLOBAL}:
        return str(op[-1])
    return str(op[3]) if op[0] == ops.FROM else ""


def _fill_fields(s: Solver, site: Site, cls: Class, arguments: Arguments) -> None:
    names: dict[str, Class] = {}
    for ancestor in reversed(cls.mro):
        for name in ancestor.unit.declared:
            if not name.startswith("."):
                names[name] = ancestor
    for position, (name, owner) in enumerate(names.items()):
        given = arguments.pick(position, name.lstrip("_"))
        given = arguments.named(name) if given is None else given
        if given is None:
            given = _default(s, site, owner, name)
        s.write(s.field(cls.id, name), given)


def _default(s: Solver, site: Site, owner: Class, name: str) -> int:
    """Return what the factory of a field that is not given makes."""
    module, found = owner.module, EMPTY
    for value in owner.unit.bindings.get(name, ()):
        op = module.facts.ops[value]
        if op[0] == ops.CALL and _last_name(module, value) in _FIELD_MAKERS:
            for keyword, factory in op[3]:
                if keyword in {"default_factory", "factory"}:
                    made = call_back(s, site, s.export(module, factory))
                    found = s.sets.union(found, made)
    return found


def _class(s: Solver, frame: Frame, value: int, op: Op) -> int:
    """Make a class: hooks of its bases and of its metaclass are called."""
    cls = program.class_of(s, frame.module, op[1])
    site = Site(frame, value, DUNDER)
    for ancestor in cls.mro[1:]:
        if "__init_subclass__" in ancestor.unit.bindings:
            values = [(name, v) for name, v in cls.unit.keywords if name != "metaclass"]
            given = Arguments((), [(name, frame.values[v]) for name, v in values])
            functions = members.class_value(s, ancestor, "__init_subclass__")
            call_as_methods(s, site, functions, s.sets.single(cls.id), given)
            break
    for meta in cls.metaclasses[:1]:
        for name in ("__new__", "__init__"):
            _call_meta(s, site, cls, program.lookup(meta, name), name)
    _set_names(s, site, cls)
    return s.sets.single(cls.id)


def _call_meta(s: Solver, site: Site, cls: Class, owner: Class | None, name: str) -> None:
    if owner is None:
        return
    receiver = cls.metaclasses[0].id if name == "__new__" else cls.id
    given = Arguments(
        [
            s.text(),
            s.sets.single(s.container("tuple", ("bases", cls.id))[0]),
            s.sets.single(s.container("dict", ("namespace", cls.id))[0]),
        ]
    )
    functions = members.class_value(s, owner, name)
    call_as_methods(s, site, functions, s.sets.single(receiver), given)


def _set_names(s: Solver, site: Site, cls: Class) -> None:
    """Tell descriptors that were made in the class's body their names."""
    operations, values = cls.module.facts.ops, site.frame.values
    for name, given in cls.unit.bindings.items():
        for value in given:
            if operations[value][0] != ops.CALL:
                continue
            for number, item in s.members(values[value]):
                if isinstance(item, Instance) and program.lookup(item.cls, "__set_name__"):
                    methods = special.special_methods(s, s.sets.single(number), "__set_name__")
                    owner = s.sets.single(cls.id)
                    call(s, site, methods, Arguments([owner, s.text(name)]))


RULES: dict[int, Rule] = {ops.CLASS: _class}
