"""From a file's syntax tree to its facts; they depend on the file's bytes and name only; no I/O."""

import ast

from ccg.annotation import read_annotation
from ccg.complexity import cyclomatic
from ccg.facts import (
    Annotated,
    Attribute,
    Binding,
    Call,
    Defined,
    Either,
    Expression,
    Imported,
    Literal,
    ModuleFacts,
    Name,
    Place,
    Scope,
    ScopeKind,
    SuperOf,
)
from ccg.graph import NotAnalysed
from ccg.source import Source

_LITERALS: dict[type[ast.expr], str] = {
    ast.JoinedStr: "str",
    ast.List: "list",
    ast.ListComp: "list",
    ast.Dict: "dict",
    ast.DictComp: "dict",
    ast.Set: "set",
    ast.SetComp: "set",
    ast.Tuple: "tuple",
}
MAX_EXPRESSION = 40
"""Links of one dotted expression that are kept; a longer one is not worth knowing."""

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def try_scan(source: Source, *, name: str) -> ModuleFacts | NotAnalysed:
    """Scan a file; a fault of ours in it costs this one file and not the whole graph."""
    try:
        return scan(source, name=name)
    except RecursionError:
        return NotAnalysed(source.path, "nested too deeply to be walked")
    except Exception as error:  # noqa: BLE001 (one odd file must not take the others along)
        return NotAnalysed(source.path, f"the analysis failed: {type(error).__name__}: {error}")


def scan(source: Source, *, name: str) -> ModuleFacts:
    """Return what the file defines, imports, assigns, calls and reads.

    Raises:
        RecursionError: the tree is nested more deeply than this interpreter can walk.
    """
    end_line = source.text.count("\n") + 1
    module = Scope(name, ScopeKind.MODULE, name.rpartition(".")[2], None, 1, end_line)
    scanner = _Scanner(module)
    for statement in source.tree.body:
        scanner.visit(statement)
    is_package = source.path.rpartition("/")[2] == "__init__.py"
    return ModuleFacts(name, source.path, is_package, (module, *scanner.scopes.values()))


