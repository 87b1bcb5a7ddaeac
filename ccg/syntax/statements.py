"""Lowers statements: assignments, branches, loops, `try`, `with`, `match`, imports; no I/O."""

import ast
from collections.abc import Callable, Sequence
from typing import Any

from ccg.syntax import ops
from ccg.syntax.annotations import AnnotationReader
from ccg.syntax.binding import bound_names
from ccg.syntax.expressions import _BINARY as BINARY
from ccg.syntax.facts import UnitKind
from ccg.syntax.scopes import Loop, State

_UNPACKED = (ast.Tuple, ast.List)


_SELF_EVIDENT = frozenset(
    {ops.CONST, ops.SEQUENCE, ops.DICT, ops.COMPREHENSION, ops.FUNC, ops.CLASS}
)
"""Operations of which is known what they give."""


class StatementLowerer(AnnotationReader):
    """Turns statements into operations, along the flow of control."""

    def __init__(self) -> None:
        super().__init__()
        self._statements: dict[type[ast.stmt], Callable[[Any], None]] = {
            ast.AnnAssign: self._annotated,
            ast.Assert: self._assert,
            ast.Assign: self._assignment,
            ast.AsyncFor: self._for,
            ast.AsyncFunctionDef: self.function,
            ast.AsyncWith: self._with,
            ast.AugAssign: self._augmented,
            ast.Break: self._break,
            ast.ClassDef: self.class_,
            ast.Continue: self._continue,
            ast.Delete: self._delete,
            ast.Expr: self._expression,
            ast.For: self._for,
            ast.FunctionDef: self.function,
            ast.If: self._if,
            ast.Import: self._import,
            ast.ImportFrom: self._import_from,
            ast.Match: self._match,
            ast.Raise: self._raise,
            ast.Return: self._return,
            ast.Try: self._try,
            ast.While: self._while,
            ast.With: self._with,
        }
        for name, method in (("TryStar", self._try), ("TypeAlias", self._type_alias)):
            if hasattr(ast, name):
                self._statements[getattr(ast, name)] = method

    def body(self, statements: Sequence[ast.stmt]) -> None:
        """Lower statements in their order."""
        for statement in statements:
            self.line = statement.lineno
            lower = self._statements.get(type(statement))
            if lower is not None:  # `global`, `nonlocal` and `pass` do nothing themselves
                lower(statement)

    # assignments

    def _expression(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):
            self.value(node.value)

    def _assignment(self, node: ast.Assign) -> None:
        value = self.value(node.value)
        for target in node.targets:
            self.assign(target, value)
            if isinstance(target, ast.Name) and target.id == "__all__":
                self._note_exports(node.value)

    def _note_exports(self, node: ast.expr) -> None:
        if isinstance(node, ast.List | ast.Tuple) and self.scope.unit == 0:
            names = [e.value for e in node.elts if isinstance(e, ast.Constant)]
            self.facts.exports = [name for name in names if isinstance(name, str)]

    def _annotated(self, node: ast.AnnAssign) -> None:
        annotation = self.annotation(node.annotation)
        value = self.value(node.value) if node.value else -1
        self._declare(node.target, annotation)
        if value >= 0:
            self.assign(node.target, self._promised(node.target, value, annotation))
        elif not isinstance(node.target, ast.Name):
            self.value(node.target.value)

    def _promised(self, target: ast.expr, value: int, annotation: int) -> int:
        """Return a variable's value with what its annotation promises of it."""
        is_variable = isinstance(target, ast.Name) and self.scope.kind != UnitKind.CLASS
        if annotation < 0 or not is_variable or self.facts.ops[value][0] in _SELF_EVIDENT:
            return value
        return self.emit((ops.PROMISED, value, annotation))

    def _declare(self, target: ast.expr, annotation: int) -> None:
        if annotation < 0:
            return
        if isinstance(target, ast.Name):
            self.unit.declared[target.id] = annotation
            if self.scope.is_function:
                declared = self.emit((ops.DECLARED, annotation))
                self.scope.state.values.setdefault(target.id, declared)
        elif isinstance(target, ast.Attribute) and self._is_receiver(target.value):
            self.unit.declared["." + target.attr] = annotation

    def _is_receiver(self, node: ast.expr) -> bool:
        return (
            isinstance(node, ast.Name)
            and self.scope.receiver >= 0
            and self.scope.state.values.get(node.id) == self.scope.receiver
        )

    def _augmented(self, node: ast.AugAssign) -> None:
        target = node.target
        base = index = -1
        if isinstance(target, ast.Name):
            before = self.load(target.id)
        elif isinstance(target, ast.Attribute):
            base = self.value(target.value)
            before = self.emit((ops.ATTR, base, target.attr))
        else:
            base, index = self.value(target.value), self.value(target.slice)
            before = self.item(base, index)
        right = self.value(node.value)
        self.line = node.lineno
        value = self.binary("i" + BINARY[type(node.op)], before, right)
        if isinstance(target, ast.Name):
            self.bind(target.id, value)
        elif isinstance(target, ast.Attribute):
            self._store_attribute(base, target.attr, value)
        else:
            self._store_item(base, index, value)

    def assign(self, target: ast.expr, value: int) -> None:
        """Give a target a value."""
        self.line = target.lineno
        if isinstance(target, ast.Name):
            self.bind(target.id, value)
        elif isinstance(target, ast.Attribute):
            self._store_attribute(self.value(target.value), target.attr, value)
        elif isinstance(target, ast.Subscript):
            base = self.value(target.value)
            self._store_item(base, self.value(target.slice), value)
        elif isinstance(target, ast.Starred):
            self.assign(target.value, value)
        elif isinstance(target, _UNPACKED):
            self._unpack(target.elts, value)

    def _unpack(self, parts: list[ast.expr], value: int) -> None:
        stars = [n for n, part in enumerate(parts) if isinstance(part, ast.Starred)]
        star = stars[0] if stars else len(parts)
        display = self.ops[value]
        values = display[2] if display[0] == ops.SEQUENCE else ()
        is_same = len(values) == len(parts) and not stars and all(v >= 0 for v in values)
        for number, part in enumerate(parts):
            if is_same:
                element = values[number]
            elif number == star:
                element = self._part_of(value, number, len(parts) - number - 1)
            else:
                position = number if number < star else number - len(parts)
                element = self._part_of(value, position)
            self.assign(part, element)

    def _part_of(self, value: int, position: int, after: int = -1) -> int:
        return self.emit((ops.UNPACK, value, position, after))

    def _store_attribute(self, base: int, name: str, value: int) -> None:
        scope = self.scope
        if base == scope.receiver >= 0:
            self.unit.self_stores.setdefault(name, []).append(value)
        self.emit((ops.STORE_ATTR, base, name, value))
        self.forget_name(".", name)
        self.know((base, ".", name), value)

    def _store_item(self, base: int, index: int, value: int) -> None:
        self.emit((ops.STORE_ITEM, base, index, value))
        constant = self.key_of(index)
        if constant is None:
            self.forget()
        else:
            self.forget_name("[", constant)
            self.know((base, "[", constant), value)

    def _delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            if isinstance(target, ast.Name):
                self.scope.state.values.pop(target.id, None)
            elif isinstance(target, ast.Attribute):
                self.emit((ops.DELETE_ATTR, self.value(target.value), target.attr))
                self.forget_name(".", target.attr)
            elif isinstance(target, ast.Subscript):
                base = self.value(target.value)
                self.emit((ops.DELETE_ITEM, base, self.value(target.slice)))
                self.forget()

    def _assert(self, node: ast.Assert) -> None:
        self.test(node.test)
        if node.msg:
            self.value(node.msg)
        self.narrow(node.test, is_positive=True)

    def _type_alias(self, node: Any) -> None:
        self.bind(node.name.id, self.value(node.value))

    # ways out

    def _return(self, node: ast.Return) -> None:
        if node.value:
            self.unit.returns.append(self.value(node.value))
        self.end_flow()

    def _raise(self, node: ast.Raise) -> None:
        if node.exc:
            self.emit((ops.RAISE, self.value(node.exc)))
        if node.cause:
            self.emit((ops.RAISE, self.value(node.cause)))
        self.end_flow()

    def _break(self, node: ast.Break) -> None:
        if self.scope.loops and not self.scope.is_dead:
            self.scope.loops[-1].breaks.append(self.scope.state)
        self.end_flow()

    def _continue(self, node: ast.Continue) -> None:
        if self.scope.loops and not self.scope.is_dead:
            self.scope.loops[-1].continues.append(self.scope.state)
        self.end_flow()

    # branches and loops

    def _if(self, node: ast.If) -> None:
        self.test(node.test)
        before = self.fork()
        was_dead = self.scope.is_dead
        self.narrow(node.test, is_positive=True)
        self.body(node.body)
        first = self.ending()
        self.start(before)
        self.narrow(node.test, is_positive=False)
        self.body(node.orelse)
        self.join([first, self.ending()])
        self.scope.is_dead |= was_dead

    def _while(self, node: ast.While) -> None:
        self._loop(node, lambda: self._enter_while(node))

    def _enter_while(self, node: ast.While) -> None:
        self.test(node.test)
        self.narrow(node.test, is_positive=True)

    def _for(self, node: ast.For | ast.AsyncFor) -> None:
        iterable = self.value(node.iter)
        self.line = node.lineno
        element = self.iterate(iterable, is_async=isinstance(node, ast.AsyncFor))
        self._loop(node, lambda: self.assign(node.target, element))

    def _loop(self, node: ast.For | ast.AsyncFor | ast.While, enter: Callable[[], None]) -> None:
        scope = self.scope
        heads = self._open_loop(node)
        loop = Loop()
        scope.loops.append(loop)
        entry = self.fork()
        enter()
        self.body(node.body)
        scope.loops.pop()
        ends = [state for state in [self.ending(), *loop.continues] if state is not None]
        for name, head in heads.items():
            back = [state.values[name] for state in ends if name in state.values]
            before = self.ops[head][1]
            self.ops[head] = (ops.PHI, list(dict.fromkeys([*before, *back])))
        is_endless = isinstance(node, ast.While) and (
            isinstance(node.test, ast.Constant) and bool(node.test.value)
        )
        ends = [*ends, entry] if not is_endless else []
        _forget(ends)
        self.join(ends)
        self.body(node.orelse)
        _forget(loop.breaks)
        self.join([self.ending(), *loop.breaks])

    def _open_loop(self, node: ast.For | ast.AsyncFor | ast.While) -> dict[str, int]:
        """Give each name that the loop binds a value that the loop's end adds to."""
        scope = self.scope
        self.forget()
        scope.is_dead = False
        values = scope.state.values
        heads = {}
        bound = bound_names([node], may_bind_in_expressions=scope.may_bind_in_expressions)
        for name in sorted(bound.names):
            before = values.get(name)
            if name in scope.globals or name in scope.nonlocals:
                continue
            if before is not None:
                values[name] = heads[name] = self.emit((ops.PHI, [before]))
        return heads

    def _try(self, node: Any) -> None:
        scope = self.scope
        before = self.fork()
        tracked: dict[str, list[int]] = {}
        scope.trackers.append(tracked)
        self.body(node.body)
        scope.trackers.pop()
        for outer in scope.trackers:
            for name, values in tracked.items():
                outer.setdefault(name, []).extend(values)
        self.body(node.orelse)
        ends = [self.ending()]
        inside = self._anywhere_inside(before, tracked)
        for handler in node.handlers:
            self.start(inside.copy())
            self._handler(handler)
            ends.append(self.ending())
        self.join(ends)
        is_dead = scope.is_dead
        if is_dead:
            self.start(inside.copy())
        self.body(node.finalbody)
        scope.is_dead |= is_dead

    def _anywhere_inside(self, before: State, tracked: dict[str, list[int]]) -> State:
        """Return what holds somewhere in the body of a `try`, given what held before it."""
        before.forget()
        for name, values in tracked.items():
            known = [before.values[name]] if name in before.values else []
            before.values[name] = self.phi([*known, *values])
        return before

    def _handler(self, handler: ast.ExceptHandler) -> None:
        if handler.type:
            classes = self.value(handler.type)
            if handler.name:
                self.bind(handler.name, self.emit((ops.CAUGHT, classes)))
        self.body(handler.body)

    def _with(self, node: ast.With | ast.AsyncWith) -> None:
        is_async = isinstance(node, ast.AsyncWith)
        for item in node.items:
            manager = self.value(item.context_expr)
            self.line = item.context_expr.lineno
            entered = self.emit((ops.ENTER, manager, is_async))
            if item.optional_vars:
                self.assign(item.optional_vars, entered)
        was_dead = self.scope.is_dead
        before = self.fork()
        self.body(node.body)
        if self.scope.is_dead and not was_dead:
            # the manager may swallow an exception, but most do not: go on only if nothing else does
            self.scope.state = before
        self.forget()

    # match

    def _match(self, node: ast.Match) -> None:
        subject = self.value(node.subject)
        ends: list[State | None] = []
        is_complete = False
        for case in node.cases:
            before = self.fork()
            self._pattern(case.pattern, subject, node.subject)
            if case.guard:
                self.test(case.guard)
                self.narrow(case.guard, is_positive=True)
            self.body(case.body)
            ends.append(self.ending())
            self.start(before)
            is_complete |= _is_wildcard(case.pattern) and case.guard is None
        self.join([*ends, None if is_complete else self.scope.state])

    def _pattern(self, pattern: ast.pattern, value: int, node: ast.expr | None = None) -> None:
        self.line = pattern.lineno
        match pattern:
            case ast.MatchValue(value=literal):
                self.emit((ops.COMPARE, "eq", value, self.value(literal)))
            case ast.MatchAs(pattern=inner, name=name):
                if inner is not None:
                    self._pattern(inner, value, node)
                if name:
                    self.bind(name, self._narrowed(inner, value))
            case ast.MatchOr(patterns=patterns):
                for option in patterns:
                    self._pattern(option, value)
            case ast.MatchSequence(patterns=patterns):
                self._sequence_pattern(patterns, value)
            case ast.MatchMapping():
                self._mapping_pattern(pattern, value)
            case ast.MatchClass():
                self._class_pattern(pattern, value, node)

    def _narrowed(self, pattern: ast.pattern | None, value: int) -> int:
        if isinstance(pattern, ast.MatchClass):
            return self._instance(value, pattern)
        return value

    def _instance(self, value: int, pattern: ast.MatchClass) -> int:
        return self.emit((ops.NARROW, value, self.value(pattern.cls), True))

    def _sequence_pattern(self, patterns: list[ast.pattern], value: int) -> None:
        for number, part in enumerate(patterns):
            if isinstance(part, ast.MatchStar):
                if part.name:
                    after = len(patterns) - number - 1
                    self.bind(part.name, self._part_of(value, number, after))
            else:
                self._pattern(part, self._part_of(value, number))

    def _mapping_pattern(self, pattern: ast.MatchMapping, value: int) -> None:
        for key, part in zip(pattern.keys, pattern.patterns, strict=True):
            self._pattern(part, self.item(value, self.value(key)))
        if pattern.rest:
            self.bind(pattern.rest, value)

    def _class_pattern(self, pattern: ast.MatchClass, value: int, node: ast.expr | None) -> None:
        narrowed = self._instance(value, pattern)
        if isinstance(node, ast.Name):
            self.scope.state.values[node.id] = narrowed
        names = [
            *pattern.kwd_attrs,
            *(f"__match_args__[{n}]" for n in range(len(pattern.patterns))),
        ]
        for name, part in zip(names, [*pattern.kwd_patterns, *pattern.patterns], strict=True):
            self._pattern(part, self.emit((ops.ATTR, narrowed, name)))

    # names from other modules

    def _import(self, node: ast.Import) -> None:
        for alias in node.names:
            self.facts.imports.append((self.scope.unit, node.lineno, 0, alias.name, ""))
            if alias.asname:
                self.bind(alias.asname, self.emit((ops.IMPORT, alias.name)))
            else:
                top = alias.name.partition(".")[0]
                self.bind(top, self.emit((ops.IMPORT, top)))

    def _import_from(self, node: ast.ImportFrom) -> None:
        module = node.module or ""
        for alias in node.names:
            self.facts.imports.append(
                (self.scope.unit, node.lineno, node.level, module, alias.name)
            )
            if alias.name == "*":
                self.facts.stars.append((node.level, module))
                continue
            value = self.emit((ops.FROM, node.level, module, alias.name))
            self.bind(alias.asname or alias.name, value)

    # definitions: in the class that knows how

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        """Lower a function."""
        raise NotImplementedError

    def class_(self, node: ast.ClassDef) -> None:
        """Lower a class."""
        raise NotImplementedError


def _forget(states: list[State]) -> None:
    for state in states:
        state.forget()


def _is_wildcard(pattern: ast.pattern) -> bool:
    return isinstance(pattern, ast.MatchAs) and pattern.pattern is None
