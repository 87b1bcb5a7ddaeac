"""From a file's syntax tree to its facts; no I/O."""

import ast

from ccg.complexity import cognitive, cyclomatic
from ccg.syntax import ops
from ccg.syntax.emitter import docstring_free
from ccg.syntax.facts import ModuleFacts, Parameter, ParameterKind, Unit, UnitKind
from ccg.syntax.scopes import Scope, bound_names
from ccg.syntax.statements import StatementLowerer

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def lower(tree: ast.Module, *, end_line: int) -> ModuleFacts:
    """Return the facts of a module.

    Raises:
        RecursionError: the tree is nested more deeply than this interpreter can walk.
    """
    lowerer = _Lowerer()
    lowerer.module(tree, end_line)
    return lowerer.facts


class _Lowerer(StatementLowerer):
    """Opens a unit for each definition."""

    def module(self, tree: ast.Module, end_line: int) -> None:
        """Lower a whole file."""
        self.facts.units.append(Unit(UnitKind.MODULE, "", -1, 1, end_line))
        self.body(docstring_free(tree.body))
        state = self.scope.state
        unit = self.facts.units[0]
        for name, value in state.items():
            if isinstance(name, str):
                unit.bindings.setdefault(name, []).append(value)

    def function(self, node: _Function) -> None:
        """Lower a function: decorators and defaults here, the body in a unit of its own."""
        decorators = [self.value(decorator) for decorator in node.decorator_list]
        self.line = node.lineno
        number = self._open(node, UnitKind.FUNCTION, node.name)
        unit = self.facts.units[number]
        unit.is_async = isinstance(node, ast.AsyncFunctionDef)
        unit.return_annotation = self.annotation(node.returns)
        unit.cyclomatic, unit.cognitive = cyclomatic(node), cognitive(node)
        unit.signature = _signature(node)
        unit.decorators = decorators
        self._parameters(node.args, unit)
        start = len(self.facts.ops)
        self._in_unit(number, UnitKind.FUNCTION, node.body)
        self.line = node.lineno
        value = self._function_value(number, start)
        self.bind(node.name, self._decorate(value, node.decorator_list, decorators))

    def class_(self, node: ast.ClassDef) -> None:
        """Lower a class: decorators and bases here, the body in a unit of its own."""
        decorators = [self.value(decorator) for decorator in node.decorator_list]
        bases = [self._argument(base) for base in node.bases]
        keywords = [(keyword.arg, self.value(keyword.value)) for keyword in node.keywords]
        number = self._open(node, UnitKind.CLASS, node.name)
        unit = self.facts.units[number]
        unit.bases, unit.keywords, unit.decorators = bases, keywords, decorators
        unit.signature = f"({', '.join(ast.unparse(base) for base in node.bases)})"
        scope = self._in_unit(number, UnitKind.CLASS, node.body)
        for name, value in scope.state.items():
            if isinstance(name, str):
                unit.bindings.setdefault(name, []).append(value)
        self.line = node.lineno
        value = self.emit(ops.CLASS, number)
        self.bind(node.name, self._decorate(value, node.decorator_list, decorators))

    def _decorate(self, value: int, nodes: list[ast.expr], decorators: list[int]) -> int:
        for node, decorator in zip(reversed(nodes), reversed(decorators), strict=True):
            self.line = node.lineno
            value = self.emit(ops.CALL, decorator, [value], [], ops.HOW_DECORATOR)
        if nodes:
            self.forget()
        return value

    def _lambda(self, node: ast.Lambda) -> int:
        self._lambdas[self.scope.unit] = count = self._lambdas.get(self.scope.unit, 0) + 1
        number = self._open(node, UnitKind.LAMBDA, f"<lambda{count}>")
        unit = self.facts.units[number]
        unit.cyclomatic, unit.cognitive = cyclomatic(node), cognitive(node)
        self._parameters(node.args, unit)
        start = len(self.facts.ops)
        self._in_unit(number, UnitKind.LAMBDA, node.body)
        self.line = node.lineno
        return self._function_value(number, start)

    def _function_value(self, number: int, start: int) -> int:
        """Make the function; it is open when its body reads a variable of a function around."""
        value = self.emit(ops.FUNC, number)
        body = self.facts.ops[start:value]
        self.facts.open[value] = int(any(op[0] == ops.FREE and op[1] < number for op in body))
        return value

    def __init__(self) -> None:
        super().__init__()
        self._lambdas: dict[int, int] = {}

    def _open(self, node: _Function | ast.ClassDef | ast.Lambda, kind: int, name: str) -> int:
        outer = self.unit.name
        line = node.lineno
        dotted = f"{outer}.{name}" if outer else name
        unit = Unit(kind, dotted, self.scope.unit, line, node.end_lineno or line)
        self.facts.units.append(unit)
        return len(self.facts.units) - 1

    def _parameters(self, arguments: ast.arguments, unit: Unit) -> None:
        positional = [*arguments.posonlyargs, *arguments.args]
        missing = len(positional) - len(arguments.defaults)
        defaults: list[ast.expr | None] = [*([None] * missing), *arguments.defaults]
        kinds = ParameterKind
        given = [(a, kinds.POSITIONAL, d) for a, d in zip(positional, defaults, strict=True)]
        if arguments.vararg:
            given.append((arguments.vararg, kinds.VARIADIC, None))
        keyword_defaults = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        given += [(a, kinds.KEYWORD, d) for a, d in keyword_defaults]
        if arguments.kwarg:
            given.append((arguments.kwarg, kinds.KEYWORDS, None))
        for argument, kind, default in given:
            value = self.value(default) if default else -1
            annotation = self.annotation(argument.annotation)
            unit.parameters.append(Parameter(argument.arg, kind, value, annotation))

    def _in_unit(self, number: int, kind: int, body: list[ast.stmt] | ast.expr) -> Scope:
        outer = self.scope
        scope = Scope(number, kind, outer)
        self.scope = scope
        unit = self.facts.units[number]
        statements = body if isinstance(body, list) else [body]
        bound, scope.globals, scope.nonlocals = bound_names(statements)
        if scope.is_function:
            scope.names = bound | {parameter.name for parameter in unit.parameters}
            for index, parameter in enumerate(unit.parameters):
                value = self.emit(ops.PARAM, number, index)
                scope.state[parameter.name] = value
                unit.bindings[parameter.name] = [value]
                is_first = index == 0 and parameter.kind == ParameterKind.POSITIONAL
                if is_first and outer.kind == UnitKind.CLASS:
                    scope.receiver = value
        if isinstance(body, list):
            self.body(docstring_free(body))
        else:
            unit.returns.append(self.value(body))
        unit.is_open = any(self.facts.open[value] for value in [*unit.returns, *unit.yields])
        self.scope = outer
        return scope


def _signature(node: _Function) -> str:
    text = f"({ast.unparse(node.args)})"
    return f"{text} -> {ast.unparse(node.returns)}" if node.returns else text