class _Scanner(ast.NodeVisitor):
    """Walks a module; `scope` is where names are bound, `owner` is whose code it is."""

    def __init__(self, module: Scope) -> None:
        self.scope = module
        self.scopes: dict[str, Scope] = {}
        self._receivers: list[tuple[str, Scope]] = []
        self._lambdas: dict[ast.Lambda, Scope] = {}
        self._depth = 0

    @property
    def owner(self) -> Scope:
        """Return the function or module whose code is being walked: a class body is not one."""
        scope = self.scope
        while scope.kind is ScopeKind.CLASS and scope.parent:
            scope = scope.parent
        return scope

    # definitions

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        """Open a scope for the function."""
        self._function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        """Open a scope for the coroutine function."""
        self._function(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """Open a scope for the class."""
        self._decorators(node.decorator_list)
        for base in [*node.bases, *(keyword.value for keyword in node.keywords)]:
            self.visit(base)
        scope = self._open(node.name, ScopeKind.CLASS, node)
        scope.bases += [Place(self._read(base), base.lineno) for base in node.bases]
        self._within(scope, node.body)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        """Open a scope for the lambda, which returns its body."""
        scope = self._lambda(node)
        self._parameters(node.args, scope)
        self._within(scope, [node.body])
        scope.returns.append(self._reading_in(scope, node.body))

    def _function(self, node: _Function) -> None:
        self._decorators(node.decorator_list)
        scope = self._open(node.name, ScopeKind.FUNCTION, node)
        scope.decorators += [self._read(decorator) for decorator in node.decorator_list]
        scope.return_annotation = scope.return_annotation or read_annotation(node.returns)
        scope.complexity = max(scope.complexity, cyclomatic(node))
        receiver = self._parameters(node.args, scope)
        names = {getattr(decorator, "id", "") for decorator in node.decorator_list}
        is_method = self.scope.kind is ScopeKind.CLASS and "staticmethod" not in names
        if not (is_method and receiver):
            self._within(scope, node.body)
            return
        instance = (
            Defined(self.scope.id) if "classmethod" in names else Call(Defined(self.scope.id))
        )
        scope.bind(receiver, Binding(instance, scope, node.lineno))
        self._receivers.append((receiver, self.scope))
        self._within(scope, node.body)
        self._receivers.pop()

    def _decorators(self, decorators: list[ast.expr]) -> None:
        for decorator in decorators:
            if not isinstance(decorator, ast.Call):  # applying it is a call
                self.owner.calls.append(Place(self._read(decorator), decorator.lineno))
            self.visit(decorator)

    def _parameters(self, arguments: ast.arguments, scope: Scope) -> str:
        """Bind the parameters, walk their defaults outside; return the first one's name."""
        positional = [*arguments.posonlyargs, *arguments.args]
        defaults = arguments.defaults
        values: list[ast.expr | None] = [None] * (len(positional) - len(defaults))
        pairs = [
            *zip(positional, [*values, *defaults], strict=True),
            *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
        ]
        for parameter, default in pairs:
            options = [read_annotation(parameter.annotation)]
            if default is not None:
                options.append(self._read(default))
                self.visit(default)
            for option in options:
                scope.bind(parameter.arg, Binding(option, self.scope, parameter.lineno))
        for rest, kind in ((arguments.vararg, "tuple"), (arguments.kwarg, "dict")):
            if rest:
                scope.bind(rest.arg, Binding(Literal(kind), scope, rest.lineno))
        return positional[0].arg if positional else ""

    def _open(self, name: str, kind: ScopeKind, node: _Function | ast.ClassDef) -> Scope:
        scope_id = f"{self.scope.id}.{name}"
        scope = self.scopes.get(scope_id)
        if scope is None:
            end_line = node.end_lineno or node.lineno
            scope = Scope(scope_id, kind, name, self.scope, node.lineno, end_line)
            self.scopes[scope_id] = scope
        self._bind(name, Defined(scope_id), node.lineno)
        return scope

    def _lambda(self, node: ast.Lambda) -> Scope:
        if node not in self._lambdas:
            self.scope.lambdas += 1
            name = f"<lambda{self.scope.lambdas}>"
            scope_id, end_line = f"{self.scope.id}.{name}", node.end_lineno or node.lineno
            scope = Scope(scope_id, ScopeKind.FUNCTION, name, self.scope, node.lineno, end_line)
            scope.complexity = cyclomatic(node)
            self._lambdas[node] = self.scopes[scope_id] = scope
        return self._lambdas[node]

    def _within(self, scope: Scope, body: list[ast.stmt] | list[ast.expr]) -> None:
        outer, self.scope = self.scope, scope
        for part in body:
            self.visit(part)
        self.scope = outer

    def _reading_in(self, scope: Scope, node: ast.expr) -> Expression:
        outer, self.scope = self.scope, scope
        expression = self._read(node)
        self.scope = outer
        return expression

    # names given

    def visit_Import(self, node: ast.Import) -> None:
        """Bind the modules; `import a.b` binds `a`."""
        for alias in node.names:
            top = alias.name if alias.asname else alias.name.partition(".")[0]
            self._bind(alias.asname or top, Imported(top), node.lineno)
            self.owner.imports.append(Place(Imported(alias.name), node.lineno))

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        """Bind the imported names; a star is kept apart."""
        module = node.module or ""
        for alias in node.names:
            if alias.name == "*":
                star = Imported(module, None, node.level)
                self.scope.star_imports.append(star)
                self.owner.imports.append(Place(star, node.lineno))
                continue
            imported = Imported(module, alias.name, node.level)
            self._bind(alias.asname or alias.name, imported, node.lineno)
            self.owner.imports.append(Place(imported, node.lineno))

    def visit_Global(self, node: ast.Global) -> None:
        """Note that these names are the module's."""
        self.scope.global_names.update(node.names)

    def visit_Assign(self, node: ast.Assign) -> None:
        """Bind each target to the value."""
        for target in node.targets:
            self._assign(target, node.value)
        self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        """Bind the target to the value and to an instance of its annotation."""
        self._give(node.target, read_annotation(node.annotation))
        if node.value:
            self._assign(node.target, node.value)
            self.visit(node.value)
        self.visit(node.target)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        """Bind the target and walk the value."""
        self._assign(node.target, node.value)
        self.visit(node.value)

    def visit_With(self, node: ast.With) -> None:
        """Bind `as` names to nothing known, walk the rest."""
        self._with(node)

    def visit_AsyncWith(self, node: ast.AsyncWith) -> None:
        """Bind `as` names to nothing known, walk the rest."""
        self._with(node)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        """Bind the caught error to an instance of its class."""
        if node.name and isinstance(node.type, ast.Name | ast.Attribute):
            self._bind(node.name, Annotated(self._read(node.type)), node.lineno)
        self.generic_visit(node)

    def _with(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            if item.optional_vars is not None and isinstance(node, ast.With):
                entered = Call(Attribute(self._read(item.context_expr), "__enter__"))
                self._give(item.optional_vars, entered)
        self.generic_visit(node)

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Tuple | ast.List):
            same = isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(target.elts)
            values = value.elts if same and isinstance(value, ast.Tuple | ast.List) else []
            for part, part_value in zip(target.elts, values, strict=False):
                self._assign(part, part_value)
        else:
            self._give(target, self._read(value))

    def _give(self, target: ast.expr, value: Expression) -> None:
        if isinstance(target, ast.Name):
            self._bind(target.id, value, target.lineno)
        elif isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
            name, owner = self._receivers[-1] if self._receivers else ("", self.scope)
            if target.value.id == name:
                binding = Binding(value, self.scope, target.lineno)
                owner.attributes.setdefault(target.attr, []).append(binding)

    def _bind(self, name: str, value: Expression, line: int) -> None:
        scope = self.scope
        if name in scope.global_names:
            while scope.parent:
                scope = scope.parent
        scope.bind(name, Binding(value, self.scope, line))

    # names used

    def visit_Name(self, node: ast.Name) -> None:
        """Note a read; a name that is stored otherwise than by assignment gets no known value."""
        if isinstance(node.ctx, ast.Load):
            self.owner.reads.append(Place(Name(node.id), node.lineno))
        elif node.id not in self.scope.bindings and node.id not in self.scope.global_names:
            self._bind(node.id, None, node.lineno)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        """Note a read of the whole dotted expression, then of its parts."""
        if isinstance(node.ctx, ast.Load):
            self.owner.reads.append(Place(self._read(node), node.lineno))
        self.visit(node.value)

    def visit_Call(self, node: ast.Call) -> None:
        """Note the call; its function is called rather than read."""
        self.owner.calls.append(Place(self._read(node.func), node.lineno))
        function = node.func
        if isinstance(function, ast.Attribute):
            self.visit(function.value)
        elif not isinstance(function, ast.Name):
            self.visit(function)
        for argument in [*node.args, *(keyword.value for keyword in node.keywords)]:
            self.visit(argument)

    def visit_Return(self, node: ast.Return) -> None:
        """Keep what the function gives back."""
        if node.value:
            self.scope.returns.append(self._read(node.value))
            self.visit(node.value)

    def _read(self, node: ast.expr) -> Expression:
        if self._depth >= MAX_EXPRESSION:
            return None
        self._depth += 1
        expression = self._read_link(node)
        self._depth -= 1
        return expression

    def _read_link(self, node: ast.expr) -> Expression:
        match node:
            case ast.Name(id=name):
                return Name(name)
            case ast.Attribute(value=value, attr=name):
                return Attribute(self._read(value), name)
            case ast.Call(func=ast.Name(id="super")) if self._receivers:
                return SuperOf(self._receivers[-1][1].id)
            case ast.Call(func=function):
                return Call(self._read(function))
            case ast.Await(value=value) | ast.NamedExpr(value=value) | ast.Starred(value=value):
                return self._read(value)
            case ast.Lambda():
                return Defined(self._lambda(node).id)
        return self._read_choice(node)

    def _read_choice(self, node: ast.expr) -> Expression:
        match node:
            case ast.IfExp(body=body, orelse=orelse):
                return Either((self._read(body), self._read(orelse)))
            case ast.BoolOp(values=values):
                return Either(tuple(map(self._read, values)))
            case ast.Constant(value=str() | bytes() | int() | float() | complex()):
                return Literal(type(node.value).__name__)
        kind = _LITERALS.get(type(node))
        return Literal(kind) if kind else None
