"""Syntax tree → statements: which names each statement reads, binds, deletes and changes, as far as text can tell."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from lineapy.depth import deep
from lineapy.ids import SourceId, StatementId
from lineapy.source.statements import Statement, Trait

#: Names through which a program can reach its own namespace without naming the variables.
DYNAMIC_NAMES = frozenset({"exec", "eval", "globals", "locals", "vars", "dir"})

#: Those of them that mean the namespace only if they are called without an argument.
_OF_AN_OBJECT = frozenset({"vars", "dir"})
#: Attributes by which a program reaches objects that it does not name.
DYNAMIC_ATTRIBUTES = frozenset({"__subclasses__"})
#: Keyword arguments that say where a function leaves its result.
_OUTPUT_KEYWORDS = frozenset({"file", "out", "inplace"})
_VERY_MANY = 1_000
#: Built-in functions that call nothing that they are given; what else has their names is unknown when it is called.
_CALLS_NOTHING = frozenset(
    {
        "print",
        "len",
        "isinstance",
        "issubclass",
        "type",
        "id",
        "repr",
        "str",
        "int",
        "float",
        "bool",
        "abs",
        "round",
    }
    | {"range", "zip", "enumerate", "sum", "hasattr", "getattr", "list", "tuple", "set", "dict", "any", "all"}
)
_MAY_BE_METHOD = frozenset({ast.Attribute, ast.Call, ast.IfExp, ast.BoolOp, ast.NamedExpr})

# Plain integers: combining IntFlag members costs microseconds, and this runs for every node of the program.
_OPERATES = int(Trait.OPERATES)
_ITERATES = int(Trait.ITERATES)
_CALLS_INSIDE = int(Trait.CALLS_INSIDE)
_DYNAMIC = int(Trait.DYNAMIC)
_CALLS = int(Trait.CALLS)
_HOLDS_LAMBDA = int(Trait.HOLDS_LAMBDA)
_BINDS_LAST = int(Trait.BINDS_LAST)
_LOOPS = int(Trait.LOOPS)
_JUMPS = int(Trait.JUMPS)
_RAISES = int(Trait.RAISES)
_AUGMENTS = int(Trait.AUGMENTS)
_IMPORTS = int(Trait.IMPORTS)
_IMPORTS_SUBMODULE = int(Trait.IMPORTS_SUBMODULE)
_FUTURE = int(Trait.FUTURE)
_INDIRECT = int(Trait.INDIRECT)

_TRAITS: dict[int, Trait] = {}


@dataclass(slots=True)
class Syntax:
    """The nodes of one statement that the tracer hooks into."""

    calls: list[ast.Call] = field(default_factory=list)
    #: Where arguments stand that may be methods: the node above, its field, and the place in it if that is a list.
    given: list[tuple[ast.AST, str, int | None]] = field(default_factory=list)
    targets: list[ast.Attribute | ast.Subscript] = field(default_factory=list)


@dataclass(slots=True)
class Analysis:
    """The statements of one source text, in order of position, and where they are in its tree.

    ``syntax`` has the statements in which there is something to hook into.
    """

    tree: ast.Module
    statements: list[Statement]
    id_of: dict[ast.AST, StatementId]
    syntax: dict[ast.AST, Syntax]


def analyse(tree: ast.Module, *, source: SourceId, first: StatementId) -> Analysis:
    """List the statements of a parsed text.

    The numbering depends on the text alone, so analysing a stored text again gives the same statements.

    Args:
        tree: The parsed text.
        source: The number of the text in its session.
        first: The number that its first statement gets.

    Returns:
        The statements, outer before inner, top to bottom.

    Example:
        >>> found = analyse(ast.parse("y = [f(x)]; y[0] = z"), source=SourceId(0), first=StatementId(0))
        >>> [(s.reads, s.binds, s.roots) for s in found.statements]
        [(('f', 'x'), ('y',), ()), (('z', 'y'), (), ('y',))]
    """
    analyser = _Analyser(tree, source, first)
    analyser.block(tree.body, None, "body")
    return analyser.result


@deep
def names_read(expression: ast.expr) -> tuple[str, ...]:
    """Names of the namespace that evaluating an expression may load.

    Example:
        >>> names_read(ast.parse("a + [b for b in c]", mode="eval").body)
        ('a', 'c')
    """
    names = _Names()
    names.visit(expression)
    return tuple(names.reads)


class _Names:
    """Collects what one statement's expressions do. Dictionaries serve as ordered sets."""

    __slots__ = (
        "assigned",
        "binds",
        "callees",
        "deletes",
        "harmless",
        "hidden",
        "inside",
        "most_arguments",
        "optional",
        "reads",
        "roots",
        "syntax",
        "traits",
    )

    def __init__(self) -> None:
        self.reads: dict[str, None] = {}
        self.binds: dict[str, None] = {}
        # Most statements need none of these.
        self.deletes: dict[str, None] | None = None
        self.roots: dict[str, None] | None = None
        self.callees: dict[str, None] | None = None
        self.assigned: dict[str, bool] | None = None  # by assignment expressions: whether surely
        self.syntax: Syntax | None = None
        self.traits = 0
        self.most_arguments = 0
        self.harmless: tuple[
            ast.AST, ...
        ] = ()  # of the nodes to come, those through which nothing is reached
        self.hidden: frozenset[str] = frozenset()  # names local to the lambda or comprehension being visited
        self.inside = 0  # depth of bodies that the hooks leave untouched
        self.optional = 0  # depth of expressions that may be passed over

    # -- expressions

    def visit(self, node: ast.AST) -> None:
        handler = _HANDLERS.get(node.__class__)
        if handler is not None:
            handler(self, node)
        else:
            self.children(node)

    def operate(self, node: ast.AST) -> None:
        self.traits |= _OPERATES
        self.children(node)

    def children(self, node: ast.AST) -> None:
        for name in node._fields:
            value = getattr(node, name, None)
            if value.__class__ is list:
                for item in value:
                    if isinstance(item, ast.AST):
                        self.visit(item)
            elif isinstance(value, ast.AST):
                self.visit(value)

    def nothing(self, node: ast.AST) -> None:
        pass

    def name(self, node: ast.Name) -> None:
        name = node.id
        if name in self.hidden:
            return
        if node.ctx.__class__ is ast.Load:
            self.reads[name] = None
            if name in DYNAMIC_NAMES:
                self.traits |= _DYNAMIC
        elif node.ctx.__class__ is ast.Store:
            self.binds[name] = None
        else:
            self.deletes = {**(self.deletes or {}), name: None}
            self.reads[name] = None

    def call(self, node: ast.Call) -> None:
        self.traits |= _OPERATES | _CALLS
        for keyword in node.keywords:
            if keyword.arg is None or keyword.arg in _OUTPUT_KEYWORDS:
                # Whatever is known of the callee does not hold for this call.
                self.traits |= _CALLS_INSIDE
        if len(node.args) > self.most_arguments:
            self.most_arguments = len(node.args)
        func = node.func
        if isinstance(func, ast.Name):
            self.calls(func.id)
        elif isinstance(func, ast.Attribute):
            owner = func.value.id if isinstance(func.value, ast.Name) else ""
            if not owner:
                self.traits |= _INDIRECT
            self.calls(f"{owner}.{func.attr}")
        else:
            self.calls("?")
        if self.inside:
            self.traits |= _CALLS_INSIDE
        else:
            self.hooked().calls.append(node)
        if isinstance(func, ast.Attribute) and node.args and _is_sys_modules(func.value):
            if _names_another_module(node.args[0]):
                self.harmless = (func.value,)  # as in sys.modules.get("json")
        if isinstance(func, ast.Name) and func.id in _OF_AN_OBJECT and node.args:
            self.reads[func.id] = None  # not of the namespace
        else:
            self.visit(func)
        hands_on = not (self.inside or (isinstance(func, ast.Name) and func.id in _CALLS_NOTHING))
        for index, argument in enumerate(node.args):
            self.visit(argument)
            if hands_on and argument.__class__ in _MAY_BE_METHOD:
                self.give(argument, node, "args", index)
        for keyword in node.keywords:
            self.visit(keyword.value)
            if hands_on and keyword.value.__class__ in _MAY_BE_METHOD:
                self.give(keyword.value, keyword, "value")

    def give(self, argument: ast.expr, above: ast.AST, field: str, index: int | None = None) -> None:
        """An argument that may be a method of which no variable tells: hook into it."""
        match argument:
            case ast.Attribute() | ast.Call(func=ast.Name(id="getattr")):
                self.hooked().given.append((above, field, index))
            case ast.IfExp():
                self.give(argument.body, argument, "body")
                self.give(argument.orelse, argument, "orelse")
            case ast.BoolOp():
                for place, value in enumerate(argument.values):
                    self.give(value, argument, "values", place)
            case ast.NamedExpr():
                self.give(argument.value, argument, "value")

    def calls(self, callee: str) -> None:
        if self.callees is None:
            self.callees = {}
        self.callees[callee] = None

    def hooked(self) -> Syntax:
        if self.syntax is None:
            self.syntax = Syntax()
        return self.syntax

    def binary(self, node: ast.BinOp) -> None:
        self.traits |= _OPERATES
        self.visit(node.left)
        self.visit(node.right)

    def display(self, node: ast.List | ast.Tuple) -> None:
        for item in node.elts:
            self.visit(item)

    def starred(self, node: ast.Starred) -> None:
        self.most_arguments = _VERY_MANY
        self.traits |= _ITERATES | _OPERATES
        self.visit(node.value)

    def attribute(self, node: ast.Attribute | ast.Subscript) -> None:
        self.traits |= _OPERATES
        if isinstance(node, ast.Attribute):
            if node.attr in DYNAMIC_ATTRIBUTES:
                self.traits |= _DYNAMIC
            elif node.attr == "modules" and _is_sys_modules(node) and node not in self.harmless:
                self.traits |= _DYNAMIC  # the program's own module is one of them
        elif _is_sys_modules(node.value) and _names_another_module(node.slice):
            self.harmless = (node.value,)
        elif isinstance(node.slice, ast.Slice) and node.ctx.__class__ is ast.Store:
            self.traits |= _ITERATES
        if node.ctx.__class__ is not ast.Load:
            self.hooked().targets.append(node)
            if not isinstance(node.value, ast.Name):
                self.traits |= _INDIRECT
            root = root_name(node)
            if root is not None and root not in self.hidden:
                self.roots = {**(self.roots or {}), root: None}
        self.children(node)

    def compare(self, node: ast.Compare) -> None:
        if any(isinstance(operator, ast.In | ast.NotIn) for operator in node.ops):
            self.traits |= _ITERATES
            if _is_sys_modules(node.comparators[-1]) and _names_another_module(node.left):
                self.harmless = (node.comparators[-1],)
        self.traits |= _OPERATES
        self.visit(node.left)
        self.visit(node.comparators[0])
        self.perhaps(node.comparators[1:])  # a < b < c stops at the first comparison that fails

    def boolean(self, node: ast.BoolOp) -> None:
        self.traits |= _OPERATES
        self.visit(node.values[0])
        self.perhaps(node.values[1:])

    def if_expression(self, node: ast.IfExp) -> None:
        self.traits |= _OPERATES
        self.visit(node.test)
        self.perhaps((node.body, node.orelse))

    def perhaps(self, nodes: Iterable[ast.expr]) -> None:
        """Visit expressions whose evaluation depends on the values of others."""
        self.optional += 1
        for node in nodes:
            self.visit(node)
        self.optional -= 1

    def named_expression(self, node: ast.NamedExpr) -> None:
        # Even inside a comprehension the target belongs to the module; inside a lambda it does not.
        name = node.target.id
        if name not in self.hidden:
            self.bind_perhaps((name,))
            if self.assigned and not self.optional:
                self.assigned[name] = True
        self.value(node.value)

    def lambda_(self, node: ast.Lambda) -> None:
        self.arguments(node.args)
        self.traits |= _HOLDS_LAMBDA
        own = parameter_names(node.args).union(_assigned_in(node.body))
        self._inside(self.hidden | own, [node.body])

    def comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> None:
        self.traits |= _ITERATES | _OPERATES
        first = node.generators[0]
        self.inside += 1
        self.visit(first.iter)  # evaluated in the enclosing scope
        self.inside -= 1
        targets = {
            name.id
            for generator in node.generators
            for name in ast.walk(generator.target)
            if isinstance(name, ast.Name)
        }
        inner: list[ast.AST] = []
        for generator in node.generators:
            inner += [generator.target, *generator.ifs]
            if generator is not first:
                inner.append(generator.iter)
        inner += [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        self._inside(self.hidden | targets, inner)

    def _inside(self, hidden: frozenset[str], nodes: Iterable[ast.AST]) -> None:
        before, self.hidden = self.hidden, hidden
        self.inside += 1
        self.optional += 1
        for node in nodes:
            self.visit(node)
        self.optional -= 1
        self.inside -= 1
        self.hidden = before

    def value(self, node: ast.expr) -> None:
        """Visit a value that is only kept, not used: the body of a lambda in it does not run now."""
        kind = node.__class__
        if kind is ast.Lambda:
            assert isinstance(node, ast.Lambda)
            self.traits |= _HOLDS_LAMBDA
            self.arguments(node.args)
        elif kind is ast.List or kind is ast.Tuple:
            assert isinstance(node, ast.List | ast.Tuple)
            for item in node.elts:
                self.value(item)
        elif kind is ast.Dict:
            assert isinstance(node, ast.Dict)
            self.traits |= _OPERATES  # keys are hashed
            for key, value in zip(node.keys, node.values, strict=True):
                if key is not None:
                    self.visit(key)
                self.value(value)
        else:
            self.visit(node)

    # -- definitions

    def arguments(self, node: ast.arguments) -> None:
        for default in [*node.defaults, *node.kw_defaults]:
            if default is not None:
                self.visit(default)

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        """A function definition runs its decorators, defaults and annotations, not its body."""
        self.decorators(node.decorator_list)
        self.arguments(node.args)
        arguments = node.args
        every = [
            *arguments.posonlyargs,
            *arguments.args,
            *arguments.kwonlyargs,
            arguments.vararg,
            arguments.kwarg,
        ]
        for argument in every:
            if argument is not None and argument.annotation is not None:
                self.visit(argument.annotation)
        if node.returns is not None:
            self.visit(node.returns)
        self.bind_here(node.name)

    def class_(self, node: ast.ClassDef) -> None:
        """A class definition runs its body at once, in a scope of its own."""
        self.traits |= _OPERATES | _CALLS
        self.decorators(node.decorator_list)
        for base in node.bases:
            self.visit(base)
        for keyword in node.keywords:
            self.visit(keyword.value)
        if node.bases or node.keywords:
            self.traits |= _CALLS_INSIDE  # __init_subclass__ or a metaclass may run
        outer = self.binds, self.assigned, self.deletes, self.roots
        self.binds, self.assigned, self.deletes = {}, None, None
        self.inside += 1
        for statement in node.body:
            self.class_statement(statement)
        self.inside -= 1
        inner, (self.binds, self.assigned, self.deletes, self.roots) = self.binds, outer
        for statement in node.body:
            if isinstance(statement, ast.Global):
                self.bind_perhaps(inner.keys() & statement.names)
        self.bind_here(node.name)

    def class_statement(self, node: ast.stmt) -> None:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            self.function(node)
        elif isinstance(node, ast.ClassDef):
            self.class_(node)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            self.imports(node)
        else:
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.stmt):
                    self.class_statement(child)
                else:
                    self.visit(child)

    def decorators(self, nodes: list[ast.expr]) -> None:
        if nodes:
            self.traits |= _CALLS_INSIDE | _CALLS | _OPERATES
        self.inside += 1
        for node in nodes:
            self.calls("?")
            self.visit(node)
        self.inside -= 1

    def bind_perhaps(self, names: Iterable[str]) -> None:
        for name in sorted(names):
            self.binds[name] = None
            if self.assigned is None:
                self.assigned = {}
            self.assigned.setdefault(name, False)

    def bind_here(self, name: str) -> None:
        if name not in self.hidden:
            self.binds[name] = None

    def imports(self, node: ast.Import | ast.ImportFrom) -> None:
        for alias in node.names:
            if getattr(node, "module", None) == "__main__":
                self.reads[alias.name] = None
            if alias.name == "*":
                self.traits |= _DYNAMIC
            else:
                self.binds[alias.asname or alias.name.partition(".")[0]] = None

    # -- patterns

    def capture(self, node: ast.MatchAs | ast.MatchStar) -> None:
        if node.name is not None:
            self.binds[node.name] = None
        self.children(node)

    def capture_rest(self, node: ast.MatchMapping) -> None:
        if node.rest is not None:
            self.binds[node.rest] = None
        self.children(node)

    def type_alias(self, node: ast.AST) -> None:
        # `type X = …` (3.12): the value is evaluated when it is asked for.
        name = getattr(node, "name")  # noqa: B009  the node type is unknown to 3.11
        self.binds[name.id] = None


