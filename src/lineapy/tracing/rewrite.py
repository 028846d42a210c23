"""Syntax tree → syntax tree with hooks at module level; bodies of functions, classes and comprehensions stay as is.

For a script such as ::

    total = 0
    for x in load(path):
        data[x].n = x

the rewritten program reads (`lineapy.tracing.rewrite.show` prints it) ::

    __lineapy_at__(0)
    total = 0
    __lineapy_at__(1)
    for x in __lineapy_rounds__(1, __lineapy_iter__(__lineapy_call__(1, load)(path))):
        __lineapy_each__(1)
        __lineapy_at__(2)
        __lineapy_change__(2, data[x]).n = x
    else:
        for x in __lineapy_rest__(1):
            data[x].n = x

A loop has two bodies: rounds are watched in the first until they show nothing new; what is left of them runs at the
speed of plain Python in the second, which stands in the ``else`` clause of the first, so that ``break`` leaves both.

Every hook returns at once what the expression needs: the callee itself, the object itself, or None. Inserted nodes
take the location of the node they stand for, so tracebacks, warnings and debuggers show the user's own text.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from lineapy.ids import StatementId
from lineapy.source.analysis import Analysis, arms
from lineapy.source.statements import Trait

#: The hooks, and when each is called.
HOOKS = {
    "__lineapy_begin__": "before the first statement of a cell",
    "__lineapy_at__": "before a statement",
    "__lineapy_call__": "with the callee of a call, before its arguments are evaluated",
    "__lineapy_change__": "with the object whose item or attribute is about to be set or deleted",
    "__lineapy_given__": "with an argument of a call that may be a method",
    "__lineapy_iter__": "the built-in iter(), under a name that nobody shadows",
    "__lineapy_rounds__": "with the iterator of a for loop",
    "__lineapy_test__": "before each test of a while loop",
    "__lineapy_rest__": "when the watched rounds of a loop are over; what is left to be done, or whether there is any",
    "__lineapy_each__": "first in the body of a for loop, once an item is bound",
    "__lineapy_enter__": "first in a with block, in an except clause, and in a case clause",
    "__lineapy_leave__": "last in a block whose end differs from leaving it by an exception",
    "__lineapy_finally__": "first in a finally block",
}


def rewrite(
    analysis: Analysis, untouched: ast.Module | None = None, *, is_beginning: bool = True
) -> ast.Module:
    """Insert the hooks into an analysed tree, in place.

    Args:
        analysis: The analysed text; its tree is changed.
        untouched: Another tree of the same text, for the second bodies of loops; None does without them.
        is_beginning: Whether it is the beginning of a program, where a string is a docstring.

    Returns:
        The tree, ready to be compiled.
    """
    rewriter = _Rewriter(analysis, is_beginning)
    if untouched is not None:
        rewriter.pair(analysis.tree.body, untouched.body)
    rewriter.expressions()
    tree = analysis.tree
    rewriter.block(tree.body)
    return tree


def hook_in_front(name: str, number: int, where: ast.stmt) -> ast.Expr:
    """A hook to stand as a statement before another."""
    return _call(name, StatementId(number), where)


def is_hook(node: ast.stmt) -> bool:
    """Whether a statement of a rewritten tree is a hook."""
    match node:
        case ast.Expr(value=ast.Call(func=ast.Name(id=name))):
            return name in HOOKS
    return False


def show(text: str) -> str:
    """The rewritten program as text, for those who want to see what is run.

    Example:
        >>> print(show("x = f(1)"))
        __lineapy_at__(0)
        x = __lineapy_call__(0, f)(1)
    """
    from lineapy.ids import SourceId
    from lineapy.source.analysis import analyse

    analysis = analyse(ast.parse(text), source=SourceId(0), first=StatementId(0))
    return ast.unparse(rewrite(analysis, ast.parse(text)))


class _Rewriter:
    def __init__(self, analysis: Analysis, is_beginning: bool) -> None:
        self.ids = analysis.id_of
        self.statements = analysis.statements
        self.syntax = analysis.syntax
        self.first = analysis.statements[0].id if analysis.statements else 0
        self.is_beginning = is_beginning
        #: The same loop in the untouched tree.
        self.untouched: dict[ast.stmt, ast.For | ast.While] = {}

    def pair(self, body: Sequence[ast.AST], untouched: Sequence[ast.AST]) -> None:
        """Find, for each loop that may go unwatched, its like in the untouched tree."""
        for node, like in zip(body, untouched, strict=True):
            if isinstance(node, ast.For | ast.While):
                assert isinstance(like, ast.For | ast.While)
                self.untouched[node] = like
            for (_, inner), (_, inner_like) in zip(arms(node), arms(like), strict=True):
                self.pair(list(inner), list(inner_like))

    def expressions(self) -> None:
        """Wrap callees and changed objects."""
        ids = self.ids
        for node, syntax in self.syntax.items():
            number = ids[node]
            for call in syntax.calls:
                call.func = _hook("__lineapy_call__", number, call.func, call.func)
            for above, field, index in syntax.given:
                inner = getattr(above, field)
                if index is None:
                    setattr(above, field, _hook("__lineapy_given__", number, inner, inner))
                else:
                    inner[index] = _hook("__lineapy_given__", number, inner[index], inner[index])
            for target in syntax.targets:
                target.value = _hook("__lineapy_change__", number, target.value, target.value)

    def block(self, body: list[ast.stmt]) -> None:
        ids = self.ids
        rewritten: list[ast.stmt] = []
        first: list[ast.stmt] = []
        for node in body:
            number = ids[node]
            if node.__class__ in _COMPOUND and not self.compound(node, number):
                rewritten.append(node)
            elif len(rewritten) == len(first) and self.must_come_first(node):
                first.append(node)
                rewritten.append(_call("__lineapy_at__", number, node))
            else:
                rewritten += (_call("__lineapy_at__", number, node), node)
        body[:] = first + rewritten

    def must_come_first(self, node: ast.stmt) -> bool:
        """A docstring and ``from __future__`` keep their meaning only if nothing stands before them."""
        if node.__class__ not in _MAY_COME_FIRST:
            return False
        if self.statements[self.ids[node] - self.first].traits & Trait.FUTURE:
            return True
        return (
            self.is_beginning
            and self.ids[node] == self.first
            and isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
        )

    def compound(self, node: ast.stmt, number: StatementId) -> bool:
        """Rewrite the blocks of a compound statement; whether a hook is needed before it."""
        match node:
            case ast.If():
                self.block(node.body)
                self.block(node.orelse)
            case ast.For() | ast.AsyncFor():
                self.block(node.body)
                node.body.insert(0, _call("__lineapy_each__", number, node.body[0]))
                self.block(node.orelse)
                if node in self.untouched:
                    self.second_for(node, number)
            case ast.While():
                self.block(node.body)
                self.block(node.orelse)
                # The hook returns True as long as rounds are watched: then the value of the test decides, as before.
                hook = _hook("__lineapy_test__", number, node.test)
                test = node.test
                node.test = ast.copy_location(ast.BoolOp(ast.And(), [hook, test]), test)
                if node in self.untouched:
                    like = self.untouched[node]
                    assert isinstance(like, ast.While)
                    second = ast.copy_location(ast.While(like.test, like.body, node.orelse), node)
                    rest = ast.If(_hook("__lineapy_rest__", number, test), [second], node.orelse)
                    node.orelse = [ast.copy_location(rest, test)]
                return False
            case ast.With() | ast.AsyncWith():
                self.block(node.body)
                self.surround(node.body, number)
            case ast.Try() | ast.TryStar():
                self.try_(node, number)
            case ast.Match():
                for case in node.cases:
                    self.block(case.body)
                    case.body.insert(0, _call("__lineapy_enter__", self.ids[case], case.body[0]))
        return True

    def second_for(self, node: ast.For | ast.AsyncFor, number: StatementId) -> None:
        """Let the watched rounds be followed by the others."""
        iterable = node.iter
        function = ast.copy_location(ast.Name("__lineapy_iter__", _LOAD), iterable)
        # iter() is called in the user's frame: what it raises looks as it does without us.
        iterator = ast.copy_location(ast.Call(function, [iterable], []), iterable)
        node.iter = _hook("__lineapy_rounds__", number, iterable, iterator)
        like = self.untouched[node]
        assert isinstance(like, ast.For)
        rest = _hook("__lineapy_rest__", number, iterable)
        second = ast.For(like.target, rest, like.body, node.orelse, like.type_comment)
        node.orelse = [ast.copy_location(second, node)]

    def try_(self, node: ast.Try | ast.TryStar, number: StatementId) -> None:
        self.block(node.body)
        self.block(node.orelse)
        for handler in node.handlers:
            self.block(handler.body)
            handler.body.insert(0, _call("__lineapy_enter__", self.ids[handler], handler.body[0]))
        if node.finalbody:
            for body in (node.body, node.orelse, *(handler.body for handler in node.handlers)):
                if body:
                    body.append(_call("__lineapy_leave__", number, body[-1]))
            self.block(node.finalbody)
            node.finalbody.insert(0, _call("__lineapy_finally__", number, node.finalbody[0]))

    def surround(self, body: list[ast.stmt], number: StatementId) -> None:
        body.insert(0, _call("__lineapy_enter__", number, body[0]))
        body.append(_call("__lineapy_leave__", number, body[-1]))


def _hook(name: str, number: StatementId, where: ast.expr, *arguments: ast.expr) -> ast.Call:
    """A hook inside an expression, in the place of the node that it stands for."""
    function, constant = ast.Name(name, _LOAD), ast.Constant(number)
    call = ast.Call(function, [constant, *arguments], [])
    for node in (function, constant, call):
        ast.copy_location(node, where)
    return call


def _call(name: str, number: StatementId, where: ast.stmt) -> ast.Expr:
    """A hook as a statement, on the line of the statement beside it, so that a debugger stops once for both."""
    line, column = where.lineno, where.col_offset
    place = {"lineno": line, "col_offset": column, "end_lineno": line, "end_col_offset": column}
    function, constant = ast.Name(name, _LOAD), ast.Constant(number)
    call = ast.Call(function, [constant], [])
    statement = ast.Expr(call)
    for node in (function, constant, call, statement):
        node.__dict__.update(place)  # a third of the cost of giving it to the constructors
    return statement


_COMPOUND = frozenset(
    {ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.TryStar, ast.Match}
)
_MAY_COME_FIRST = frozenset({ast.Expr, ast.ImportFrom})
_LOAD = ast.Load()
