"""What lowering rests on: operations, scopes, and names along the flow of control; no I/O."""

import ast
from collections.abc import Iterable

from ccg.syntax import ops
from ccg.syntax.facts import ModuleFacts, Op, Unit, UnitKind
from ccg.syntax.scopes import Place, Scope, State, merge

_CLASS = UnitKind.CLASS


class Emitter:
    """Holds the facts that grow, and the scope that is being lowered."""

    def __init__(self) -> None:
        self.facts = ModuleFacts()
        self.scope = Scope(0, UnitKind.MODULE, None)
        self.line = 1
        self.ops = self.facts.ops
        self.free: list[int] = []
        """The functions whose variables were read from within, in the order of the reads."""

    # operations

    def emit(self, op: Op) -> int:
        """Add an operation, its code and operands; return the number of its value."""
        facts = self.facts
        number = len(self.ops)
        self.ops.append(op)
        facts.lines.append(self.line)
        facts.owners.append(self.scope.unit)
        return number

    def emit_free(self, unit: int, name: str) -> int:
        """Read a variable of a function around."""
        self.free.append(unit)
        return self.emit((ops.FREE, unit, name))

    def phi(self, values: list[int]) -> int:
        """Return a value that is one of several."""
        distinct = list(dict.fromkeys(values))
        if len(distinct) == 1:
            return distinct[0]
        return self.emit((ops.PHI, distinct))

    def constant(self, value: object) -> int:
        """Return a literal's value."""
        is_short = isinstance(value, int) or (isinstance(value, str) and len(value) <= MAX_TEXT)
        known = value if is_short else None
        return self.emit((ops.CONST, type(value).__name__, known))

    def key_of(self, value: int) -> object:
        """Return the literal that a value is, as a key that tells `1` from "1"; None for another."""
        op = self.ops[value]
        if op[0] == ops.CONST and op[2] is not None and not isinstance(op[2], tuple):
            return (op[1], op[2])
        if op[0] == ops.UNARY and op[1] == "neg":
            inner = self.ops[op[2]]
            if inner[0] == ops.CONST and inner[1] == "int" and inner[2] is not None:
                return ("int", -inner[2])
        return None

    # names

    @property
    def unit(self) -> Unit:
        """Return the unit that is being lowered."""
        return self.facts.units[self.scope.unit]

    def bind(self, name: str, value: int) -> None:
        """Give a name a value in the present scope."""
        scope = self.scope
        if name in scope.globals:
            self.facts.stored_globals.append((name, value))
            scope.state.values.pop(name, None)
            return
        if name in scope.nonlocals:
            self._bind_outside(name, value)
            return
        scope.state.values[name] = value
        unit = self.facts.units[scope.unit]
        unit.name_lines.setdefault(name, self.line)
        for tracker in scope.trackers:
            tracker.setdefault(name, []).append(value)
        if scope.is_function:
            values = unit.bindings.get(name)
            if values is None:
                unit.bindings[name] = [value]
            elif value not in values[-2:]:
                values.append(value)

    def _bind_outside(self, name: str, value: int) -> None:
        holder = self._holder(self.scope.parent, name)
        if holder is not None:
            self.facts.units[holder.unit].bindings.setdefault(name, []).append(value)

    def load(self, name: str) -> int:
        """Return the value of a name as it is read here."""
        value = self.scope.state.values.get(name)
        return self.load_unknown(name) if value is None else value

    def load_unknown(self, name: str) -> int:
        """Return the value of a name that has none on this way."""
        scope = self.scope
        if scope.is_function:
            if name in scope.names:
                return self.emit((ops.NONE,))  # not bound yet on this way
        elif scope.kind == _CLASS:
            value = self._load_around(name)
            if value is not None:
                return value
        return self.load_outside(name)

    def _load_around(self, name: str) -> int | None:
        """Read for a class body, which runs where it stands: the scope around has its state now."""
        around = self.scope.parent
        while around is not None and around.kind == _CLASS:
            around = around.parent
        if around is None or name in self.scope.globals:
            return None
        return around.state.values.get(name)

    def load_outside(self, name: str) -> int:
        """Return what a name means that is not bound in the present function."""
        scope = self.scope
        value = scope.outside.get(name)
        if value is None:
            holder = None if name in scope.globals else self._holder(scope.parent, name)
            if holder is None:
                value = self.emit((ops.GLOBAL, name))
            else:
                value = self.emit_free(holder.unit, name)
            scope.outside[name] = value
        return value

    def _holder(self, scope: Scope | None, name: str) -> Scope | None:
        while scope is not None:
            if scope.is_function and name in scope.names:
                return scope
            scope = scope.parent
        return None

    # flow

    def end_flow(self) -> None:
        """Note that what follows in this block is not reached."""
        self.scope.is_dead = True

    def fork(self) -> State:
        """Return a copy of the state, for a branch."""
        return self.scope.state.copy()

    def join(self, states: Iterable[State | None]) -> None:
        """Go on after branches; None stands for one that does not end here."""
        alive = [state for state in states if state is not None]
        self.scope.is_dead = not alive
        if alive:
            self.scope.state = merge(alive, self.phi)

    def ending(self) -> State | None:
        """Return the state at the end of a branch, None when it left on another way."""
        return None if self.scope.is_dead else self.scope.state

    def start(self, state: State) -> None:
        """Begin a branch."""
        self.scope.state = state
        self.scope.is_dead = False

    def know(self, place: Place, value: int) -> None:
        """Remember what stands at a place in the heap until something may change it."""
        self.scope.state.know(place, value)

    def forget(self) -> None:
        """Forget the heap: something was called that may have changed it."""
        scope = self.scope
        if scope.is_dead:
            scope.state = scope.state.copy()  # a `break` before keeps the state it left with
        scope.state.forget()

    def forget_name(self, kind: str, name: object) -> None:
        """Forget this attribute, or this key, of everything: another name may stand for its owner."""
        self.scope.state.forget_name(kind, name)


def docstring_free(body: list[ast.stmt]) -> list[ast.stmt]:
    """Return the statements without a leading docstring."""
    first = body[0] if body else None
    is_text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return body[1:] if is_text else body


MAX_TEXT = 80
"""Characters of a literal that is kept: a longer one is no key and no attribute's name."""