def root_name(node: ast.expr) -> str | None:
    """The variable at the left end of ``a.b[c].d``, if there is one.

    Example:
        >>> root_name(ast.parse("a.b[c].d", mode="eval").body)
        'a'
    """
    while True:
        if isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        else:
            return node.id if isinstance(node, ast.Name) else None


def _assigned_in(expression: ast.expr) -> Iterator[str]:
    """Names that assignment expressions bind in the scope of an expression, a lambda's body."""
    pending: list[ast.AST] = [expression]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.NamedExpr):
            yield node.target.id
        if isinstance(node, ast.Lambda):  # has a scope of its own, except for its defaults
            pending += [default for default in (*node.args.defaults, *node.args.kw_defaults) if default]
        else:
            pending += ast.iter_child_nodes(node)


def parameter_names(arguments: ast.arguments) -> frozenset[str]:
    """Names that a parameter list binds."""
    every = [
        *arguments.posonlyargs,
        *arguments.args,
        *arguments.kwonlyargs,
        arguments.vararg,
        arguments.kwarg,
    ]
    return frozenset(argument.arg for argument in every if argument is not None)


_Handler = Callable[[_Names, ast.AST], None]
_HANDLERS: dict[type, _Handler] = {
    ast.Constant: _Names.nothing,
    ast.Load: _Names.nothing,
    ast.Store: _Names.nothing,
    ast.Del: _Names.nothing,
    ast.Name: _Names.name,  # type: ignore[dict-item]
    ast.BinOp: _Names.binary,  # type: ignore[dict-item]
    ast.List: _Names.display,  # type: ignore[dict-item]
    ast.Tuple: _Names.display,  # type: ignore[dict-item]
    ast.Call: _Names.call,  # type: ignore[dict-item]
    ast.Starred: _Names.starred,  # type: ignore[dict-item]
    ast.Attribute: _Names.attribute,  # type: ignore[dict-item]
    ast.Subscript: _Names.attribute,  # type: ignore[dict-item]
    ast.Compare: _Names.compare,  # type: ignore[dict-item]
    ast.BoolOp: _Names.boolean,  # type: ignore[dict-item]
    ast.IfExp: _Names.if_expression,  # type: ignore[dict-item]
    ast.NamedExpr: _Names.named_expression,  # type: ignore[dict-item]
    ast.Lambda: _Names.lambda_,  # type: ignore[dict-item]
    ast.ListComp: _Names.comprehension,  # type: ignore[dict-item]
    ast.SetComp: _Names.comprehension,  # type: ignore[dict-item]
    ast.DictComp: _Names.comprehension,  # type: ignore[dict-item]
    ast.GeneratorExp: _Names.comprehension,  # type: ignore[dict-item]
    ast.FunctionDef: _Names.function,  # type: ignore[dict-item]
    ast.AsyncFunctionDef: _Names.function,  # type: ignore[dict-item]
    ast.ClassDef: _Names.class_,  # type: ignore[dict-item]
    ast.Import: _Names.imports,  # type: ignore[dict-item]
    ast.ImportFrom: _Names.imports,  # type: ignore[dict-item]
    ast.MatchAs: _Names.capture,  # type: ignore[dict-item]
    ast.MatchStar: _Names.capture,  # type: ignore[dict-item]
    ast.MatchMapping: _Names.capture_rest,  # type: ignore[dict-item]
    **dict.fromkeys(
        (
            ast.UnaryOp,
            ast.JoinedStr,
            ast.Set,
            ast.Dict,
            ast.Await,
            ast.Yield,
            ast.YieldFrom,
        ),
        _Names.operate,
    ),
}
if hasattr(ast, "TypeAlias"):
    _HANDLERS[ast.TypeAlias] = _Names.type_alias


