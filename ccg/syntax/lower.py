"""From a file's syntax tree to its facts; no I/O."""

import ast
from collections.abc import Sequence

from ccg.complexity import measure
from ccg.syntax import ops
from ccg.syntax.binding import bound_names
from ccg.syntax.emitter import docstring_free
from ccg.syntax.facts import ModuleFacts, Parameter, ParameterKind, Unit, UnitKind
from ccg.syntax.scopes import Scope, State
from ccg.syntax.signature import signature, written
from ccg.syntax.statements import StatementLowerer

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_POSITIONAL = ParameterKind.POSITIONAL


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
        _note_bindings(self.facts.units[0], self.scope.state)

    def function(self, node: _Function) -> None:
        """Lower a function: decorators and defaults here, the body in a unit of its own."""
        decorators = [self.value(decorator) for decorator in node.decorator_list]
        self.line = node.lineno
        number = self._open(node, UnitKind.FUNCTION, node.name)
        unit = self.facts.units[number]
        unit.is_async = isinstance(node, ast.AsyncFunctionDef)
        unit.return_annotation = self.annotation(node.returns)
        unit.signature = signature(node)
        unit.decorators = decorators
        self._parameters(node.args, unit)
        start = len(self.free)
        self._in_scope(self._measured(node, number), node.body)
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
        unit.signature = f"({', '.join(written(base) for base in node.bases)})"
        scope = Scope(number, UnitKind.CLASS, self.scope)
        self._in_scope(scope, node.body)
        _note_bindings(unit, scope.state)
        self.line = node.lineno
        value = self.emit((ops.CLASS, number))
        self.bind(node.name, self._decorate(value, node.decorator_list, decorators))

    def _decorate(self, value: int, nodes: list[ast.expr], decorators: list[int]) -> int:
        for node, decorator in zip(reversed(nodes), reversed(decorators), strict=True):
            self.line = node.lineno
            value = self.call(decorator, [value], [], ops.HOW_DECORATOR)
        if nodes:
            self.forget()
        return value

    def _lambda(self, node: ast.Lambda) -> int:
        self._lambdas[self.scope.unit] = count = self._lambdas.get(self.scope.unit, 0) + 1
        number = self._open(node, UnitKind.LAMBDA, f"<lambda{count}>")
        unit = self.facts.units[number]
        self._parameters(node.args, unit)
        start = len(self.free)
        self._in_scope(self._measured(node, number), node.body)
        self.line = node.lineno
        return self._function_value(number, start)

    def _measured(self, node: _Function | ast.Lambda, number: int) -> Scope:
        """Note how complex a function is; return the scope that its body is lowered in."""
        unit = self.facts.units[number]
        measures = measure(node)
        unit.cyclomatic, unit.cognitive = measures.cyclomatic, measures.cognitive
        return Scope(number, unit.kind, self.scope, not measures.is_free_of_walrus)

    def _function_value(self, number: int, start: int) -> int:
        """Make the function; it is open when its body reads a variable of a function around."""
        is_open = len(self.free) > start and min(self.free[start:]) < number
        self.facts.units[number].is_open = is_open
        return self.emit((ops.FUNC, number))

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
        for argument, kind, default in _given(arguments):
            value = self.value(default) if default else -1
            annotation = self.annotation(argument.annotation) if argument.annotation else -1
            unit.parameters.append(Parameter(argument.arg, kind, value, annotation))

    def _in_scope(self, scope: Scope, body: list[ast.stmt] | ast.expr) -> None:
        """Lower what a class, a function or a lambda consists of."""
        outer = self.scope
        self.scope = scope
        unit = self.facts.units[scope.unit]
        code: Sequence[ast.AST] = body if isinstance(body, list) else (body,)
        # of a class only what it declares global or nonlocal matters: statements do
        is_whole = scope.is_function and scope.may_bind_in_expressions
        bound = bound_names(code, may_bind_in_expressions=is_whole)
        scope.globals, scope.nonlocals = bound.globals, bound.nonlocals
        if scope.is_function:
            scope.names = bound.names
            self._receive(unit)
        if isinstance(body, list):
            self.body(docstring_free(body))
        else:
            unit.returns.append(self.value(body))
        self.scope = outer

    def _receive(self, unit: Unit) -> None:
        """Give each parameter what its function is called with."""
        scope = self.scope
        values = scope.state.values
        for index, parameter in enumerate(unit.parameters):
            value = self.emit((ops.PARAM, scope.unit, index))
            name = parameter.name
            scope.names.add(name)
            values[name] = value
            unit.bindings[name] = [value]
            is_first = index == 0 and parameter.kind == _POSITIONAL
            if is_first and scope.parent is not None and scope.parent.kind == UnitKind.CLASS:
                scope.receiver = value


def _given(arguments: ast.arguments) -> list[tuple[ast.arg, ParameterKind, ast.expr | None]]:
    """Return the parameters in their order, with their defaults."""
    positional = arguments.args
    if arguments.posonlyargs:
        positional = [*arguments.posonlyargs, *positional]
    bare = len(positional) - len(arguments.defaults)
    found: list[tuple[ast.arg, ParameterKind, ast.expr | None]]
    found = [(argument, _POSITIONAL, None) for argument in positional[:bare]]
    for argument, default in zip(positional[bare:], arguments.defaults, strict=True):
        found.append((argument, _POSITIONAL, default))
    if arguments.vararg:
        found.append((arguments.vararg, ParameterKind.VARIADIC, None))
    for argument, keyword in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        found.append((argument, ParameterKind.KEYWORD, keyword))
    if arguments.kwarg:
        found.append((arguments.kwarg, ParameterKind.KEYWORDS, None))
    return found


def _note_bindings(unit: Unit, state: State) -> None:
    for name, value in state.values.items():
        if isinstance(name, str):
            unit.bindings.setdefault(name, []).append(value)
