"""Lowers expressions; no I/O."""

import ast
from collections.abc import Callable
from typing import Any

from ccg.syntax import ops
from ccg.syntax.binding import bound_names
from ccg.syntax.emitter import MAX_TEXT, Emitter
from ccg.syntax.facts import Unit, UnitKind
from ccg.syntax.scopes import Scope, State

_BINARY = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.MatMult: "matmul",
    ast.Div: "truediv",
    ast.FloorDiv: "floordiv",
    ast.Mod: "mod",
    ast.Pow: "pow",
    ast.LShift: "lshift",
    ast.RShift: "rshift",
    ast.BitAnd: "and",
    ast.BitOr: "or",
    ast.BitXor: "xor",
}
_UNARY = {ast.USub: "neg", ast.UAdd: "pos", ast.Invert: "invert"}
_COMPARE = {
    ast.Eq: "eq",
    ast.NotEq: "ne",
    ast.Lt: "lt",
    ast.LtE: "le",
    ast.Gt: "gt",
    ast.GtE: "ge",
    ast.In: "contains",
    ast.NotIn: "contains",
}
_TESTED = frozenset({ast.Compare, ast.Constant, ast.UnaryOp, ast.BoolOp})
"""Conditions that are true or false without a call of their own."""
_PLACES = (ast.Name, ast.Attribute, ast.NamedExpr)
_IS_NOT = (ast.IsNot, ast.NotEq)
_DISPLAYS: dict[type[ast.expr], str] = {ast.List: "list", ast.Set: "set", ast.Tuple: "tuple"}
_CONTAINERS: dict[type[ast.expr], str] = {
    ast.ListComp: "list",
    ast.SetComp: "set",
    ast.DictComp: "dict",
    ast.GeneratorExp: "generator",
}


_DEFINING = frozenset({ops.FUNC, ops.CLASS})