class _Analyser:
    """Walks the blocks of a text, giving each statement its number."""

    def __init__(self, tree: ast.Module, source: SourceId, first: StatementId) -> None:
        self.source = source
        self.first = first
        self.result = Analysis(tree, [], {}, {})

    def block(self, nodes: Iterable[ast.AST], parent: StatementId | None, arm: str) -> None:
        for node in nodes:
            names = _Names()
            _HEADS.get(node.__class__, _Names.visit)(names, node)
            number = self.add(node, names, parent, arm)
            for inner_arm, inner in arms(node):
                self.block(inner, number, inner_arm)

    def add(self, node: ast.AST, names: _Names, parent: StatementId | None, arm: str) -> StatementId:
        result = self.result
        number = StatementId(self.first + len(result.statements))
        if len(names.binds) == 1 and _binds_last(node, names):
            names.traits |= _BINDS_LAST
        traits = _TRAITS.get(names.traits)
        if traits is None:
            traits = _TRAITS[names.traits] = Trait(names.traits)
        result.statements.append(
            Statement(
                number,
                self.source,
                node.__class__.__name__,
                *position(node),
                parent,
                arm,
                tuple(names.reads),
                tuple(names.binds),
                names.assigned or {},
                tuple(names.deletes or ()),
                tuple(names.roots or ()),
                tuple(names.callees or ()),
                traits,
                names.most_arguments,
            )
        )
        result.id_of[node] = number
        if names.syntax is not None:
            result.syntax[node] = names.syntax
        return number


