"""Lowers expressions; no I/O."""

import ast
from collections.abc import Callable
from typing import Any

from ccg.syntax import ops
from ccg.syntax.emitter import MAX_TEXT, Emitter
from ccg.syntax.facts import Unit, UnitKind
from ccg.syntax.scopes import Scope, State, bound_names

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


_CONTAINERS: dict[type[ast.expr], str] = {
    ast.ListComp: "list",
    ast.SetComp: "set",
    ast.DictComp: "dict",
    ast.GeneratorExp: "generator",
}


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
        value = self.load(node.id)
        if not self.scope.is_function or self.facts.ops[value][0] == ops.GLOBAL:
            self.facts.reads.append((self.scope.unit, value, node.id))
        return value

    def _attribute(self, node: ast.Attribute) -> int:
        value = self._place(node)
        self.facts.reads.append((self.scope.unit, value, ""))
        return value

    def _place(self, node: ast.Attribute) -> int:
        base = self.value(node.value)
        key = (base, ".", node.attr)
        known = self.scope.state.get(key)
        self.line = node.lineno
        if known is None:
            known = self.emit(ops.ATTR, base, node.attr)
            self.know(key, known)
        return known

    def _subscript(self, node: ast.Subscript) -> int:
        base = self.value(node.value)
        if isinstance(node.slice, ast.Slice):
            return self._part(base, node.slice)
        index = self.value(node.slice)
        constant = self.key_of(index)
        if constant is None:
            return self.emit(ops.ITEM, base, index)
        key = (base, "[", constant)
        known = self.scope.state.get(key)
        self.line = node.lineno
        if known is None:
            known = self.emit(ops.ITEM, base, index)
            self.know(key, known)
        return known

    def _part(self, base: int, node: ast.Slice) -> int:
        bounds: list[int | None] = []
        for bound in (node.lower, node.upper, node.step):
            key = self.key_of(self.value(bound)) if bound else None
            bounds.append(key[1] if isinstance(key, tuple) and key[0] == "int" else None)
        exact = node.step is None
        return self.emit(ops.SLICE, base, bounds[0] if exact else None, bounds[1])

    def _slice(self, node: ast.Slice) -> int:
        for bound in (node.lower, node.upper, node.step):
            if bound:
                self.value(bound)
        return self.emit(ops.CONST, "slice", None)

    def _starred(self, node: ast.Starred) -> int:
        return self.value(node.value)

    # calls

    def callee(self, node: ast.expr) -> int:
        """Lower what is called: it is not noted as read."""
        self.line = node.lineno
        if isinstance(node, ast.Name):
            return self.load(node.id)
        return self._place(node) if isinstance(node, ast.Attribute) else self.value(node)

    def _call(self, node: ast.Call) -> int:
        if isinstance(node.func, ast.Name) and node.func.id == "super":
            return self._super(node)
        function = self.callee(node.func)
        arguments = [self._argument(argument) for argument in node.args]
        keywords = [(keyword.arg, self.value(keyword.value)) for keyword in node.keywords]
        self.line = node.lineno
        result = self.emit(ops.CALL, function, arguments, keywords, ops.HOW_CALL)
        self.forget()
        self._remember_update(node, function, arguments)
        return result

    def _argument(self, node: ast.expr) -> int:
        value = self.value(node)
        return ~value if isinstance(node, ast.Starred) else value

    def _remember_update(self, node: ast.Call, function: int, arguments: list[int]) -> None:
        """Know the keys that `x.update({...})` sets."""
        op = self.facts.ops[function]
        if op[0] != ops.ATTR or op[2] != "update" or len(arguments) != 1 or arguments[0] < 0:
            return
        given = self.facts.ops[arguments[0]]
        for key, value in given[1] if given[0] == ops.DICT else ():
            constant = self.key_of(key) if key >= 0 else None
            if constant is not None:
                self.know((op[1], "[", constant), value)

    def _super(self, node: ast.Call) -> int:
        values = [self.value(argument) for argument in node.args]
        scope: Scope | None = self.scope
        while scope is not None and not (scope.is_function and scope.receiver >= 0):
            scope = scope.parent
        if scope is None or scope.parent is None:
            return self.emit(ops.NONE)
        receiver = scope.receiver
        if scope is not self.scope:
            receiver = self.emit(
                ops.FREE, scope.unit, self.facts.units[scope.unit].parameters[0].name
            )
        if len(values) == 2:
            receiver = values[1]
        self.line = node.lineno
        return self.emit(ops.SUPER, scope.parent.unit, receiver)

    # operators

    def _binary(self, node: ast.BinOp) -> int:
        left, right = self.value(node.left), self.value(node.right)
        self.line = node.lineno
        start = self.facts.ops[left]
        if isinstance(node.op, ast.Add) and start[0] == ops.CONST and isinstance(start[2], str):
            return self.emit(ops.CONST, "str", ("prefix", start[2]))
        return self.emit(ops.BINARY, _BINARY[type(node.op)], left, right)

    def _unary(self, node: ast.UnaryOp) -> int:
        operand = self.value(node.operand)
        if isinstance(node.op, ast.Not):
            self.emit(ops.TRUTH, operand)
            return self.emit(ops.CONST, "bool", None)
        return self.emit(ops.UNARY, _UNARY[type(node.op)], operand)

    def _compare(self, node: ast.Compare) -> int:
        left = self.value(node.left)
        result = -1
        for operator, comparator in zip(node.ops, node.comparators, strict=True):
            right = self.value(comparator)
            method = _COMPARE.get(type(operator))
            self.line = node.lineno
            if method is None:
                result = self.emit(ops.CONST, "bool", None)
            elif method == "contains":
                result = self.emit(ops.COMPARE, method, right, left)
            else:
                result = self.emit(ops.COMPARE, method, left, right)
            left = right
        return result

    def test(self, node: ast.expr) -> int:
        """Lower a condition."""
        value = self.value(node)
        if not isinstance(node, ast.Compare | ast.Constant | ast.UnaryOp | ast.BoolOp):
            self.emit(ops.TRUTH, value)
        return value

    def _choice(self, node: ast.BoolOp) -> int:
        values = []
        before, walrus = self.fork(), len(self._walrus_names)
        is_and = isinstance(node.op, ast.And)
        for number, part in enumerate(node.values):
            value = self.value(part)
            is_last = number == len(node.values) - 1
            if not is_last:
                self.emit(ops.TRUTH, value)
                self.narrow(part, is_positive=is_and)
            values.append(value if is_last or is_and else self.emit(ops.NOT_NONE, value))
        self._leave(before, walrus)
        return self.phi(values)

    def _leave(self, before: State, walrus: int) -> None:
        """Undo what conditions said within an expression, but keep what it bound and changed."""
        after = self.scope.state
        state = {
            key: value for key, value in before.items() if isinstance(key, str) or key in after
        }
        for name in self._walrus_names[walrus:]:
            if name in after:
                state[name] = after[name]
        self.scope.state = state

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
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            self.narrow(test.operand, is_positive=not is_positive)
        elif isinstance(test, ast.BoolOp):
            if isinstance(test.op, ast.And) == is_positive:
                for part in test.values:
                    self.narrow(part, is_positive=is_positive)
        elif isinstance(test, ast.Call) and isinstance(test.func, ast.Name) and test.args:
            self._narrow_call(test, test.func.id, is_positive=is_positive)
        elif isinstance(test, ast.Compare) and len(test.ops) == 1:
            self._narrow_comparison(test, is_positive=is_positive)
        elif is_positive:
            self._narrow_place(test, lambda value: self.emit(ops.NOT_NONE, value))

    def _narrow_call(self, test: ast.Call, name: str, *, is_positive: bool) -> None:
        if name == "isinstance" and len(test.args) == 2:
            classes = self.value(test.args[1])
            self._narrow_place(
                test.args[0], lambda value: self.emit(ops.NARROW, value, classes, is_positive)
            )
        elif name == "callable":
            self._narrow_place(
                test.args[0], lambda value: self.emit(ops.CALLABLE, value, is_positive)
            )

    def _narrow_comparison(self, test: ast.Compare, *, is_positive: bool) -> None:
        [right], [operator] = test.comparators, test.ops
        is_none = isinstance(right, ast.Constant) and right.value is None
        is_not = isinstance(operator, ast.IsNot | ast.NotEq)
        if is_none and is_not == is_positive:
            self._narrow_place(test.left, lambda value: self.emit(ops.NOT_NONE, value))

    def _narrow_place(self, node: ast.expr, narrowed: Callable[[int], int]) -> None:
        if isinstance(node, ast.NamedExpr):
            node = node.target
        if isinstance(node, ast.Name):
            value = self.load(node.id)
            self.scope.state[node.id] = narrowed(value)
        elif isinstance(node, ast.Attribute):
            value = self._place(node)
            op = self.facts.ops[value]
            if op[0] == ops.ATTR:
                self.know((op[1], ".", node.attr), narrowed(value))

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
            return self.emit(ops.CONST, "str", ("prefix", first.value[:MAX_TEXT]))
        return self.emit(ops.CONST, "str", None)

    def _formatted(self, node: ast.FormattedValue) -> int:
        value = self.value(node.value)
        if node.format_spec:
            self.value(node.format_spec)
        return self.emit(ops.FORMAT, value, "" if node.conversion < 0 else chr(node.conversion))

    def _sequence(self, node: ast.List | ast.Tuple | ast.Set) -> int:
        values = [self._argument(element) for element in node.elts]
        self.line = node.lineno
        return self.emit(ops.SEQUENCE, type(node).__name__.lower(), values)

    def _dict(self, node: ast.Dict) -> int:
        pairs = []
        for key, element in zip(node.keys, node.values, strict=True):
            number = self.value(key) if key else -1
            pairs.append((number, self.value(element)))
        self.line = node.lineno
        return self.emit(ops.DICT, pairs)

    def _comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp
    ) -> int:
        before, walrus = self.fork(), len(self._walrus_names)
        names = self.scope.names
        for generator in node.generators:
            self.scope.names = self.scope.names | bound_names([generator.target])[0]
            element = self.emit(ops.ITERATE, self.value(generator.iter), bool(generator.is_async))
            self.assign(generator.target, element)
            for condition in generator.ifs:
                self.test(condition)
                self.narrow(condition, is_positive=True)
        key = self.value(node.key) if isinstance(node, ast.DictComp) else -1
        value = self.value(node.value if isinstance(node, ast.DictComp) else node.elt)
        self._leave(before, walrus)
        self.scope.names = names
        self.line = node.lineno
        return self.emit(ops.COMPREHENSION, _CONTAINERS[type(node)], key, value)

    def assign(self, target: ast.expr, value: int) -> None:
        """Give a target a value; the statements know how."""
        raise NotImplementedError

    # functions and generators

    def _lambda(self, node: ast.Lambda) -> int:
        raise NotImplementedError

    def _await(self, node: ast.Await) -> int:
        return self.emit(ops.AWAIT, self.value(node.value))

    def _yield(self, node: ast.Yield) -> int:
        unit = self._function_around()
        value = self.value(node.value) if node.value else self.emit(ops.NONE)
        unit.yields.append(value)
        unit.is_generator = True
        self.forget()
        return self.emit(ops.NONE)

    def _yield_from(self, node: ast.YieldFrom) -> int:
        unit = self._function_around()
        inner = self.value(node.value)
        unit.yields.append(self.emit(ops.ITERATE, inner, False))
        unit.is_generator = True
        self.forget()
        return self.emit(ops.YIELD_FROM, inner)

    def _function_around(self) -> Unit:
        scope = self.scope
        while scope.kind == UnitKind.CLASS and scope.parent:
            scope = scope.parent
        return self.facts.units[scope.unit]
