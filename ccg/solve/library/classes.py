"""Making classes and instances where the interpreter or a library writes the code; no I/O."""

from ccg.graph import CallKind
from ccg.solve import containers, members, program
from ccg.solve.arguments import Arguments
from ccg.solve.calls import call_bound_node, call_node
from ccg.solve.fields import OF_INSTANCE, stored
from ccg.solve.invoke import each
from ccg.solve.library.rules import place
from ccg.solve.node import Node
from ccg.solve.objects import Class, Instance, Module
from ccg.solve.solver import Handler, Site, Solver
from ccg.syntax import ops
from ccg.syntax.facts import Op

_DATA_DECORATORS = frozenset(
    {"dataclass", "define", "frozen", "mutable", "attrs", "attr", "s", "dataclass_transform"}
)
_DATA_BASES = frozenset({"NamedTuple", "Struct", "BaseModel"})
_FIELD_MAKERS = frozenset({"field", "ib", "attrib", "Factory", "Field"})


def make(s: Solver, site: Site, cls: Class, arguments: Arguments) -> bool:
    """Make an instance of a class whose `__init__` nobody wrote; False for any other class."""
    bases = {name.rpartition(".")[2] for name in cls.outside}
    if "TypedDict" in bases:
        number = s.container_number("dict", place(site))
        container = s.container("dict", place(site))
        for name, given in arguments.keywords:
            if name:
                target = containers.item_node(s, container, ("str", name))
                s.flow(arguments.node(given), target)
        s.add(site.result, [number])
        return True
    if bases & members.ENUMS and not cls.unit.bindings.get("__call__"):
        cls.is_made = True
        s.add(site.result, [s.instance(cls)])
        return True
    if program.lookup(cls, "__init__") is not None or program.lookup(cls, "__new__") is not None:
        return False
    if not (is_data(cls) or bases & _DATA_BASES):
        return False
    cls.is_made = True
    number = s.instance(cls)
    s.add(site.result, [number])
    _fill_fields(s, site, cls, number, arguments)
    if program.lookup(cls, "__post_init__") is not None:
        inner = s.site(site.module, site.value, site.context, CallKind.CALLBACK)
        call_node(s, inner, members.member(s, number, "__post_init__"), Arguments())
    return True


def is_data(cls: Class) -> bool:
    """Tell whether a decorator of the class, or of one above it, writes its `__init__`."""
    return any(
        name in _DATA_DECORATORS
        for ancestor in cls.mro
        for value in ancestor.unit.decorators
        for name in [_last_name(ancestor.module, value)]
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


def _fill_fields(s: Solver, site: Site, cls: Class, number: int, arguments: Arguments) -> None:
    names: dict[str, Class] = {}
    for ancestor in reversed(cls.mro):
        for name in ancestor.unit.declared:
            if not name.startswith("."):
                names[name] = ancestor
    for position, (name, owner) in enumerate(names.items()):
        given = arguments.pick(position, name.lstrip("_")) or arguments.named(name)
        if given is not None:
            s.flow(given, stored(s, OF_INSTANCE, cls, name))
        else:
            _default(s, site, owner, name, stored(s, OF_INSTANCE, cls, name))
    _ = number


def _default(s: Solver, site: Site, owner: Class, name: str, target: Node) -> None:
    module = owner.module
    for value in owner.unit.bindings.get(name, ()):
        op = module.facts.ops[value]
        if op[0] != ops.CALL or _last_name(module, value) not in _FIELD_MAKERS:
            continue
        given = s.arguments(module, 0, op)
        factory = given.named("default_factory") or given.named("factory")
        if factory is not None:
            inner = s.site(site.module, site.value, site.context, CallKind.CALLBACK)
            s.flow(inner.result, target)
            call_node(s, inner, factory, Arguments())


def _class(s: Solver, module: Module, value: int, context: int, op: Op, node: Node) -> None:
    """Make a class: hooks of its bases and of its metaclass are called."""
    cls = program.class_of(s, module, op[1])
    s.add(node, [cls.id])
    site = s.site(module, value, context, CallKind.DUNDER)
    keywords = [(name, v) for name, v in cls.unit.keywords if name != "metaclass"]
    given = Arguments((), keywords, make=s.lazy(module, context))
    for ancestor in cls.mro[1:]:
        if "__init_subclass__" in ancestor.unit.bindings:
            functions = members.class_value(s, ancestor, "__init_subclass__")
            call_bound_node(s, site, functions, cls.id, given)
            break
    for name in ("__new__", "__init__"):
        _call_meta(s, site, cls, name)
    _set_names(s, site, cls)


def _call_meta(s: Solver, site: Site, cls: Class, name: str) -> None:
    for meta in cls.metaclasses[:1]:
        owner = program.lookup(meta, name)
        if owner is None:
            return
        text, bases, body = Node(), Node(), Node()
        s.add(text, [s.constant("str")])
        s.add(bases, [s.container_number("tuple", ("bases", cls.id))])
        s.add(body, [s.container_number("dict", ("namespace", cls.id))])
        receiver = meta.id if name == "__new__" else cls.id
        functions = members.class_value(s, owner, name)
        call_bound_node(s, site, functions, receiver, Arguments([text, bases, body]))


def _set_names(s: Solver, site: Site, cls: Class) -> None:
    for name, values in cls.unit.bindings.items():
        for value in values:
            if cls.module.facts.ops[value][0] == ops.CALL:
                node = s.value(cls.module, value, 0)
                each(s, node, lambda one, name=name: _set_name(s, site, one, cls, name))  # type: ignore[misc]


def _set_name(s: Solver, site: Site, number: int, cls: Class, name: str) -> None:
    item = s.objects[number]
    if isinstance(item, Instance):
        method = members.special_methods(s, number, "__set_name__")
        if method is not None:
            owner, text = Node(), Node()
            s.add(owner, [cls.id])
            s.add(text, [s.constant("str", name)])
            call_node(s, site, method, Arguments([owner, text]))


RULES: dict[int, Handler] = {ops.CLASS: _class}