def _binds_last(node: ast.AST, names: _Names) -> bool:
    """Whether binding its one name is the last thing a statement does, so that it does not if it raises."""
    if isinstance(node, ast.Assign):
        return names.assigned is None and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name)
    if isinstance(node, ast.Import | ast.ImportFrom):
        return len(node.names) == 1
    # Not AnnAssign: the annotation is evaluated after the target is bound.
    return names.assigned is None and isinstance(
        node, ast.AugAssign | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    )


def _is_sys_modules(node: ast.AST) -> bool:
    match node:
        case ast.Attribute(value=ast.Name(id="sys"), attr="modules"):
            return True
    return False


def _names_another_module(node: ast.AST) -> bool:
    """Whether a key of `sys.modules` surely is not that of the program itself."""
    return isinstance(node, ast.Constant) and node.value != "__main__"


def arms(node: ast.AST) -> Iterator[tuple[str, Iterable[ast.AST]]]:
    """The blocks of statements and clauses that a compound statement holds, in order of position."""
    for arm in _ARMS.get(node.__class__, ()):
        inner = getattr(node, arm)
        if inner:
            yield arm, inner


def numbered(nodes: Iterable[ast.AST], first: StatementId) -> dict[StatementId, ast.AST]:
    """The nodes of a block's statements and of those nested in them, by the numbers that `analyse` gives them.

    Args:
        nodes: Consecutive statements.
        first: The number of the first.

    Example:
        >>> body = ast.parse("if x:\\n    y = 1\\nz = 2").body
        >>> [type(node).__name__ for node in numbered(body, StatementId(7)).values()]
        ['If', 'Assign', 'Assign']
    """
    found: dict[StatementId, ast.AST] = {}

    def number(block: Iterable[ast.AST]) -> None:
        for node in block:
            found[StatementId(first + len(found))] = node
            for _, inner in arms(node):
                number(inner)

    number(nodes)
    return found