class ExpressionLowerer(Emitter):
    """Turns an expression into a value; what it may call becomes operations on the way."""

    def __init__(self) -> None:
        super().__init__()
        self._walrus_names: list[str] = []
        self._lowerers: dict[type[ast.expr], Callable[[Any], int]] = {
            ast.Attribute: self._attribute,
            ast.Await: self._await,
            ast.BinOp: self._binary,
            ast.BoolOp: self._choice,
            ast.Call: self._call,
            ast.Compare: self._compare,
            ast.Constant: self._constant,
            ast.Dict: self._dict,
            ast.DictComp: self._comprehension,
            ast.FormattedValue: self._formatted,
            ast.GeneratorExp: self._comprehension,
            ast.IfExp: self._conditional,
            ast.JoinedStr: self._joined,
            ast.Lambda: self._lambda,
            ast.List: self._sequence,
            ast.ListComp: self._comprehension,
            ast.Name: self._name,
            ast.NamedExpr: self._walrus,
            ast.Set: self._sequence,
            ast.SetComp: self._comprehension,
            ast.Slice: self._slice,
            ast.Starred: self._starred,
            ast.Subscript: self._subscript,
            ast.Tuple: self._sequence,
            ast.UnaryOp: self._unary,
            ast.Yield: self._yield,
            ast.YieldFrom: self._yield_from,
        }

    def value(self, node: ast.expr) -> int:
        """Lower an expression and return its value."""
        self.line = node.lineno
        return self._lowerers[type(node)](node)

    # names, attributes, subscripts

    def _name(self, node: ast.Name) -> int:
        name, scope = node.id, self.scope
        value = scope.state.values.get(name)
        if value is None:
            value = self.load_unknown(name)
        op = self.ops[value]
        if not scope.is_function or op[0] == ops.GLOBAL:
            self.facts.reads.append((scope.unit, value, name))
        elif op[0] in _DEFINING or (op[0] == ops.CALL and op[4] == ops.HOW_DECORATOR):
            self.facts.reads.append((scope.unit, value, ""))
        return value

    def _attribute(self, node: ast.Attribute) -> int:
        value = self._place(node)
        self.facts.reads.append((self.scope.unit, value, ""))
        return value

    def _place(self, node: ast.Attribute) -> int:
        base, name = self.value(node.value), node.attr
        place = (base, ".", name)
        known = self.scope.state.values.get(place)
        self.line = node.lineno
        if known is None:
            known = self.emit((ops.ATTR, base, name))
            self.scope.state.learn(place, known)
        return known

    def _subscript(self, node: ast.Subscript) -> int:
        base = self.value(node.value)
        if isinstance(node.slice, ast.Slice):
            return self._part(base, node.slice)
        index = self.value(node.slice)
        constant = self.key_of(index)
        if constant is None:
            return self.item(base, index)
        place = (base, "[", constant)
        known = self.scope.state.values.get(place)
        self.line = node.lineno
        if known is None:
            known = self.item(base, index)
            self.scope.state.learn(place, known)
        return known

    def item(self, base: int, index: int) -> int:
        """Read a subscript."""
        return self.emit((ops.ITEM, base, index))

    def _part(self, base: int, node: ast.Slice) -> int:
        bounds: list[int | None] = []
        for bound in (node.lower, node.upper, node.step):
            key = self.key_of(self.value(bound)) if bound else None
            bounds.append(key[1] if isinstance(key, tuple) and key[0] == "int" else None)
        exact = node.step is None
        lower = bounds[0] if exact else None
        return self.emit((ops.SLICE, base, lower, bounds[1]))

    def _slice(self, node: ast.Slice) -> int:
        for bound in (node.lower, node.upper, node.step):
            if bound:
                self.value(bound)
        return self.emit((ops.CONST, "slice", None))

    def _starred(self, node: ast.Starred) -> int:
        return self.value(node.value)

    # calls

    def callee(self, node: ast.expr) -> int:
        """Lower what is called: it is not noted as read."""
        self.line = node.lineno
        if isinstance(node, ast.Attribute):
            return self._place(node)
        return self.load(node.id) if isinstance(node, ast.Name) else self.value(node)

    def _call(self, node: ast.Call) -> int:
        callee = node.func
        if isinstance(callee, ast.Name) and callee.id == "super":
            return self._super(node)
        function = self.callee(callee)
        arguments = [self._argument(argument) for argument in node.args]
        keywords = [(keyword.arg, self.value(keyword.value)) for keyword in node.keywords]
        self.line = node.lineno
        result = self.call(function, arguments, keywords, ops.HOW_CALL)
        self.forget()
        op = self.ops[function]
        if op[0] == ops.ATTR and op[2] == "update" and len(arguments) == 1:
            self._remember_update(op[1], arguments[0])
        return result

    def call(
        self, function: int, arguments: list[int], keywords: list[tuple[str | None, int]], how: int
    ) -> int:
        """Call a function."""
        return self.emit((ops.CALL, function, arguments, keywords, how))

    def _argument(self, node: ast.expr) -> int:
        value = self.value(node)
        return ~value if type(node) is ast.Starred else value

    def _remember_update(self, owner: int, argument: int) -> None:
        """Know the keys that `x.update({...})` sets."""
        given = self.ops[argument] if argument >= 0 else (ops.NONE,)
        for key, value in given[1] if given[0] == ops.DICT else ():
            constant = self.key_of(key) if key >= 0 else None
            if constant is not None:
                self.know((owner, "[", constant), value)

    def _super(self, node: ast.Call) -> int:
        values = [self.value(argument) for argument in node.args]
        scope: Scope | None = self.scope
        while scope is not None and not (scope.is_function and scope.receiver >= 0):
            scope = scope.parent
        if scope is None or scope.parent is None:
            return self.emit((ops.NONE,))
        receiver = scope.receiver
        if scope is not self.scope:
            receiver = self.emit_free(scope.unit, self.facts.units[scope.unit].parameters[0].name)
        if len(values) == 2:
            receiver = values[1]
        self.line = node.lineno
        return self.emit((ops.SUPER, scope.parent.unit, receiver))

    # operators

    def _binary(self, node: ast.BinOp) -> int:
        left, right = self.value(node.left), self.value(node.right)
        self.line = node.lineno
        start = self.ops[left]
        if start[0] == ops.CONST and isinstance(start[2], str) and isinstance(node.op, ast.Add):
            return self.emit((ops.CONST, "str", ("prefix", start[2])))
        return self.binary(_BINARY[type(node.op)], left, right)

    def binary(self, method: str, left: int, right: int) -> int:
        """Carry out an operator."""
        return self.emit((ops.BINARY, method, left, right))

    def _unary(self, node: ast.UnaryOp) -> int:
        operand = self.value(node.operand)
        if isinstance(node.op, ast.Not):
            self.emit((ops.TRUTH, operand))
            return self.emit((ops.CONST, "bool", None))
        return self.emit((ops.UNARY, _UNARY[type(node.op)], operand))

    def _compare(self, node: ast.Compare) -> int:
        left = self.value(node.left)
        result = -1
        for operator, comparator in zip(node.ops, node.comparators, strict=True):
            right = self.value(comparator)
            method = _COMPARE.get(type(operator))
            self.line = node.lineno
            if method is None:
                result = self.emit((ops.CONST, "bool", None))
            elif method == "contains":
                result = self.emit((ops.COMPARE, method, right, left))
            else:
                result = self.emit((ops.COMPARE, method, left, right))
            left = right
        return result

    def test(self, node: ast.expr) -> int:
        """Lower a condition."""
        value = self.value(node)
        if type(node) not in _TESTED:
            self.emit((ops.TRUTH, value))
        return value

    def _choice(self, node: ast.BoolOp) -> int:
        values = []
        before, walrus = self.fork(), len(self._walrus_names)
        is_and = isinstance(node.op, ast.And)
        for number, part in enumerate(node.values):
            value = self.value(part)
            is_last = number == len(node.values) - 1
            if not is_last:
                self.emit((ops.TRUTH, value))
                self.narrow(part, is_positive=is_and)
            if not is_last and not is_and:
                value = self.emit((ops.NOT_NONE, value))
            values.append(value)
        self._leave(before, walrus)
        return self.phi(values)

    def _leave(self, before: State, walrus: int) -> None:
        """Undo what conditions said within an expression, but keep what it bound and changed."""
        after = self.scope.state
        before.forget_since(after)
        for name in self._walrus_names[walrus:]:
            if name in after.values:
                before.values[name] = after.values[name]
        self.scope.state = before

    def _conditional(self, node: ast.IfExp) -> int:
        self.test(node.test)
        before, walrus = self.fork(), len(self._walrus_names)
        self.narrow(node.test, is_positive=True)
        body = self.value(node.body)
        self._leave(before, walrus)
        middle = self.fork()
        self.narrow(node.test, is_positive=False)
        otherwise = self.value(node.orelse)
        self._leave(middle, walrus)
        return self.phi([body, otherwise])

    def narrow(self, test: ast.expr, *, is_positive: bool) -> None:
        """Give the names in a condition the values with which it holds, or does not."""
        if isinstance(test, _PLACES):
            if is_positive:
                self._narrow_place(test, ops.NOT_NONE)
        elif isinstance(test, ast.UnaryOp):
            if isinstance(test.op, ast.Not):
                self.narrow(test.operand, is_positive=not is_positive)
        elif isinstance(test, ast.BoolOp):
            if isinstance(test.op, ast.And) == is_positive:
                for part in test.values:
                    self.narrow(part, is_positive=is_positive)
        elif isinstance(test, ast.Call):
            self._narrow_call(test, is_positive=is_positive)
        elif isinstance(test, ast.Compare):
            self._narrow_comparison(test, is_positive=is_positive)

    def _narrow_call(self, test: ast.Call, *, is_positive: bool) -> None:
        name = test.func.id if isinstance(test.func, ast.Name) else ""
        if name == "isinstance" and len(test.args) == 2:
            classes = self.value(test.args[1])
            self._narrow_place(test.args[0], ops.NARROW, classes, is_positive)
        elif name == "callable" and test.args:
            self._narrow_place(test.args[0], ops.CALLABLE, is_positive)

    def _narrow_comparison(self, test: ast.Compare, *, is_positive: bool) -> None:
        right = test.comparators[0]
        if len(test.ops) > 1 or not isinstance(right, ast.Constant) or right.value is not None:
            return
        if isinstance(test.ops[0], _IS_NOT) == is_positive:
            self._narrow_place(test.left, ops.NOT_NONE)

    def _narrow_place(self, node: ast.expr, code: int, *operands: Any) -> None:
        """Narrow what a name or an attribute holds by an operation on it."""
        if isinstance(node, ast.NamedExpr):
            node = node.target
        if isinstance(node, ast.Name):
            value = self.load(node.id)
            narrowed = self.emit((code, value, *operands))
            self.scope.state.values[node.id] = narrowed
        elif isinstance(node, ast.Attribute):
            value = self._place(node)
            op = self.ops[value]
            if op[0] == ops.ATTR:
                narrowed = self.emit((code, value, *operands))
                self.know((op[1], ".", node.attr), narrowed)

    def _walrus(self, node: ast.NamedExpr) -> int:
        value = self.value(node.value)
        self.bind(node.target.id, value)
        self._walrus_names.append(node.target.id)
        return value

    # literals and containers

    def _constant(self, node: ast.Constant) -> int:
        return self.constant(node.value)

    def _joined(self, node: ast.JoinedStr) -> int:
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                self._formatted(part)
        first = node.values[0] if node.values else None
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            return self.emit((ops.CONST, "str", ("prefix", first.value[:MAX_TEXT])))
        return self.emit((ops.CONST, "str", None))

    def _formatted(self, node: ast.FormattedValue) -> int:
        value = self.value(node.value)
        if node.format_spec:
            self.value(node.format_spec)
        conversion = "" if node.conversion < 0 else chr(node.conversion)
        return self.emit((ops.FORMAT, value, conversion))

    def _sequence(self, node: ast.List | ast.Tuple | ast.Set) -> int:
        values = [self._argument(element) for element in node.elts]
        self.line = node.lineno
        return self.emit((ops.SEQUENCE, _DISPLAYS[type(node)], values))

    def _dict(self, node: ast.Dict) -> int:
        pairs: list[tuple[int, int]] = []
        for key, element in zip(node.keys, node.values, strict=True):
            number = self.value(key) if key else -1
            pairs.append((number, self.value(element)))
        self.line = node.lineno
        return self.emit((ops.DICT, pairs))

    def _comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp
    ) -> int:
        before, walrus = self.fork(), len(self._walrus_names)
        names = self.scope.names
        for generator in node.generators:
            self.scope.names = self.scope.names | bound_names([generator.target]).names
            element = self.iterate(self.value(generator.iter), is_async=bool(generator.is_async))
            self.assign(generator.target, element)
            for condition in generator.ifs:
                self.test(condition)
                self.narrow(condition, is_positive=True)
        key = self.value(node.key) if isinstance(node, ast.DictComp) else -1
        value = self.value(node.value if isinstance(node, ast.DictComp) else node.elt)
        self._leave(before, walrus)
        self.scope.names = names
        self.line = node.lineno
        return self.emit((ops.COMPREHENSION, _CONTAINERS[type(node)], key, value))

    def iterate(self, iterable: int, *, is_async: bool = False) -> int:
        """Return an element of what is iterated over."""
        return self.emit((ops.ITERATE, iterable, is_async))

    def assign(self, target: ast.expr, value: int) -> None:
        """Give a target a value; the statements know how."""
        raise NotImplementedError

    # functions and generators

    def _lambda(self, node: ast.Lambda) -> int:
        raise NotImplementedError

    def _await(self, node: ast.Await) -> int:
        value = self.value(node.value)
        return self.emit((ops.AWAIT, value))

    def _yield(self, node: ast.Yield) -> int:
        unit = self._function_around()
        value = self.value(node.value) if node.value else self.emit((ops.NONE,))
        unit.yields.append(value)
        unit.is_generator = True
        self.forget()
        return self.emit((ops.NONE,))

    def _yield_from(self, node: ast.YieldFrom) -> int:
        unit = self._function_around()
        inner = self.value(node.value)
        unit.yields.append(self.iterate(inner))
        unit.is_generator = True
        self.forget()
        return self.emit((ops.YIELD_FROM, inner))

    def _function_around(self) -> Unit:
        scope = self.scope
        while scope.kind == UnitKind.CLASS and scope.parent:
            scope = scope.parent
        return self.facts.units[scope.unit]