_ARMS: dict[type, tuple[str, ...]] = {
    ast.If: ("body", "orelse"),
    ast.For: ("body", "orelse"),
    ast.AsyncFor: ("body", "orelse"),
    ast.While: ("body", "orelse"),
    ast.With: ("body",),
    ast.AsyncWith: ("body",),
    ast.Try: ("body", "handlers", "orelse", "finalbody"),
    ast.TryStar: ("body", "handlers", "orelse", "finalbody"),
    ast.ExceptHandler: ("body",),
    ast.Match: ("cases",),
    ast.match_case: ("body",),
}


def position(node: ast.AST) -> tuple[int, int, int, int]:
    """First line, first column, last line, and column behind the last character of a statement or clause."""
    if node.__class__ is ast.Assign or (isinstance(node, ast.stmt) and not hasattr(node, "decorator_list")):
        return node.lineno, node.col_offset, node.end_lineno or 0, node.end_col_offset or 0
    if isinstance(node, ast.match_case):  # has no position of its own: from its pattern to its last statement
        line, column, _, _ = position(node.pattern)
        _, _, end_line, end_column = position(node.body[-1])
        return line, column, end_line, end_column
    assert isinstance(node, ast.stmt | ast.pattern | ast.ExceptHandler)
    line, column = node.lineno, node.col_offset
    decorators = getattr(node, "decorator_list", None)
    if decorators:
        # The "@" stands before the first decorator's expression, in the statement's own column.
        line = decorators[0].lineno
    return line, column, node.end_lineno or line, node.end_col_offset or column


# -- what runs of a statement before the statements nested in it


def _assign(names: _Names, node: ast.Assign) -> None:
    names.value(node.value)
    for target in node.targets:
        if target.__class__ is ast.Name:
            names.name(target)
        else:
            _target(names, target, node.value)


def _target(names: _Names, target: ast.expr, value: ast.expr | None) -> None:
    if isinstance(target, ast.Tuple | ast.List) and not isinstance(value, ast.Tuple | ast.List):
        names.traits |= _ITERATES | _OPERATES
    names.visit(target)


def _augmented(names: _Names, node: ast.AugAssign) -> None:
    names.traits |= _AUGMENTS | _OPERATES | _ITERATES
    names.visit(node.value)
    if isinstance(node.target, ast.Name):
        names.reads[node.target.id] = None
        names.binds.pop(node.target.id, None)  # the target comes last
    names.visit(node.target)


def _annotated(names: _Names, node: ast.AnnAssign) -> None:
    names.visit(node.annotation)
    if node.value is not None:
        names.value(node.value)
        names.visit(node.target)


def _for(names: _Names, node: ast.For | ast.AsyncFor) -> None:
    names.traits |= _LOOPS | _ITERATES | _OPERATES
    names.visit(node.iter)
    names.visit(node.target)


def _while(names: _Names, node: ast.While) -> None:
    names.traits |= _LOOPS | _OPERATES
    names.visit(node.test)


def _if(names: _Names, node: ast.If) -> None:
    names.traits |= _OPERATES
    names.visit(node.test)


def _with(names: _Names, node: ast.With | ast.AsyncWith) -> None:
    # __enter__ and __exit__ are calls that no hook sees.
    names.traits |= _OPERATES | _CALLS | _CALLS_INSIDE
    for item in node.items:
        names.visit(item.context_expr)
        if item.optional_vars is not None:
            _target(names, item.optional_vars, None)
        names.optional = 1  # the first context manager may swallow what the second raises


def _try(_names: _Names, _node: ast.AST) -> None:
    pass


def _handler(names: _Names, node: ast.ExceptHandler) -> None:
    if node.type is not None:
        names.visit(node.type)
    if node.name is not None:
        names.binds[node.name] = None


def _match(names: _Names, node: ast.Match) -> None:
    names.traits |= _OPERATES
    names.visit(node.subject)


def _case(names: _Names, node: ast.match_case) -> None:
    names.traits |= _OPERATES
    names.visit(node.pattern)
    if node.guard is not None:
        names.visit(node.guard)


def _raise(names: _Names, node: ast.Raise) -> None:
    names.traits |= _RAISES | _OPERATES
    names.children(node)


def _jump(names: _Names, _node: ast.AST) -> None:
    names.traits |= _JUMPS


def _assert(names: _Names, node: ast.Assert) -> None:
    names.traits |= _RAISES | _OPERATES
    names.visit(node.test)
    if node.msg is not None:
        names.perhaps([node.msg])


def _import(names: _Names, node: ast.Import | ast.ImportFrom) -> None:
    names.traits |= _IMPORTS
    if isinstance(node, ast.Import):
        if any("." in alias.name and alias.asname is None for alias in node.names):
            names.traits |= _IMPORTS_SUBMODULE
    elif node.module == "__future__":
        names.traits |= _FUTURE
    names.imports(node)


_HEADS: dict[type, _Handler] = {
    ast.Assign: _assign,  # type: ignore[dict-item]
    ast.AugAssign: _augmented,  # type: ignore[dict-item]
    ast.AnnAssign: _annotated,  # type: ignore[dict-item]
    ast.For: _for,  # type: ignore[dict-item]
    ast.AsyncFor: _for,  # type: ignore[dict-item]
    ast.While: _while,  # type: ignore[dict-item]
    ast.If: _if,  # type: ignore[dict-item]
    ast.With: _with,  # type: ignore[dict-item]
    ast.AsyncWith: _with,  # type: ignore[dict-item]
    ast.Try: _try,
    ast.TryStar: _try,
    ast.ExceptHandler: _handler,  # type: ignore[dict-item]
    ast.Match: _match,  # type: ignore[dict-item]
    ast.match_case: _case,  # type: ignore[dict-item]
    ast.Raise: _raise,  # type: ignore[dict-item]
    ast.Break: _jump,
    ast.Continue: _jump,
    ast.Assert: _assert,  # type: ignore[dict-item]
    ast.Import: _import,  # type: ignore[dict-item]
    ast.ImportFrom: _import,  # type: ignore[dict-item]
}
